// Uploads: which transactions bring what is only kept, as a table: the family whose newest message counts, the field that says what it is
// about, whether it takes back. Whatever decides or answers something stays out of it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "protocol/request.h"

namespace fenming {

struct Upload {
  std::string_view infno, family;
  std::string_view subject;  // fields, the first that is filled; "=": a number of its own, which is the msgid
  bool person = false;       // about the insured person psn_no
  bool withdraw = false;     // takes back what the family has of this subject
  std::string_view answer = {};  // "node.field" of the output that says the subject; empty: no output
  enum class Rests : std::uint8_t { nowhere, visit, settlement };
  Rests on = Rests::nowhere;  // mdtrt_id, or setl_id of it too: of this provider and person
};

std::span<const Upload> uploads();                   // by infno
const Upload* find_upload(std::string_view infno);   // nullptr: none
std::string_view family_of(std::string_view infno);  // itself when it is no upload

// The first row of a message that fills one of the fields; `fields` separated by blanks.
struct FilledField {
  WireRow row;
  std::string_view field, value;  // value empty: none is filled
  std::size_t rows = 0;           // of the same node
};
FilledField first_filled(const Request& request, std::string_view fields);

}  // namespace fenming
