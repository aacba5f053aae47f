// TablesText: the texts of src/protocol/tables/ taken apart. They are part of the program: a fault in them stops it.
//   @ number | name | purpose | marks     marks: local (a region's own), as NUMBER (the same shape)
//   % note
//   $ columns of its file
//   > node of the input, < of the output; "." directly | other names | marks     marks: many, edition, local, needed
//   field=other spelling | title | type length | marks | table or {codes of its own} | note
// and of the code tables
//   = table | title | marks | note        marks: local, zero
//   code name
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/interface.h"

namespace fenming {

struct InterfaceTables {
  std::vector<CodeTable> code_tables;
  std::vector<Transaction> transactions;
  Transaction envelope;

  // What the spans point into.
  std::deque<std::vector<WireCode>> codes;
  std::deque<CodeTable> own_codes;
  std::deque<std::vector<WireNode>> nodes;
  std::deque<std::vector<WireField>> fields;
  std::deque<std::vector<std::uint16_t>> finders;
  std::deque<std::string> texts;
};

void read_tables(std::string_view transactions, std::string_view codes, InterfaceTables& tables);

// A number for a member's name that is quick to make; the finder of a node is a table over it.
std::uint32_t name_hash(std::string_view name);

}  // namespace fenming
