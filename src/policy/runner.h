// Runner: one assessment from the choice of the policy to the sums (policy-calculus.md section 2), over any arithmetic. The engine runs the
// steps; the runner cuts a long stay, loads and stores accumulators, nets refunds and adds up.
#pragma once

#include <optional>
#include <vector>

#include "policy/assess.h"
#include "policy/engine.h"

namespace fenming {

inline constexpr std::size_t parts_max = 200;

template <class V>
struct RowState {  // an accumulator row during one assessment
  std::uint32_t group = 0;
  std::int32_t position = -1;  // in the bill, for the trace
  std::vector<std::int64_t> key;
  std::vector<V> before, now;
};

template <class V>
struct Sums {
  V total{}, over{}, out{}, prepay{}, in_scope{}, charged{}, deductible{}, cash{};
};

template <class V>
struct Buffers {
  std::vector<V> registers;
  std::vector<LineValues<V>> lines;  // what each row of the bill shows
  std::vector<LineValues<V>> net;    // original lines after their refunds so far
  std::vector<V> net_quantity;
  std::vector<LayerValues<V>> layers;  // all parts in order
  std::vector<RowState<V>> rows;
  std::size_t row_count = 0;
  std::vector<std::size_t> used_rows;  // of the part at hand, one for each group of the plan
  std::vector<V> pots, funds;
  Sums<V> sums;
};

struct PartDates {
  Date from, to;
};

// The parts of a stay: so many days each, and at the insurance year's end. Days count from..to as nights, the last day with the
// last part. Nothing when there would be more than parts_max.
bool cut_stay(const Region& region, Date from, Date to, std::int64_t days, bool year_end,
              std::vector<PartDates>& parts);

struct CalendarFacts {
  std::int64_t year, quarter, month;  // 2023, 20233 (third quarter), 202309
};
// Which day of a part decides its year, quarter and month.
Date calendar_date(const Region& region, Date from, Date to, Date settle);
CalendarFacts calendar_facts(const Region& region, Date date);

std::int64_t nights(Date from, Date to);  // at least 1
std::int64_t day_number(Date date);       // 20230901: the settlement period's name

// The one policy that applies and its plan on the bill's date, or the error (none, two, a fact missing).
struct Choice {
  const PolicyVersion* version = nullptr;
  const Plan* plan = nullptr;
};
Date picking_date(PickDate by, const BoundBill& bill, Date service);
const Plan* plan_on(const PolicyVersion& version, Date date);
std::optional<Error> require_facts(const Region& region, const BoundBill& bill,
                                   const std::vector<std::uint32_t>& facts);
Error no_policy(const Library& library, const BoundBill& bill, Date date, const Choice* first,
                const Choice* second);
Error rule_failed(std::string_view where);
Error negative_layer(const LayerPlan& layer);
Error balance_overdrawn(const PolicyVersion& version, const std::string& fact, std::int64_t paid,
                        std::int64_t held);  // BIL-038
Error stay_too_long(const BoundBill& bill);
const PolicyVersion* version_on(const Library& library, std::size_t policy, Date date, Date known);

template <class A>
class Runner {
 public:
  using V = typename A::V;

  Runner(const Library& library, const BoundBill& bill, A& arithmetic, Buffers<V>& buffers,
         std::vector<PartDates>& parts, Assessment& out)
      : library_(library),
        region_(library.region),
        bill_(bill),
        a_(arithmetic),
        b_(buffers),
        parts_(parts),
        out_(out) {}

  std::optional<Error> run() {
    start();
    if (auto error = choose()) return error;
    if (auto error = require_facts(region_, bill_, choice_.plan->facts_read)) return error;
    for (const std::uint32_t group : choice_.plan->groups_used)
      if (auto error = require_key(region_.groups[group])) return error;
    if (auto error = cut()) return error;
    out_.part_count = parts_.size();
    if (out_.parts.size() < parts_.size()) out_.parts.resize(parts_.size());
    std::size_t layers = 0;
    for (std::size_t part = 0; part < parts_.size(); ++part)
      if (auto error = assess_part(part, layers)) return error;
    if (auto error = overdrawn(FundRole::account, choice_.plan->account_balances)) return error;
    if (auto error = overdrawn(FundRole::family, choice_.plan->family_balances)) return error;
    finish();
    return std::nullopt;
  }

 private:
  void start() {
    V* r = prepare(region_.register_count());
    for (std::uint32_t i = 0; i < region_.facts.size(); ++i)
      r[i] = a_.given(Given::fact, 0, i, bill_.facts[i]);
    b_.row_count = 0;
    b_.pots.assign(region_.pots.size(), a_.nothing());
    b_.funds.assign(region_.funds.size(), a_.nothing());
    const V zero = a_.nothing();
    b_.sums = {zero, zero, zero, zero, zero, zero, zero, zero};
    b_.lines.resize(bill_.lines.size());
    set_calendar(bill_.from, bill_.to, bill_.to);
  }

  V* prepare(std::size_t count) {
    if (b_.registers.size() < count) b_.registers.resize(count);
    return b_.registers.data();
  }

  void calendar_fact(std::uint32_t reg, std::int64_t value) {
    b_.registers[reg] =
        a_.given(Given::calendar, static_cast<std::uint32_t>(part_), reg - region_.year(), value);
  }

  // `end`: the first day that is no night of this part: the next part's first, or the day of discharge.
  void set_calendar(Date from, Date to, Date end) {
    const CalendarFacts facts = calendar_facts(region_, calendar_date(region_, from, to, bill_.settle));
    calendar_fact(region_.year(), facts.year);
    calendar_fact(region_.quarter(), facts.quarter);
    calendar_fact(region_.month(), facts.month);
    calendar_fact(region_.period(), day_number(from));
    calendar_fact(region_.days(), nights(from, end));
    calendar_fact(region_.from(), from.days);
    calendar_fact(region_.to(), to.days);
    calendar_fact(region_.settle(), bill_.settle.days);
  }

  // ---- the policy
  std::optional<Error> choose() {
    const Date date = picking_date(region_.layers_by, bill_, bill_.from);
    Choice second;
    for (std::size_t policy = 0; policy < library_.by_policy.size(); ++policy) {
      const PolicyVersion* version = version_on(library_, policy, date, bill_.known);
      if (version == nullptr) continue;
      const Plan* plan = plan_on(*version, date);
      if (plan->applies.kind != Slot::Kind::none) {
        if (auto error = require_facts(region_, bill_, plan->facts_for)) return error;
        Engine<A> engine(region_, *plan, a_, b_.registers.data());
        if (!a_.truth(engine.slot(plan->applies))) continue;
      }
      if (choice_.version != nullptr) {
        second = {version, plan};
        return no_policy(library_, bill_, date, &choice_, &second);
      }
      choice_ = {version, plan};
      policy_ = policy;
    }
    if (choice_.version == nullptr) return no_policy(library_, bill_, date, nullptr, nullptr);
    prepare(choice_.plan->register_count);
    return std::nullopt;
  }

  std::optional<Error> require_key(const Group& group) const {
    for (const std::uint32_t reg : group.key)
      if (reg < region_.facts.size() && bill_.fact_given[reg] == 0)
        return require_facts(region_, bill_, {reg});
    return std::nullopt;
  }

  std::optional<Error> cut() {
    Engine<A> engine(region_, *choice_.plan, a_, b_.registers.data());
    const Plan& plan = *choice_.plan;
    const std::int64_t days =
        plan.split_days.kind == Slot::Kind::none ? 0 : a_.raw(engine.slot(plan.split_days));
    if (cut_stay(region_, bill_.from, bill_.to, days, plan.split_year_end, parts_)) return std::nullopt;
    return stay_too_long(bill_);
  }

  // ---- one part
  std::optional<Error> assess_part(std::size_t part, std::size_t& first_layer) {
    part_ = part;
    const Plan& plan = *choice_.plan;
    V* r = b_.registers.data();
    if (parts_.size() > 1)  // else as start() left it
      set_calendar(parts_[part].from, parts_[part].to,
                   part + 1 < parts_.size() ? parts_[part + 1].from : bill_.to);
    load_rows(part == 0);
    for (std::uint32_t i = region_.total; i <= region_.left(); ++i) r[i] = a_.nothing();
    Engine<A> engine(region_, plan, a_, r);
    assess_lines(part, engine);
    if (line_error_) return line_error_;
    if (engine.failed() || line_failed_ || a_.overflowed()) return rule_failed("lines");
    add_line_sums(r);
    if (plan.charged.kind != Slot::Kind::none)
      r[region_.charged()] = a_.positive(engine.slot(plan.charged));
    else
      r[region_.charged()] = r[region_.total];
    if (engine.failed() || a_.beyond(r[region_.charged()], money_fen_max)) return rule_failed("charged");
    if (bill_.lines.empty()) r[region_.total] = r[region_.charged()];
    r[region_.left()] = r[region_.charged()];
    add_sum(b_.sums.total, r[region_.total]);
    add_sum(b_.sums.charged, r[region_.charged()]);
    if (b_.layers.size() < first_layer + plan.layers.size())
      b_.layers.resize(first_layer + plan.layers.size());
    bool deducted = false;  // act_pay_dedc is that of the first layer that has one
    for (const Step& step : plan.steps) {
      if (!step.layer) {
        engine.let(plan.lets[step.index]);
        if (engine.failed() || a_.overflowed()) return rule_failed(plan.lets[step.index].name);
        continue;
      }
      LayerValues<V>& values = b_.layers[first_layer + step.index];
      const bool paid = engine.layer(plan.layers[step.index], values);
      if (engine.failed() || a_.overflowed()) return rule_failed(plan.layers[step.index].name);
      if (!paid) return negative_layer(plan.layers[step.index]);
      add_sum(b_.funds[plan.layers[step.index].fund], values.paid);
      const bool first = plan.layers[step.index].deductible.count != 0 && values.applies && !deducted;
      if (first) add_sum(b_.sums.deductible, values.deductible);
      deducted = deducted || first;
    }
    add_sum(b_.sums.cash, r[region_.left()]);
    if (parts_.size() > 1) lower_balances(plan, first_layer);
    store_rows();
    report_part(part, first_layer);
    first_layer += plan.layers.size();
    return std::nullopt;
  }

  // A balance that caps an account's layer directly is what is left of it for the parts that follow.
  void lower_balances(const Plan& plan, std::size_t first_layer) {
    for (std::size_t i = 0; i < plan.layers.size(); ++i) {
      const LayerPlan& layer = plan.layers[i];
      const FundRole role = region_.funds[layer.fund].role;
      if (role != FundRole::account && role != FundRole::family) continue;
      for (std::uint32_t m = 0; m < layer.cap.count; ++m) {
        const Meter& meter = plan.meters[layer.cap.first + m];
        const bool balance = meter.limit.kind == Slot::Kind::reg && meter.limit.index < region_.facts.size();
        if (!balance || meter.used.kind != Slot::Kind::none) continue;
        V& left = b_.registers[meter.limit.index];
        left = a_.sub(left, b_.layers[first_layer + i].paid, {});
      }
    }
  }

  // No balance is spent twice, whatever the layers' caps say (several layers, a formula, a stay in parts).
  std::optional<Error> overdrawn(FundRole role, const std::vector<std::uint32_t>& balances) const {
    if (balances.empty()) return std::nullopt;
    std::int64_t paid = 0, held = 0;
    for (std::size_t f = 0; f < region_.funds.size(); ++f)
      if (region_.funds[f].role == role) paid += a_.raw(b_.funds[f]);
    for (const std::uint32_t fact : balances) held += bill_.facts[fact];
    if (paid <= held) return std::nullopt;
    return balance_overdrawn(*choice_.version, region_.facts[balances.front()].name, paid, held);
  }

  // What is 0 leaves no record; plain numbers are added faster than asked.
  void add_sum(V& sum, V more) { sum = a_.add(sum, more, {}); }

  void report_part(std::size_t part, std::size_t first_layer) {
    const Plan& plan = *choice_.plan;
    PartResult& result = out_.parts[part];
    result.version = choice_.version;
    result.plan = choice_.plan;
    result.from = parts_[part].from;
    result.to = parts_[part].to;
    result.names.resize(plan.lets.size());
    for (std::size_t i = 0; i < plan.lets.size(); ++i)
      result.names[i] = a_.raw(b_.registers[plan.lets[i].reg]);
    result.layers.resize(plan.layers.size());
    for (std::size_t i = 0; i < plan.layers.size(); ++i) {
      const LayerValues<V>& v = b_.layers[first_layer + i];
      result.layers[i] = {a_.raw(v.base),     a_.raw(v.over),  a_.raw(v.deductible),
                          a_.raw(v.covered),  a_.raw(v.after), a_.raw(v.paid),
                          a_.raw(v.consumed), a_.raw(v.cut),   v.applies};
    }
  }

  // ---- lines
  bool belongs(const BoundLine& line, std::size_t part) const {
    if (parts_.size() == 1) return true;
    const BoundLine& origin =
        line.refund_of < 0 ? line : bill_.lines[static_cast<std::size_t>(line.refund_of)];
    const std::int64_t day = origin.fields[line_date];
    return (part == 0 || day >= parts_[part].from.days) &&
           (part + 1 == parts_.size() || day < parts_[part + 1].from.days);
  }

  const Plan& line_plan(const BoundLine& line) {
    // Under `service` a line has a day of its own.
    if (region_.lines_by == region_.layers_by && region_.lines_by != PickDate::service) return *choice_.plan;
    const Date date =
        picking_date(region_.lines_by, bill_, Date{static_cast<std::int32_t>(line.fields[line_date])});
    if (lines_plan_ == nullptr || date != lines_date_) {
      const PolicyVersion* version = version_on(library_, policy_, date, bill_.known);
      if (version == nullptr && !line_error_)
        line_error_ = no_policy(library_, bill_, date, nullptr, nullptr);
      lines_plan_ = version == nullptr ? choice_.plan : plan_on(*version, date);
      lines_date_ = date;
      if (!line_error_) line_error_ = require_facts(region_, bill_, lines_plan_->facts_read);
    }
    return *lines_plan_;
  }

  // `engine` runs the plan of the layers; a line of another day may go by another version.
  void shares(Engine<A>& engine, std::size_t i, V amount, V quantity, LineValues<V>& result) {
    const BoundLine& line = bill_.lines[i];
    const Plan& plan = line_plan(line);
    if (&plan == choice_.plan) return shares_by(engine, line, i, amount, quantity, result);
    Engine<A> other(region_, plan, a_, b_.registers.data());
    shares_by(other, line, i, amount, quantity, result);
    line_failed_ = line_failed_ || other.failed();
  }

  static void shares_by(Engine<A>& engine, const BoundLine& line, std::size_t i, V amount, V quantity,
                        LineValues<V>& result) {
    engine.set_line(line.fields.data(), static_cast<std::uint32_t>(i), amount, quantity);
    engine.line_shares(result);
  }

  void assess_lines(std::size_t part, Engine<A>& engine) {
    bool refunds = false;
    for (std::size_t i = 0; i < bill_.lines.size(); ++i) {
      const BoundLine& line = bill_.lines[i];
      if (line.refund_of >= 0) refunds = true;
      if (line.refund_of >= 0 || !belongs(line, part)) continue;
      const auto number = static_cast<std::uint32_t>(i);
      const V amount = a_.given(Given::line, number, line_amount, line.fields[line_amount]),
              quantity = a_.given(Given::line, number, line_quantity, line.fields[line_quantity]);
      shares(engine, i, amount, quantity, b_.lines[i]);
      add_line(b_.lines[i]);
    }
    if (refunds) net_refunds(part, engine);
  }

  // A refund's row shows what the original loses by it: the shares of the net amount less those before.
  void net_refunds(std::size_t part, Engine<A>& engine) {
    b_.net.resize(bill_.lines.size());
    b_.net_quantity.resize(bill_.lines.size());
    for (std::size_t i = 0; i < bill_.lines.size(); ++i) {
      const BoundLine& line = bill_.lines[i];
      if (!belongs(line, part)) continue;
      const auto number = static_cast<std::uint32_t>(i);
      const V quantity = a_.given(Given::line, number, line_quantity, line.fields[line_quantity]);
      if (line.refund_of < 0) {
        b_.net[i] = b_.lines[i];
        b_.net_quantity[i] = quantity;
        continue;
      }
      const auto origin = static_cast<std::size_t>(line.refund_of);
      const V amount = a_.given(Given::line, number, line_amount, line.fields[line_amount]);
      V& net_quantity = b_.net_quantity[origin];
      net_quantity = a_.add(net_quantity, quantity, {Type::dec, Decimal::places});
      LineValues<V> after;
      shares(engine, origin, a_.add(b_.net[origin].amount, amount, {}), net_quantity, after);
      b_.lines[i] = difference(after, b_.net[origin]);
      move_between_pots(b_.net[origin], after, b_.lines[i]);
      b_.net[origin] = after;
    }
  }

  LineValues<V> difference(const LineValues<V>& after, const LineValues<V>& before) {
    LineValues<V> result;
    result.amount = a_.sub(after.amount, before.amount, {});
    result.over = a_.sub(after.over, before.over, {});
    result.out = a_.sub(after.out, before.out, {});
    result.prepay = a_.sub(after.prepay, before.prepay, {});
    result.in = a_.sub(after.in, before.in, {});
    result.pot = after.pot;
    return result;
  }

  void add_line(const LineValues<V>& line) {
    add_shares(line);
    if (V* pot = pot_of(line.pot)) add_sum(*pot, line.in);
  }

  void add_shares(const LineValues<V>& line) {
    V* r = b_.registers.data();
    add_sum(r[region_.total], line.amount);
    add_sum(r[region_.over()], line.over);
    add_sum(r[region_.prepay()], line.prepay);
    add_sum(r[region_.out()], line.out);
  }

  V* pot_of(std::int64_t pot) {
    return pot < static_cast<std::int64_t>(region_.pots.size())
               ? &b_.registers[region_.first_pot() + static_cast<std::size_t>(pot)]
               : nullptr;
  }

  // A refund may bring a line into another pot: what was in the old one leaves it.
  void move_between_pots(const LineValues<V>& before, const LineValues<V>& after,
                         const LineValues<V>& change) {
    add_shares(change);
    if (before.pot == after.pot) {
      if (V* pot = pot_of(after.pot)) add_sum(*pot, change.in);
      return;
    }
    if (V* old_pot = pot_of(before.pot)) *old_pot = a_.sub(*old_pot, before.in, {});
    if (V* new_pot = pot_of(after.pot)) add_sum(*new_pot, after.in);
  }

  void add_line_sums(const V* r) {
    add_sum(b_.sums.over, r[region_.over()]);
    add_sum(b_.sums.out, r[region_.out()]);
    add_sum(b_.sums.prepay, r[region_.prepay()]);
    for (std::size_t pot = 0; pot < region_.pots.size(); ++pot) {
      add_sum(b_.pots[pot], r[region_.first_pot() + pot]);
      add_sum(b_.sums.in_scope, r[region_.first_pot() + pot]);
    }
  }

  // ---- accumulators
  std::size_t row_of(std::uint32_t group_index, bool first_part) {
    const Group& group = region_.groups[group_index];
    const auto matches = [&](const std::vector<std::int64_t>& key) {
      for (std::size_t k = 0; k < group.key.size(); ++k)
        if (key[k] != a_.raw(b_.registers[group.key[k]])) return false;
      return true;
    };
    for (std::size_t i = 0; i < b_.row_count; ++i)
      if (b_.rows[i].group == group_index && matches(b_.rows[i].key)) return i;
    if (b_.rows.size() == b_.row_count) b_.rows.emplace_back();
    RowState<V>& row = b_.rows[b_.row_count++];
    row.group = group_index;
    row.position = -1;
    row.key.resize(group.key.size());
    for (std::size_t k = 0; k < group.key.size(); ++k) row.key[k] = a_.raw(b_.registers[group.key[k]]);
    const BoundRow* given = nullptr;
    for (const BoundRow& candidate : bill_.rows)
      if (candidate.group == group_index && (candidate.first_part ? first_part : matches(candidate.key)))
        given = &candidate;
    if (given != nullptr) row.position = given->position;
    row.before.resize(group.members.size());
    for (std::uint32_t m = 0; m < group.members.size(); ++m)
      row.before[m] = a_.given(Given::accumulator, static_cast<std::uint32_t>(b_.row_count - 1), m,
                               given == nullptr ? 0 : given->values[m]);
    row.now = row.before;
    return b_.row_count - 1;
  }

  void load_rows(bool first_part) {
    const std::vector<std::uint32_t>& groups = choice_.plan->groups_used;
    b_.used_rows.resize(groups.size());
    for (std::size_t g = 0; g < groups.size(); ++g) {
      b_.used_rows[g] = row_of(groups[g], first_part);
      const RowState<V>& row = b_.rows[b_.used_rows[g]];
      const Group& group = region_.groups[groups[g]];
      for (std::size_t m = 0; m < group.members.size(); ++m) b_.registers[group.members[m].reg] = row.now[m];
    }
  }

  void store_rows() {
    for (const std::size_t index : b_.used_rows) {
      RowState<V>& row = b_.rows[index];
      const Group& group = region_.groups[row.group];
      for (std::size_t m = 0; m < group.members.size(); ++m) row.now[m] = b_.registers[group.members[m].reg];
    }
  }

  // ---- the answer
  void finish() {
    const Sums<V>& s = b_.sums;
    out_.total = a_.raw(s.total);
    out_.over = a_.raw(s.over);
    out_.out = a_.raw(s.out);
    out_.prepay = a_.raw(s.prepay);
    out_.in_scope = a_.raw(s.in_scope);
    out_.charged = a_.raw(s.charged);
    out_.deductible = a_.raw(s.deductible);
    copy(b_.pots, out_.pots);
    copy(b_.funds, out_.funds);
    out_.lines.resize(b_.lines.size());
    for (std::size_t i = 0; i < b_.lines.size(); ++i) {
      const LineValues<V>& line = b_.lines[i];
      out_.lines[i] = {a_.raw(line.amount), a_.raw(line.over), a_.raw(line.out), a_.raw(line.prepay),
                       a_.raw(line.in)};
    }
    out_.row_count = b_.row_count;
    if (out_.rows.size() < b_.row_count) out_.rows.resize(b_.row_count);
    for (std::size_t i = 0; i < b_.row_count; ++i) {
      out_.rows[i].group = b_.rows[i].group;
      out_.rows[i].key = b_.rows[i].key;
      copy(b_.rows[i].before, out_.rows[i].before);
      copy(b_.rows[i].now, out_.rows[i].after);
    }
    std::int64_t paid[4] = {0, 0, 0, 0};
    for (std::size_t f = 0; f < region_.funds.size(); ++f)
      paid[static_cast<int>(region_.funds[f].role)] += out_.funds[f];
    out_.split =
        Split::make(Money::from_fen(out_.total), Money::from_fen(out_.charged), Money::from_fen(paid[0]),
                    Money::from_fen(paid[1]), Money::from_fen(paid[2]), Money::from_fen(paid[3]));
    CHECK(out_.split.has_value(), "no layer pays less than nothing or more than what is left");
  }

  void copy(const std::vector<V>& from, std::vector<std::int64_t>& to) {
    to.resize(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) to[i] = a_.raw(from[i]);
  }

  const Library& library_;
  const Region& region_;
  const BoundBill& bill_;
  A& a_;
  Buffers<V>& b_;
  std::vector<PartDates>& parts_;
  Assessment& out_;
  Choice choice_;
  std::size_t policy_ = 0, part_ = 0;
  bool line_failed_ = false;
  std::optional<Error> line_error_;   // a fact that only the rule of a line's own day needs
  const Plan* lines_plan_ = nullptr;  // of the last line, for lines_date_
  Date lines_date_;
};

}  // namespace fenming
