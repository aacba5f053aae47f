// RequestCheck: the input of a message against the nodes of its transaction. Fills rows, collects every problem with its place.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.h"
#include "protocol/interface.h"
#include "protocol/json.h"
#include "protocol/tolerance.h"
#include "protocol/wire_rows.h"

namespace fenming {

Error as_wire(Error error);  // the reader of JSON speaks of bills; a message has codes of its own

class RequestCheck {
 public:
  // `texts` reads the JSON inside texts.
  RequestCheck(Tolerances tolerances, std::size_t rows_max, std::size_t errors_max, WireRows& rows,
               JsonReader& texts)
      : tolerances_(tolerances), rows_max_(rows_max), errors_max_(errors_max), rows_(rows), texts_(texts) {}

  void input(Json input, const Transaction& transaction);
  void refuse(Code code, std::string place, std::string_view value, std::vector<std::string> details = {});
  void refuse(Error error, std::string place);
  void not_tolerated(Tolerance tolerance, std::string place, std::string_view value);
  bool has(Tolerance tolerance) const { return tolerances_.has(tolerance); }
  Tolerances tolerances() const { return tolerances_; }
  std::vector<Error>& errors() { return errors_; }

  // Names that stand near an unknown one: " (→ psn_no?)" or nothing.
  static std::string hint(std::string_view name, const WireNode& node);

 private:
  void top_members(Json input);
  const WireNode* node_of(std::string_view key, std::uint32_t parent) const;
  const WireNode* main_node() const;
  bool bare(Json input);
  void node(Json value, const WireNode& node, std::uint32_t parent, std::string_view member);
  void row(Json object, const WireNode& node, WireRows::Place place);
  void member(Json value, const WireNode& node, std::size_t row, const WireField* field);
  void extension(Json value, const WireField& field, std::size_t row);
  void missing_fields(const WireNode& node, std::size_t row);
  void missing_nodes();

  Tolerances tolerances_;
  std::size_t rows_max_, errors_max_;
  std::vector<std::size_t> counts_;  // rows of each node so far
  WireRows& rows_;
  JsonReader& texts_;
  const Transaction* transaction_ = nullptr;
  std::vector<Error> errors_;
};

}  // namespace fenming
