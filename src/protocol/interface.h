// Interface: the national interface as data: every transaction with its nodes and fields, every code table. The text lies in
// src/protocol/tables/ and is compiled in; the validator, the field reference, the OpenAPI document and the sandbox all read it from here.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace fenming {

enum class WireType : std::uint8_t { text, integer, decimal, date, datetime, object };
enum class Need : std::uint8_t {
  optional,
  conditional,  // by a rule in words (note)
  listed,       // the written edition or some province requires it: only a strict provider is held to it
  always        // nothing can be done without it: refused when it is missing, whoever sends it
};

struct WireField {
  std::string_view name, title;  // det_item_fee_sumamt, 明细项目费用总额
  WireType type = WireType::text;
  std::uint16_t length = 0;     // characters, or digits of a number; 0: no limit of its own
  std::uint16_t decimals = 0;   // behind the point
  Need need = Need::optional;
  bool edition = false;         // stands in the written edition; else met in client code only: read, never refused for its codes
  std::string_view table;       // code table, or empty; "admdvs": a division code
  std::string_view codes;       // codes of its own: "0 否,1 是"
  std::string_view alias;       // another spelling that is read too
  std::string_view note;
};

struct WireNode {
  std::string_view name;     // "data", "feedetail"; "" for members directly under input or output; dots nest
  std::string_view aliases;  // other names it comes under, separated by blanks: "mdtrtinfo"
  bool repeated = false;
  bool regional = false;     // a local extension
  std::span<const WireField> fields;
};

struct Transaction {
  std::string_view infno, name, purpose;  // 2207, 门诊结算, Outpatient settlement
  std::string_view notes;
  std::span<const WireNode> input, output;
  std::string_view file_columns;  // of a catalogue file, separated by blanks
};

struct WireCode {
  std::string_view code, name;
};
struct CodeTable {
  std::string_view name, title;
  std::span<const WireCode> codes;
};

std::span<const Transaction> transactions();                // by infno
const Transaction* find_transaction(std::string_view infno);  // nullptr: there is none
std::span<const CodeTable> code_tables();                   // by name
const CodeTable* find_table(std::string_view name);
bool has_code(const CodeTable& table, std::string_view code);

const WireNode* find_node(std::span<const WireNode> nodes, std::string_view name);  // by name or alias
const WireField* find_field(const WireNode& node, std::string_view name);

}  // namespace fenming
