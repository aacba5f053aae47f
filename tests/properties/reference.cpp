#include "properties/reference.h"

#include <fmt/format.h>

#include <map>

#include "properties/evaluator.h"

namespace fenming::properties {
namespace {

int places_of(Type type) {
  if (type == Type::money) return 2;
  return type == Type::ratio || type == Type::dec ? 6 : 0;
}

std::string shown(Number n) { return fenming::to_text(Exact{n.digits, n.places}); }

void same(const std::string& what, Number expected, std::int64_t got, int places = 2) {
  if (expected == Number{got, places}) return;
  throw Disagreement(fmt::format("{}: the calculus gives {}, the assessment {}", what, shown(expected),
                                 shown(trimmed({got, places}))));
}

Number least(Number a, Number b) { return b < a ? b : a; }
Number positive(Number n) { return n.digits < 0 ? Number{} : n; }

struct Shares {
  Number amount, over, out, prepay, in;
  std::int64_t pot = 0;
};
Shares operator-(const Shares& a, const Shares& b) {
  return {a.amount - b.amount, a.over - b.over, a.out - b.out, a.prepay - b.prepay, a.in - b.in, a.pot};
}

class Reference {
 public:
  Reference(const Library& library, const BoundBill& bill, const Assessment& result)
      : library_(library), region_(library.region), bill_(bill), result_(result) {}

  void check() {
    const PartResult& first = result_.parts.at(0);
    plan_ = first.plan;
    parts();
    machine_.registers.assign(std::max(region_.register_count(), plan_->register_count), {});
    for (std::size_t i = 0; i < region_.facts.size(); ++i)
      machine_.registers[i] = trimmed({bill_.facts[i], places_of(region_.facts[i].type)});
    funds_.assign(region_.funds.size(), {});
    pots_.assign(region_.pots.size(), {});
    for (std::size_t part = 0; part < result_.part_count; ++part) settle(part);
    answer();
  }

 private:
  Number& reg(std::uint32_t index) { return machine_.registers.at(index); }
  Number amount(const Slot& slot) { return Evaluator(*plan_, machine_).money(slot); }
  bool given(const Slot& slot) const { return slot.kind != Slot::Kind::none; }

  // ---- dates
  static Date day_after(Date day) { return Date{day.days + 1}; }

  void parts() {
    Date next = bill_.from;
    for (std::size_t i = 0; i < result_.part_count; ++i) {
      const PartResult& part = result_.parts[i];
      if (part.plan != plan_) throw Disagreement("a part has a plan of its own");
      if (part.from != next || part.to < part.from)
        throw Disagreement(fmt::format("part {} does not follow the one before", i));
      next = day_after(part.to);
    }
    if (next != day_after(bill_.to)) throw Disagreement("the parts do not cover the stay");
  }

  int insurance_year(Date day) const {
    const CivilDay civil_day = civil(day);
    const auto start = make_date(civil_day.year, region_.year_month, region_.year_day);
    return start && day < *start ? civil_day.year - 1 : civil_day.year;
  }

  void calendar(const PartResult& part, std::size_t index) {
    const Date by = region_.year_by == PickDate::settle    ? bill_.settle
                    : region_.year_by == PickDate::service ? part.from
                                                           : part.to;
    const CivilDay day = civil(by), begin = civil(part.from);
    const Date end = index + 1 < result_.part_count ? result_.parts[index + 1].from : bill_.to;
    reg(region_.year()) = {insurance_year(by), 0};
    reg(region_.quarter()) = {day.year * 10 + (day.month - 1) / 3 + 1, 0};
    reg(region_.month()) = {day.year * 100 + day.month, 0};
    reg(region_.period()) = {begin.year * 10'000 + begin.month * 100 + begin.day, 0};
    reg(region_.days()) = {end == part.from ? 1 : end.days - part.from.days, 0};
    reg(region_.from()) = {part.from.days, 0};
    reg(region_.to()) = {part.to.days, 0};
    reg(region_.settle()) = {bill_.settle.days, 0};
  }

  // A part is as long as `split` says and stays in one insurance year.
  void check_cut(std::size_t index) {
    const PartResult& part = result_.parts[index];
    const bool last = index + 1 == result_.part_count;
    if (plan_->split_year_end && insurance_year(part.from) != insurance_year(part.to))
      throw Disagreement("a part crosses the year's end");
    const Wide days =
        given(plan_->split_days) ? Evaluator(*plan_, machine_).value(plan_->split_days).at(0).value() : 0;
    const int nights = last ? bill_.to.days - part.from.days : part.to.days + 1 - part.from.days;
    if (days > 0 && nights > days) throw Disagreement("a part is longer than `split` says");
    const bool year_ends =
        plan_->split_year_end && insurance_year(part.to) != insurance_year(day_after(part.to));
    if (!last && !year_ends && nights != days) throw Disagreement("a part ends too early");
  }

  // ---- lines
  const Plan& line_plan(const BoundLine& line) const {
    if (region_.lines_by == region_.layers_by) return *plan_;
    const Date day = region_.lines_by == PickDate::settle ? bill_.settle
                     : region_.lines_by == PickDate::service
                         ? Date{static_cast<std::int32_t>(line.fields[line_date])}
                         : bill_.to;
    const PolicyVersion* found = nullptr;
    for (const PolicyVersion& version : library_.versions) {
      const bool fits = version.policy == result_.parts[0].version->policy && version.known <= bill_.known &&
                        version.in_force_from <= day && day <= version.in_force_to;
      if (fits && (found == nullptr || version.known > found->known)) found = &version;
    }
    if (found == nullptr) return *plan_;
    for (const Plan& plan : found->plans)
      if (plan.from <= day && day <= plan.to) return plan;
    throw Disagreement("no plan of the version holds on the line's day");
  }

  Shares shares(const BoundLine& line, Number amount, Number quantity) {
    machine_.fields.clear();
    for (std::size_t i = 0; i < line.fields.size(); ++i)
      machine_.fields.push_back(trimmed({line.fields[i], places_of(region_.line_fields[i].type)}));
    machine_.fields[line_amount] = amount;
    machine_.fields[line_quantity] = quantity;
    const Plan& plan = line_plan(line);
    Evaluator evaluator(plan, machine_);
    const Number limit = given(plan.line_limit) ? positive(evaluator.money(plan.line_limit)) : fen(none_fen);
    const Number entered = is_none(limit) ? amount : least(amount, limit);
    const auto out = static_cast<std::int64_t>(region_.pots.size());
    const bool class_c =
        region_.class_c >= 0 && line.fields[static_cast<std::size_t>(region_.class_field)] == region_.class_c;
    Shares s{amount, amount - entered, {}, {}, {}, 0};
    s.pot = given(plan.line_pot) ? static_cast<std::int64_t>(evaluator.value(plan.line_pot).at(0).value())
            : class_c            ? out
                                 : 0;
    if (s.pot == out) {
      s.out = entered;
      return s;
    }
    s.prepay = rounded(entered * evaluator.value(plan.line_prepay), 2, region_.rounding);
    s.in = entered - s.prepay;
    return s;
  }

  bool belongs(const BoundLine& line, std::size_t part) const {
    if (result_.part_count == 1) return true;
    const BoundLine& origin =
        line.refund_of < 0 ? line : bill_.lines[static_cast<std::size_t>(line.refund_of)];
    const Date day{static_cast<std::int32_t>(origin.fields[line_date])};
    return result_.parts[part].from <= day && day <= result_.parts[part].to;
  }

  void lines(std::size_t part) {
    for (std::uint32_t i = region_.total; i < region_.charged(); ++i) reg(i) = {};
    std::map<std::size_t, Shares> net;
    std::map<std::size_t, Number> quantity;
    for (std::size_t i = 0; i < bill_.lines.size(); ++i) {
      const BoundLine& line = bill_.lines[i];
      if (!belongs(line, part)) continue;
      const Number fen_of_line = fen(line.fields[line_amount]), count{line.fields[line_quantity], 6};
      Shares row;
      if (line.refund_of < 0) {
        row = net[i] = shares(line, fen_of_line, count);
        quantity[i] = count;
      } else {
        const auto origin = static_cast<std::size_t>(line.refund_of);
        const Shares before = net.at(origin);
        quantity[origin] = quantity[origin] + count;
        net[origin] = shares(bill_.lines[origin], before.amount + fen_of_line, quantity[origin]);
        row = net[origin] - before;
      }
      compare(i, row);
    }
    for (const auto& [i, row] : net) {
      reg(region_.total) = reg(region_.total) + row.amount;
      reg(region_.over()) = reg(region_.over()) + row.over;
      reg(region_.out()) = reg(region_.out()) + row.out;
      reg(region_.prepay()) = reg(region_.prepay()) + row.prepay;
      if (row.pot == static_cast<std::int64_t>(region_.pots.size())) continue;
      const auto pot = static_cast<std::uint32_t>(row.pot);
      reg(region_.first_pot() + pot) = reg(region_.first_pot() + pot) + row.in;
      pots_.at(pot) = pots_.at(pot) + row.in;
    }
  }

  void compare(std::size_t i, const Shares& row) const {
    const LineShares& got = result_.lines.at(i);
    const std::string name = fmt::format("line {} ", i + 1);
    same(name + "amount", row.amount, got.amount);
    same(name + "over", row.over, got.over);
    same(name + "out", row.out, got.out);
    same(name + "prepay", row.prepay, got.prepay);
    same(name + "in scope", row.in, got.in);
  }

  // ---- accumulators
  using RowKey = std::pair<std::uint32_t, std::vector<std::int64_t>>;

  RowKey key_of(std::uint32_t group) {
    std::vector<std::int64_t> key;
    for (const std::uint32_t fact : region_.groups[group].key) {
      const int places = fact < region_.facts.size() ? places_of(region_.facts[fact].type) : 0;
      key.push_back(static_cast<std::int64_t>(reg(fact).at(places).value()));
    }
    return {group, std::move(key)};
  }

  std::vector<Number>& row_of(const RowKey& key, bool first_part) {
    const auto known = rows_.find(key);
    if (known != rows_.end()) return known->second;
    const Group& group = region_.groups[key.first];
    std::vector<Number> values(group.members.size());
    for (const BoundRow& row : bill_.rows) {
      if (row.group != key.first || !(row.first_part ? first_part : row.key == key.second)) continue;
      for (std::size_t m = 0; m < values.size(); ++m)
        values[m] = trimmed({row.values[m], places_of(group.members[m].type)});
    }
    before_[key] = values;
    return rows_[key] = values;
  }

  void load(bool first_part) {
    for (const std::uint32_t group : plan_->groups_used) {
      const std::vector<Number>& row = row_of(key_of(group), first_part);
      for (std::size_t m = 0; m < row.size(); ++m) reg(region_.groups[group].members[m].reg) = row[m];
    }
  }

  void store() {
    for (const std::uint32_t group : plan_->groups_used) {
      std::vector<Number>& row = row_of(key_of(group), false);
      for (std::size_t m = 0; m < row.size(); ++m) row[m] = reg(region_.groups[group].members[m].reg);
    }
  }

  // ---- steps
  void settle(std::size_t part) {
    calendar(result_.parts[part], part);
    load(part == 0);
    lines(part);
    check_cut(part);
    reg(region_.charged()) = given(plan_->charged) ? positive(amount(plan_->charged)) : reg(region_.total);
    if (bill_.lines.empty()) reg(region_.total) = reg(region_.charged());
    reg(region_.left()) = reg(region_.charged());
    total_ = total_ + reg(region_.total);
    charged_ = charged_ + reg(region_.charged());
    bool deducted = false;
    for (const Step& step : plan_->steps) {
      if (!step.layer) {
        let(plan_->lets[step.index], result_.parts[part].names.at(step.index));
        continue;
      }
      const LayerPlan& one = plan_->layers[step.index];
      const LayerAmounts& got = result_.parts[part].layers.at(step.index);
      layer(one, got);
      if (deducted || one.deductible.count == 0 || !got.applies) continue;
      deductible_ = deductible_ + reg(one.reg + cell_deductible);  // the answer names the first of a part
      deducted = true;
    }
    cash_ = cash_ + reg(region_.left());
    store();
  }

  void let(const Let& let, std::int64_t got) {
    const Number value = Evaluator(*plan_, machine_).value(let.value);
    same("let " + let.name, value, got, let.value.scale);
    reg(let.reg) = value;
  }

  // take(x, meters) = min(x, max(0, limit - used), ...)
  Number take(Number x, const Meters& meters) {
    Number result = x;
    for (std::uint32_t m = 0; m < meters.count; ++m) {
      const Meter& meter = plan_->meters.at(meters.first + m);
      const Number limit = amount(meter.limit);
      if (is_none(limit)) continue;
      result = least(result, positive(limit - (given(meter.used) ? amount(meter.used) : Number{})));
    }
    return result;
  }

  struct Share {
    Number length, ratio;
  };

  std::vector<Share> shares_of(const LayerPlan& layer, Number at, Number covered) {
    Evaluator evaluator(*plan_, machine_);
    const BandList& list =
        plan_->band_lists.at(static_cast<std::size_t>(evaluator.value(layer.bands).at(0).value()));
    std::vector<Share> shares;
    Number low;
    for (std::uint32_t b = 0; b < list.count; ++b) {
      const Band& band = plan_->bands.at(list.first + b);
      const bool last = !given(band.to);
      Number high = last ? at + covered : evaluator.money(band.to);
      if (!last && high < low) high = low;
      const Number begin = at < low ? low : at;
      const Number end = !last && high < at + covered ? high : at + covered;
      if (begin < end) {
        machine_.ratio = evaluator.value(band.ratio);
        shares.push_back({end - begin, given(layer.adjust) ? evaluator.value(layer.adjust) : machine_.ratio});
      }
      low = high;
    }
    return shares;
  }

  void layer(const LayerPlan& layer, const LayerAmounts& got) {
    for (std::uint32_t i = 0; i < layer_cells; ++i) reg(layer.reg + i) = {};
    const bool applies = !given(layer.who) || Evaluator(*plan_, machine_).truth(layer.who);
    if (applies != got.applies) throw Disagreement("layer " + layer.name + ": who");
    if (applies) run(layer);
    const std::int64_t amounts[] = {got.base,  got.over, got.deductible, got.covered,
                                    got.after, got.paid, got.consumed,   got.cut};
    static constexpr const char* names[] = {"base",  "over", "deductible", "covered",
                                            "after", "paid", "consumed",   "cut"};
    for (std::uint32_t i = 0; i < layer_cells; ++i)
      same(fmt::format("layer {} {}", layer.name, names[i]), reg(layer.reg + i), amounts[i]);
    funds_.at(layer.fund) = funds_.at(layer.fund) + reg(layer.reg + cell_paid);
  }

  void run(const LayerPlan& layer) {
    Number *own = machine_.registers.data() + layer.reg, *left = &reg(region_.left());
    own[cell_base] = positive(amount(layer.base));
    const Number entered = layer.limit.count == 0 ? own[cell_base] : take(own[cell_base], layer.limit);
    own[cell_over] = own[cell_base] - entered;
    if (layer.deductible.count != 0) own[cell_deductible] = take(entered, layer.deductible);
    own[cell_covered] = entered - own[cell_deductible];
    if (given(layer.bands))
      pay(layer, own, left);
    else
      own[cell_consumed] = own[cell_covered];
    for (std::uint32_t i = 0; i < layer.write_count; ++i) {
      const Write& write = plan_->writes.at(layer.first_write + i);
      reg(write.reg) = reg(write.reg) + Evaluator(*plan_, machine_).value(write.amount);
    }
  }

  void pay(const LayerPlan& layer, Number* own, Number* left) {
    const Number at = given(layer.at) ? amount(layer.at) : Number{};
    const std::vector<Share> shares = shares_of(layer, at, own[cell_covered]);
    Number full;
    for (const Share& share : shares) full = full + share.length * share.ratio;
    if (layer.after.count != 0) own[cell_after] = rounded(take(full, layer.after), 2, region_.rounding);
    const Number want = positive(rounded(full - own[cell_after], 2, region_.rounding));
    own[cell_paid] = least(layer.cap.count == 0 ? want : take(want, layer.cap), *left);
    if (own[cell_paid].digits < 0) throw Disagreement("layer " + layer.name + " pays less than nothing");
    *left = *left - own[cell_paid];
    own[cell_cut] = want - own[cell_paid];
    own[cell_consumed] = own[cell_cut].is_zero()
                             ? own[cell_covered]
                             : consumed(shares, own[cell_paid] + own[cell_after], at, own[cell_covered]);
  }

  // What lies below the first band earns nothing and is used up first.
  Number consumed(const std::vector<Share>& shares, Number target, Number at, Number covered) const {
    const Number earning = least_earning(shares, target);
    if (target.is_zero() || !(at < Number())) return earning;
    const Number below = Number() - at;
    return earning + (below < covered ? below : covered);
  }

  // The least x whose first x of the covered amount earn `target`.
  Number least_earning(const std::vector<Share>& shares, Number target) const {
    Number before, earned;
    for (const Share& share : shares) {
      const Number all = earned + share.length * share.ratio;
      if (all < target) {
        before = before + share.length;
        earned = all;
        continue;
      }
      if (share.ratio.is_zero()) return before;
      return before + rounded_quotient(target - earned, share.ratio, 2, region_.rounding);
    }
    throw Disagreement("what was paid is more than the bands give");
  }

  // ---- the answer
  void answer() {
    same("total", total_, result_.total);
    same("charged", charged_, result_.charged);
    same("deductible", deductible_, result_.deductible);
    same("cash", cash_, result_.split->cash().fen());
    for (std::size_t i = 0; i < pots_.size(); ++i)
      same("pot " + region_.pots[i], pots_[i], result_.pots.at(i));
    for (std::size_t i = 0; i < funds_.size(); ++i)
      same("fund " + region_.funds[i].name, funds_[i], result_.funds.at(i));
    if (result_.row_count != rows_.size()) throw Disagreement("another number of accumulator rows");
    for (std::size_t i = 0; i < result_.row_count; ++i) {
      const AccumulatorResult& row = result_.rows[i];
      const Group& group = region_.groups.at(row.group);
      const auto found = rows_.find({row.group, row.key});
      if (found == rows_.end()) throw Disagreement("an accumulator row with another key: " + group.name);
      for (std::size_t m = 0; m < group.members.size(); ++m) {
        const std::string name = group.name + "." + group.members[m].name;
        same(name + " before", before_.at(found->first)[m], row.before.at(m),
             places_of(group.members[m].type));
        same(name + " after", found->second[m], row.after.at(m), places_of(group.members[m].type));
      }
    }
  }

  const Library& library_;
  const Region& region_;
  const BoundBill& bill_;
  const Assessment& result_;
  const Plan* plan_ = nullptr;
  Machine machine_;
  std::map<RowKey, std::vector<Number>> rows_, before_;
  std::vector<Number> funds_, pots_;
  Number total_, charged_, deductible_, cash_;
};

}  // namespace

std::optional<std::string> reference_problem(const Library& library, const BoundBill& bill,
                                             const Assessment& result) {
  try {
    Reference(library, bill, result).check();
  } catch (const std::exception& disagreement) {
    return disagreement.what();
  }
  return std::nullopt;
}

}  // namespace fenming::properties
