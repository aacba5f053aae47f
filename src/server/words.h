// RegionWords: how the national codes of a message are said in this region's policy, as data of the configuration. What is not listed
// is refused by name: a bill never falls into another kind of visit because a code was unknown.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/bill.h"
#include "model/error.h"
#include "protocol/request.h"

namespace fenming {

using WordMap = std::map<std::string, std::string, std::less<>>;

struct FactWord {  // a field of a message that says a fact of the policy
  std::string field, fact;
  WordMap values;  // code → value; empty: as it came
};

struct RegionWords {
  std::string region, name;                          // 990000, 明州市
  WordMap insutype;                                  // 310 → value of the fact `scheme`
  std::string scheme = "scheme", person = "person";  // the facts that say insurance and person type
  WordMap med_type;                                  // 11 → kind of visit
  std::vector<std::string> stays;  // med_type of stays; the others are outpatients' and sales
  WordMap clr_type;                // kind of visit → clearing type
  WordMap fund_pay_type;           // fund of the policy → code; "310:pool" goes before "pool"
  WordMap psn_type;                // value of the fact `person` → code
  std::vector<FactWord> facts;
};

enum class VisitFamily : std::uint8_t { outpatient, stay };  // outpatient: counter sales too
VisitFamily visit_family(std::string_view infno);            // of the visits that a transaction is about
// A med_type of the family, as the policy's kind of visit. Code: wire_not_mapped.
Result<std::string> kind_of(const RegionWords& words, std::string_view med_type, VisitFamily family,
                            const std::string& place);
bool is_stay(const RegionWords& words, std::string_view kind);
// What a row of a message says in the policy's words. Code: wire_not_mapped.
Result<std::vector<FactValue>> facts_of(const RegionWords& words, const WireRow& row);
std::string word(const WordMap& map, std::string_view key, std::string_view otherwise = "");
std::string code_for(const WordMap& map, std::string_view value,
                     std::string_view otherwise = "");  // the other way

}  // namespace fenming
