#include "registry/account.h"

#include <algorithm>

#include "base/check.h"
#include "model/codec.h"

namespace fenming {
namespace {

constexpr int interest_days = 360;

std::string cell_of(std::string_view user) { return "c" + std::string(user); }

std::string written(const Consent& consent) {
  std::string bytes;
  ByteWriter out(bytes);
  encode(out, consent.from);
  encode(out, consent.to);
  return bytes;
}

// The balance of a stretch of days, times their number.
Wide product(Money balance, Date from, Date end) {
  return balance > Money() ? Wide{balance.fen()} * (end.days - from.days) : 0;
}

}  // namespace

// REQ SET-11
Result<Money> year_interest(Money opening, std::span<const Movement> movements, std::int64_t year,
                            Decimal rate) {
  constexpr std::int64_t whole = 1'000'000;
  if (rate.millionths < 0 || rate.millionths > whole)
    return std::unexpected(Error{Code::interest_rate, "", to_text(rate), {}});
  const bool known = year >= 1900 && year < 2199;
  const auto first = known ? make_date(static_cast<int>(year), 1, 1) : std::nullopt;
  const auto next = known ? make_date(static_cast<int>(year) + 1, 1, 1) : std::nullopt;
  if (!first || !next) return std::unexpected(Error{Code::interest_year, "", std::to_string(year), {}});
  std::vector<Movement> of_year;
  std::ranges::copy_if(movements, std::back_inserter(of_year),
                       [&](const Movement& one) { return *first <= one.day && one.day < *next; });
  std::ranges::sort(of_year, {}, &Movement::day);
  Wide products = 0;
  Date since = *first;
  Money balance = opening;
  for (const Movement& movement : of_year) {
    products += product(balance, since, movement.day);
    balance = balance + movement.change;
    since = movement.day;
  }
  products += product(balance, since, *next);
  const Wide fen = divide(products * rate.millionths, Wide{whole} * interest_days, Rounding::half_up);
  return Money::from_fen(static_cast<std::int64_t>(fen));
}

std::optional<Consent> consent_of(const Object& owner, std::string_view user) {
  const std::string_view bytes = owner.find(cell_of(user));
  if (bytes.empty()) return std::nullopt;
  Consent consent;
  ByteReader in(bytes);
  decode(in, consent.from);
  decode(in, consent.to);
  CHECK(in.done(), "only this file writes consents");
  return consent;
}

// LAW 9(d)
bool may_pay(const Object& owner, std::string_view user, Date day) {
  const auto consent = consent_of(owner, user);
  return consent && consent->from <= day && day <= consent->to;
}

std::optional<Error> refuse_payer(const Object& owner, std::string_view owner_no, std::string_view user,
                                  Date day) {
  if (may_pay(owner, user, day)) return std::nullopt;
  return Error{Code::account_not_shared, "", std::string(owner_no), {std::string(user), to_text(day)}};
}

Result<std::vector<Change>> share_account(const Object& owner, const ShareAccount& command) {
  if (command.owner == command.user) return std::unexpected(Error{Code::share_self, "", command.owner, {}});
  if (!command.withdraw && command.to < command.from)
    return std::unexpected(Error{Code::status_dates, "", to_text(command.to), {to_text(command.from)}});
  const std::string cell = cell_of(command.user);
  const std::string before(owner.find(cell));
  if (command.withdraw && before.empty())
    return std::unexpected(Error{Code::share_missing, "", command.owner, {command.user}});
  std::string after = command.withdraw ? "" : written({command.from, command.to});
  if (after == before) return std::vector<Change>{};
  return std::vector<Change>{{"P" + command.owner, cell, before, std::move(after)}};
}

}  // namespace fenming
