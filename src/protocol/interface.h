// Interface: the national interface as data: every transaction with its nodes and fields, every code table. The text lies in
// src/protocol/tables/ and is compiled in; the validator, the field reference, the OpenAPI document and the sandbox all read it from here.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace fenming {

enum class WireType : std::uint8_t {
  text,
  integer,
  decimal,
  date,
  datetime,
  boolean,
  object,  // JSON, or its text (exp_content)
  list,
  bytes  // Base64, or an array of numbers
};
enum class Need : std::uint8_t {
  optional,
  conditional,  // by a rule in words (note)
  listed,       // the written edition requires it: only a strict provider is held to it
  always        // nothing can be done without it: refused when it is missing, whoever sends it
};

struct WireCode {
  std::string_view code, name;
};
struct CodeTable {
  std::string_view name, title;
  std::span<const WireCode> codes;  // by code
  bool local = false;               // longer codes of digits are a region's own: read
  bool zero = false;                // 01 and 1 are the same
  std::string_view note;
};

struct WireField {
  std::string_view name, title;  // det_item_fee_sumamt, 明细项目费用总额
  WireType type = WireType::text;
  std::uint16_t length = 0;    // characters, or digits of a number; 0: no limit of its own
  std::uint16_t decimals = 0;  // behind the point
  Need need = Need::optional;
  bool edition =
      false;  // stands in the written edition; else met in client code only: never refused for its codes
  bool guessed = false;    // the type is a guess from client code: never refused for it
  std::string_view table;  // code table, or empty; "admdvs": a division code
  std::string_view codes;  // codes of its own: "0 否, 1 是"
  std::string_view alias;  // another spelling that is read too
  std::string_view note;
  const CodeTable* code_table = nullptr;  // of `table` or `codes`
};

struct WireNode {
  static constexpr std::uint16_t nobody = UINT16_MAX;
  std::string_view name;     // "data", "feedetail"; "" for members directly under input or output; dots nest
  std::string_view aliases;  // other names it comes under, separated by blanks: "mdtrtinfo"
  bool repeated = false;
  bool edition = false;
  bool regional = false;  // a local extension
  bool needed = false;    // nothing can be done without it
  std::span<const WireField> fields;
  std::uint16_t parent = nobody;          // among the nodes beside it, by the dots
  std::string_view key;                   // the last part of its name
  std::span<const std::uint16_t> finder;  // of find_field

  bool in_json() const { return !name.starts_with('('); }  // else of a file beside the message
};

struct Transaction {
  std::string_view infno, name, purpose;  // 2207, 门诊结算, Outpatient settlement
  std::string_view notes;                 // a line each
  std::string_view same_as;               // the number of another one with the same shape
  bool regional = false;
  std::span<const WireNode> input, output;
  std::string_view file_columns;  // of a catalogue file, separated by blanks
};

std::span<const Transaction> transactions();                  // by infno
const Transaction* find_transaction(std::string_view infno);  // nullptr: there is none
const Transaction& wire_envelope();                           // around every message: one node in, one out
std::span<const CodeTable> code_tables();                     // by name
const CodeTable* find_table(std::string_view name);
bool has_code(const CodeTable& table, std::string_view code);

const WireNode* find_node(std::span<const WireNode> nodes, std::string_view name);  // by name or alias
const WireField* find_field(const WireNode& node, std::string_view name);           // by name or alias

// What stands beside an unknown number in the refusal: " (→ 2207?)" or nothing.
std::string_view nearest_transaction(std::string_view infno);

}  // namespace fenming
