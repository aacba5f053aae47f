// What several families of transactions share: parts of a message as parts of a Command.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "server/call.h"

namespace fenming {

FeeLine fee_line(const WireRow& row);

// What a message said beyond what decides (every field that is not among `taken` and not empty), sealed for its person; "" when that is
// nothing. The same message gives the same bytes.
std::string rest_of(const Call& call, std::string_view psn_no, std::initializer_list<std::string_view> taken);
// And opened again: the JSON object of its nodes, "{}" when there is nothing.
std::string opened_rest(const Call& call, std::string_view psn_no, std::string_view sealed);

// The lines of a settlement, in the order of its shares: those it brought, or those of the records that its result names, or what is left
// of them after a refund in part.
Result<std::vector<FeeLine>> settled_lines(const Call& call, const Decision& decision,
                                           const SettlementResult& result);
// The same with their shares; of a refund those of the settlement that it takes back, negated.
struct ShownLine {
  BillLine line;
  LineResult shares;
};
Result<std::vector<ShownLine>> shown_lines(const Call& call, const Decision& decision,
                                           const SettlementResult& result);

// One error as the refusal of a query.
inline std::unexpected<std::vector<Error>> one(Error error) {
  return std::unexpected(std::vector{std::move(error)});
}

// A missing thing as the error that names it.
Error missing(const WireRow& row, std::string_view field);

}  // namespace fenming
