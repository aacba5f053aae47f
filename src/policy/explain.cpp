#include "policy/explain.h"

#include <array>

#include "model/fund_fields.h"

namespace fenming {
namespace {

Traced total_of(Explanation& e, const Traced& a, const Traced& b) { return e.tracer.add(a, b, {}); }

}  // namespace

std::optional<Error> explain(const Library& library, const BoundBill& bill, Explanation& into) {
  into.library = &library;
  into.bill = &bill;
  into.tracer.clear();
  into.outputs.clear();
  return Runner(library, bill, into.tracer, into.values, into.parts, into.assessment).run();
}

void add_outputs(Explanation& e) {
  if (!e.outputs.empty()) return;
  const Sums<Traced>& s = e.values.sums;
  const std::vector<Fund>& funds = e.library->region.funds;
  std::array<Traced, fund_fields.size()> paid{};
  Traced account{}, family{}, reduction{}, fund_sum{};
  for (std::size_t f = 0; f < funds.size(); ++f) {
    const Traced& amount = e.values.funds[f];
    switch (funds[f].role) {
      case FundRole::account: account = total_of(e, account, amount); break;
      case FundRole::family: family = total_of(e, family, amount); break;
      case FundRole::provider: reduction = total_of(e, reduction, amount); break;
      case FundRole::fund:
        for (std::size_t field = 0; field < fund_fields.size(); ++field)
          if (fund_fields[field] == funds[f].field) paid[field] = total_of(e, paid[field], amount);
    }
  }
  e.outputs = {{"medfee_sumamt", s.total},   {"fulamt_ownpay_amt", s.out},  {"overlmt_selfpay", s.over},
               {"preselfpay_amt", s.prepay}, {"inscp_scp_amt", s.in_scope}, {"act_pay_dedc", s.deductible}};
  for (std::size_t field = 0; field < fund_fields.size(); ++field) {
    e.outputs.push_back({fund_fields[field], paid[field]});
    fund_sum = total_of(e, fund_sum, paid[field]);
  }
  const Traced accounts = total_of(e, account, family);
  e.outputs.push_back({"fund_pay_sumamt", fund_sum});
  e.outputs.push_back({"psn_part_amt", total_of(e, accounts, s.cash)});
  e.outputs.push_back({"acct_pay", accounts});
  e.outputs.push_back({"acct_mulaid_pay", family});
  e.outputs.push_back({"psn_cash_pay", s.cash});
  const Traced packaged = e.tracer.sub(s.total, s.charged, {});
  e.outputs.push_back({"hosp_part_amt", total_of(e, packaged, reduction)});
}

std::string value_text(Wide value, std::uint8_t scale, Type type, const Domain* domain) {
  switch (type) {
    case Type::boolean: return value != 0 ? "yes" : "no";
    case Type::date: return to_text(Date{static_cast<std::int32_t>(value)});
    case Type::code:
      if (domain != nullptr) return domain->members.at(static_cast<std::size_t>(value));
      break;
    case Type::set: {
      std::string members;
      for (std::size_t i = 0; domain != nullptr && i < domain->members.size(); ++i)
        if ((value >> i & 1) != 0) members += (members.empty() ? "" : ",") + domain->members[i];
      return members;
    }
    case Type::money:
      return value >= none_fen * power_of_ten(std::max(0, scale - 2)) ? "none"
                                                                      : to_text(Exact{value, scale}, 2);
    default: break;
  }
  return to_text(Exact{value, scale});
}

const Domain* domain_of(const Explanation& e, Ref ref) {
  const Region& region = e.library->region;
  switch (ref_kind(ref)) {
    case RefKind::constant: {
      const Constant& constant = e.tracer.plans[ref_index(ref) >> 22]->constants[ref_index(ref) & 0x3FFFFF];
      return constant.type == Type::code ? &region.domains[constant.domain] : nullptr;
    }
    case RefKind::line: {
      const Fact& field = region.line_fields[ref_index(ref) & 0x7F];
      return field.type == Type::code ? &region.domains[field.domain] : nullptr;
    }
    case RefKind::given: {
      if (static_cast<Given>(ref_index(ref) >> 28) != Given::fact) return nullptr;
      const Fact& fact = region.facts[ref_index(ref) & 0x3FF];
      return fact.type == Type::code || fact.type == Type::set ? &region.domains[fact.domain] : nullptr;
    }
    case RefKind::record: break;
  }
  if (ref == 0) return nullptr;
  const Record& record = e.tracer.records[ref_index(ref) - 1];
  if (record.type != Type::code || record.count == 0) return nullptr;
  return domain_of(e, e.tracer.arguments[record.first + record.count - 1U]);
}

std::string label(const Labels& labels, std::string_view name, Language language) {
  const std::string& text = language == Language::zh ? labels.zh : labels.en;
  return text.empty() ? std::string(name) : text;
}

}  // namespace fenming
