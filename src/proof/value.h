// ProofValue: one value of a trace: type and content. The texts are those of docs/trace-format.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "money/decimal.h"

namespace fenming {

enum class ProofType : std::uint8_t { money, ratio, integer, dec, boolean, date, code, set, id };

struct ProofValue {
  ProofType type = ProofType::money;
  bool none = false;  // money only: a limit that is not there
  bool yes = false;
  Exact number;
  Date date;
  std::string text;                  // code, id
  std::vector<std::string> members;  // set, sorted
};

std::optional<ProofType> parse_proof_type(
    std::string_view text);  // money ratio int dec bool date code set id
std::string_view to_text(ProofType type);
bool is_number(ProofType type);

std::optional<ProofValue> parse_proof_value(ProofType type, std::string_view text);
std::string to_text(const ProofValue& value);

ProofValue proof_number(ProofType type, Exact number);
ProofValue proof_bool(bool yes);
ProofValue proof_none();

// Equal in type and content. int and dec mix: the number counts. A code and an id are both names.
bool same_value(const ProofValue& a, const ProofValue& b);
bool same_type(ProofType a, ProofType b);

}  // namespace fenming
