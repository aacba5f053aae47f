// For tests only: a desk over a fake store, a small region, invented persons, a clock that a test moves.
#pragma once

#include <gtest/gtest.h>

#include "base/digest.h"
#include "model/record.h"
#include "settlement/desk.h"
#include "store/fake/fake_store.h"

namespace fenming::testing_desk {

inline constexpr const char* region_text = R"YAML(region: 123456
name: test
facts:
  scheme: {type: [employees, residents]}
  aid: {type: [ordinary, poor], default: ordinary}
  level: {type: [L1, L2], default: L1}
  account: {type: money, default: 0}
  family: {type: money, default: 0}
  stay: {type: id}
keep:
  year: {per: [year, scheme], of: {deductible: money, pool: money, aid: money}}
  month: {per: [month], of: {visits: int}}
funds:
  pool: {field: hifp_pay}
  aid: {field: maf_pay}
CORRECTIONS
---
policy: all
steps:
  - layer: pool
    fund: pool
    base: eligible
    deductible: {limit: 100, used: year.deductible}
    ratio: {by: level, L1: 80%, L2: 60%}
    cap: {limit: 1000, used: year.pool}
    add: {year.deductible: deductible, year.pool: paid, month.visits: 1}
  - {layer: aid, fund: aid, who: aid == 'poor', base: left - out, ratio: 50%, add: {year.aid: paid}}
  - {layer: own, fund: account, base: left - out, ratio: 100%, cap: account}
  - {layer: kin, fund: family, base: left - out, ratio: 100%, cap: family}
)YAML";

inline std::string region(const std::string& corrections = "") {
  std::string text = region_text;
  text.replace(text.find("CORRECTIONS"), 11, corrections);
  return text;
}

inline Money yuan(std::int64_t amount) { return Money::from_fen(amount * 100); }
inline FactValue fact(std::string name, std::string text) {
  return {std::move(name), FactValue::Kind::text, std::move(text), {}};
}
inline FeeLine line(std::string id, Money amount, std::string refund_of = "") {
  FeeLine fee;
  fee.line.id = std::move(id);
  fee.line.amount = amount;
  fee.line.refund_of = std::move(refund_of);
  return fee;
}

class TestDesk {
 public:
  std::size_t objects_max = 400'000;  // of the next open()
  explicit TestDesk(std::string text = region(), FakeFaults faults = {}) : faults_(faults) {
    open();
    const auto digest = desk->put_artifact(pack_library({{"region.yaml", std::move(text)}}, {}));
    EXPECT_TRUE(digest);
    good(AdoptRules{std::string(bytes_of(*digest))});
    for (const auto& [code, level] : {std::pair{"H1", "L1"}, {"H2", "L2"}})
      good(RegisterProvider{code, code, {fact("level", level)}, 30});
    for (const char* psn_no : {"P1", "P2", "P3"}) {
      good(RegisterPerson{psn_no, "", {fact("born", "1980-05-05")}});
      good(SetStatus{psn_no, fact("insured", "yes"), day("2024-01-01"), date_max, false});
      good(SetStatus{psn_no, fact("scheme", "employees"), day("2024-01-01"), date_max, false});
    }
  }

  // On the same disk, which may fail.
  Result<std::unique_ptr<SettlementDesk>> opened(FakeFaults faults) {
    DeskOptions options;
    options.region = "123456";
    options.objects_max = objects_max;
    options.clock = [this] { return Now{Instant{wall_ms}, steady_ms}; };
    return SettlementDesk::open(open_fake(disk, faults), options);
  }
  void open() {
    auto made = opened(faults_);
    ASSERT_TRUE(made) << to_text(made.error(), Language::en);
    desk = std::move(*made);
  }
  void reopen() {
    desk.reset();
    open();
  }

  static Date day(std::string_view text) { return *parse_date(text); }
  void pass(std::int64_t ms) {
    wall_ms = wall_ms + ms;
    steady_ms = steady_ms + ms;
  }

  Command command(Action action, std::string msgid = "", std::string provider = "H1") {
    if (msgid.empty()) msgid = "m" + std::to_string(++messages_);
    return {{std::move(provider), "2207", std::move(msgid)}, "", std::move(action)};
  }

  Result<Outcome> call(Action action, std::string msgid = "", std::string provider = "H1") {
    return desk->call(command(std::move(action), std::move(msgid), std::move(provider)));
  }
  Outcome good(Action action, std::string msgid = "", std::string provider = "H1") {
    auto outcome = call(std::move(action), std::move(msgid), std::move(provider));
    if (outcome) return *outcome;
    ADD_FAILURE() << to_text(outcome.error(), Language::en);
    return {};
  }
  std::string refused(Action action, std::string msgid = "", std::string provider = "H1") {
    const auto outcome = call(std::move(action), std::move(msgid), std::move(provider));
    return outcome ? "" : std::string(name(outcome.error().code));
  }

  // A counter sale of one line; the result.
  static Settle sale(Money amount, std::string psn_no = "P1", std::string on = "2025-03-01") {
    Settle settle;
    settle.psn_no = std::move(psn_no);
    settle.from = settle.to = day(on);
    settle.facts = {fact("stay", "counter")};
    settle.lines = {line("1", amount)};
    settle.total = amount;
    return settle;
  }
  static const SettlementResult& result(const Outcome& outcome) { return outcome.decision->results.back(); }

  std::int64_t balance(AccountKind kind, const std::string& psn_no) {
    return read_integer(desk->object(person_object(psn_no))->find(balance_cell(kind)));
  }
  // Everything that belongs to N(state) of a person: cells without positions.
  std::string normal(const std::string& psn_no) {
    std::string text;
    const Object person = *desk->object(person_object(psn_no));
    for (const auto& [name, value] : person.cells()) {
      if (name == last_cell) continue;
      if (!name.starts_with(row_prefix)) {
        text += to_hex(name) + "=" + to_hex(value) + "\n";
        continue;
      }
      text += to_hex(name);
      for (const Row::Member& member : read_row(value).members)
        text += " " + std::to_string(member.word) + ":" + std::to_string(member.value);
      text += "\n";
    }
    return text;
  }

  std::shared_ptr<FakeDisk> disk = make_fake_disk();
  std::atomic<std::int64_t> wall_ms = day_begin(day("2025-03-01")).ms + 9 * 3'600'000, steady_ms = 1000;
  std::unique_ptr<SettlementDesk> desk;

 private:
  FakeFaults faults_;
  int messages_ = 0;
};

// On a desk of any store: the region, one provider, so many insured persons with money in their accounts.
inline void register_persons(SettlementDesk& desk, std::uint64_t count, std::string (*person)(std::uint64_t),
                             Money account) {
  const auto digest = desk.put_artifact(pack_library({{"region.yaml", region()}}, {}));
  ASSERT_TRUE(digest);
  std::vector<Action> actions = {AdoptRules{std::string(bytes_of(*digest))},
                                 RegisterProvider{"H1", "H1", {fact("level", "L1")}, 30}};
  for (std::uint64_t i = 0; i < count; ++i) {
    actions.push_back(
        RegisterPerson{person(i), "", {fact("born", "1980-05-05"), fact("scheme", "employees")}});
    actions.push_back(
        SetStatus{person(i), fact("insured", "yes"), TestDesk::day("2024-01-01"), date_max, false});
    actions.push_back(CreditAccount{person(i), account, "setup"});
  }
  for (Action& action : actions) ASSERT_TRUE(desk.call({{}, "", std::move(action)}));
}

}  // namespace fenming::testing_desk
