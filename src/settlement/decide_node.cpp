// The node itself: providers, artifacts in force, closed days and months, the clock.
#include "settlement/decider.h"

namespace fenming {

Decider::Refusal Decider::run(const RegisterProvider& command) {
  if (command.code.empty() || command.code.size() > 64)
    return refuse(Code::desk_provider_unknown, "fixmedins_code", command.code);
  if (command.confirm_minutes < 1 || command.confirm_minutes > 1440)
    return refuse(Code::desk_confirm_minutes, "confirm_minutes", std::to_string(command.confirm_minutes));
  ProviderState state{command.name, command.facts, command.confirm_minutes};
  set(provider_object(command.code), std::string(provider_cell), write_cell(state));
  for (const FactValue& fact : command.facts) only_registered(fact);
  return std::nullopt;
}

Decider::Refusal Decider::run(const AdoptRules& command) {
  const auto library = artifacts_.library(command.digest);
  if (!library) return library.error();
  const std::string& code = (*library)->region.code;
  const std::string& wanted = region_.empty() ? expected_region_ : region_;
  if (!wanted.empty() && code != wanted) return refuse(Code::desk_rules_region, "digest", code, {wanted});
  set(shard_object, std::string(region_cell), code);
  set(shard_object, std::string(rules_cell), command.digest);
  return std::nullopt;
}

Decider::Refusal Decider::run(const AdoptCatalogue& command) {
  const auto catalogue = artifacts_.catalogue(command.digest);
  if (!catalogue) return catalogue.error();
  set(shard_object, std::string(catalogue_cell), command.digest);
  return std::nullopt;
}

Decider::Refusal Decider::run(const CloseDay& command) {
  const Date closed{static_cast<std::int32_t>(read_integer(cell(shard_object, closed_day_cell)))};
  if (command.day <= closed)
    return refuse(Code::desk_day_closed, "day", to_text(command.day), {to_text(closed)});
  if (command.day > today())
    return refuse(Code::desk_day_ahead, "day", to_text(command.day), {to_text(today())});
  set(shard_object, std::string(closed_day_cell), integer_cell(command.day.days));
  return std::nullopt;
}

Decider::Refusal Decider::run(const CloseMonth& command) {
  const bool sound = command.year >= 1900 && command.year < 2199 && command.month >= 1 && command.month <= 12;
  const std::string month = std::to_string(command.year) + "-" + std::to_string(command.month);
  if (!sound) return refuse(Code::desk_dates, "month", month, {"1..12"});
  const int next_year = static_cast<int>(command.year + command.month / 12),
            next_month = static_cast<int>(command.month % 12 + 1);
  const Date last{make_date(next_year, next_month, 1)->days - 1};
  const Date closed{static_cast<std::int32_t>(read_integer(cell(shard_object, closed_day_cell)))};
  if (closed < last) return refuse(Code::desk_month_open, "month", month, {to_text(closed), to_text(last)});
  const std::int64_t number = command.year * 12 + command.month;
  if (number <= read_integer(cell(shard_object, closed_month_cell)))
    return refuse(Code::desk_day_closed, "month", month, {to_text(closed)});
  set(shard_object, std::string(closed_month_cell), integer_cell(number));
  return std::nullopt;
}

Decider::Refusal Decider::run(const KeepDocument& command) {
  if (cell(provider_object(command_->key.provider), std::string(provider_cell)).empty())
    return refuse(Code::desk_provider_unknown, "fixmedins_code", command_->key.provider);
  if (!command_->settlement.empty()) {
    if (const auto found = settlement_for(command_->settlement, command.psn_no); !found) return found.error();
  } else if (!command_->visit.empty()) {
    if (const auto found = visit_of(command_->visit); !found) return found.error();
  }
  if (command.psn_no.empty()) return std::nullopt;
  if (auto refused = no_person(command.psn_no)) return refused;
  about(command.psn_no);
  return std::nullopt;
}

// The provider's object remembers for each operator the day and number of the sign-in that stands.
Decider::Refusal Decider::run(const SignOperator& command) {
  const std::string object = provider_object(command_->key.provider);
  if (cell(object, std::string(provider_cell)).empty())
    return refuse(Code::desk_provider_unknown, "fixmedins_code", command_->key.provider);
  if (command.operator_no.empty() || command.operator_no.size() > 90)
    return refuse(Code::operator_malformed, "opter_no", command.operator_no);
  const std::string name = sign_cell(command.operator_no);
  if (!command.out) {
    out_.made = id('N');
    drop_old_signs(object);
    set(object, name, write_cell(SignState{today(), out_.made}));
    return std::nullopt;
  }
  const auto state = read_cell<SignState>(cell(object, name));
  const bool fits =
      state && state->day == today() && (command.sign_no.empty() || command.sign_no == state->sign_no);
  if (!fits) return refuse(Code::wire_not_signed_in, "sign_no", command.operator_no);
  out_.made = state->sign_no;
  set(object, name, "");
  return std::nullopt;
}

// Sign-ins of earlier days stand for nothing. Each new one takes some of them away: more than come, so that they end.
void Decider::drop_old_signs(const std::string& object) {
  constexpr std::size_t most = 16;
  std::vector<std::string> old;
  for (const auto& [name, value] : objects_.object(object).with(sign_cell(""))) {
    if (read_cell<SignState>(value)->day < today()) old.emplace_back(name);
    if (old.size() == most) break;
  }
  for (const std::string& name : old) set(object, name, "");
}

// Who trusts the clock again stands in the journal; the desk itself starts to settle again (laws.md 8).
Decider::Refusal Decider::run(const AcceptClock& command) {
  if (command.accepted_by.empty()) return refuse(Code::desk_accepted_by, "accepted_by", "");
  set(shard_object, std::string(clock_cell), write_cell(ClockState{command.at, out_.time}));
  return std::nullopt;
}

}  // namespace fenming
