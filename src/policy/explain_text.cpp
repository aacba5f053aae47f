// The explanation as text: for staff every amount as a formula with the place of its rule, for the patient a few sentences.
#include <fmt/format.h>

#include <array>
#include <iterator>
#include <map>
#include <optional>
#include <tuple>

#include "policy/explain.h"

namespace fenming {
namespace {

std::string money(Wide fen) { return to_text(Exact{fen, 2}, 2); }

std::string open_end(Date date) { return date == date_min || date == date_max ? "" : to_text(date); }

std::string percent(Wide value, std::uint8_t scale) { return to_text(Exact{value * 100, scale}) + "%"; }

// One catalogue of the words that both texts use. `band` has the amount, the ratio and their product as {}, `cap_used` the cap, what was
// used of it before, what is left of it and what was cut.
struct Words {
  std::string_view title, total, funds, account, family, cash, provider, out, over, prepay, in_scope, base,
      over_limit, deducted, band, after, cap, cap_used, cap_left, required, required_not, pays_nothing,
      not_applied, article, lines, pays, accumulators, yuan;
};
constexpr Words chinese = {.title = "账单",
                           .total = "医疗费总额",
                           .funds = "医保基金支付",
                           .account = "个人账户支付",
                           .family = "家庭共济支付",
                           .cash = "个人现金支付",
                           .provider = "医院负担",
                           .out = "目录外自费",
                           .over = "超限价",
                           .prepay = "先行自付",
                           .in_scope = "符合政策范围",
                           .base = "进入本层 {} 元",
                           .over_limit = "超过限额、不计入 {} 元",
                           .deducted = "先扣起付线 {} 元",
                           .band = "其中 {} 元按 {} 支付，得 {} 元",
                           .after = "从支付额中再扣 {} 元",
                           .cap = "封顶线 {} 元：少付 {} 元",
                           .cap_used = "封顶线 {} 元，此前已用 {} 元，只余 {} 元：少付 {} 元",
                           .cap_left = "尚未支付的费用只有 {} 元：少付 {} 元",
                           .required = "；须为 ",
                           .required_not = "；须不是 ",
                           .pays_nothing = "本次不支付",
                           .not_applied = "不适用，因为",
                           .article = "依据：",
                           .lines = "明细",
                           .pays = "支付",
                           .accumulators = "累计",
                           .yuan = "元"};
constexpr Words english = {.title = "Bill",
                           .total = "Total",
                           .funds = "Paid by the funds",
                           .account = "Paid from the account",
                           .family = "Paid from the family's account",
                           .cash = "Cash",
                           .provider = "Borne by the hospital",
                           .out = "outside the catalogue",
                           .over = "above the price limit",
                           .prepay = "paid first",
                           .in_scope = "within the policy",
                           .base = "enters this layer: {} yuan",
                           .over_limit = "above the limit, not counted: {} yuan",
                           .deducted = "deductible taken first: {} yuan",
                           .band = "{} yuan at {}: {} yuan",
                           .after = "taken off the payment: {} yuan",
                           .cap = "cap {} yuan: {} yuan less",
                           .cap_used = "cap {} yuan, {} of it used before, {} left: {} yuan less",
                           .cap_left = "only {} yuan were not paid yet: {} yuan less",
                           .required = "; required: ",
                           .required_not = "; required: not ",
                           .pays_nothing = "pays nothing this time",
                           .not_applied = "does not apply, because",
                           .article = "rule: ",
                           .lines = "Lines",
                           .pays = "pays",
                           .accumulators = "Accumulators",
                           .yuan = "yuan"};
// What cut a payment: a meter of the cap (`limit` set), or what nobody had paid yet.
struct CutBy {
  std::optional<Wide> limit;
  Wide used = 0;
};

Wide in_fen(Wide value, std::uint8_t scale) {
  return scale > 2 ? value / power_of_ten(scale - 2) : value * power_of_ten(2 - scale);
}

Wide fen_of(const Explanation& e, Ref ref) {
  if (ref == 0) return 0;
  const std::uint32_t index = ref_index(ref);
  if (ref_kind(ref) == RefKind::record) {
    const Record& record = e.tracer.records[index - 1];
    return in_fen(record.value, record.scale);
  }
  if (ref_kind(ref) == RefKind::constant) {
    const Constant& constant = e.tracer.plans[index >> 22]->constants[index & 0x3FFFFF];
    return in_fen(constant.value, constant.scale);
  }
  const std::uint32_t where = (index >> 10) & 0x3FFFF, which = index & 0x3FF;
  if (ref_kind(ref) == RefKind::given && static_cast<Given>(index >> 28) == Given::accumulator)
    return e.values.rows[where].before[which].v;
  if (ref_kind(ref) == RefKind::given && static_cast<Given>(index >> 28) == Given::fact)
    return e.bill->facts[which];
  return 0;
}

// The engine takes the least of the payment, each meter of the cap and what is left, in this order (engine.h): the last of the
// records that gives what was paid decided.
CutBy cut_by(const Explanation& e, const Traced& paid) {
  const auto record_of = [&](Ref ref) -> const Record* {
    return ref == 0 || ref_kind(ref) != RefKind::record ? nullptr : &e.tracer.records[ref_index(ref) - 1];
  };
  for (const Record* least = record_of(paid.ref); least != nullptr && least->did == Did::min;) {
    const Ref before = e.tracer.arguments[least->first], last = e.tracer.arguments[least->first + 1U];
    const Record* room = record_of(last);
    const bool decides = room != nullptr && room->did == Did::room && fen_of(e, last) == paid.v;
    if (decides)
      return {fen_of(e, e.tracer.arguments[room->first]), fen_of(e, e.tracer.arguments[room->first + 1U])};
    least = record_of(before);
  }
  return {};
}

const Words& words_of(Language language) { return language == Language::zh ? chinese : english; }

class Formula {
 public:
  explicit Formula(const Explanation& e) : e_(e) {}

  void name(const Traced& v, std::string text) {
    if (v.ref != 0) names_.emplace(v.ref, std::move(text));
  }

  // Why a condition does not hold: what is, and what is required instead. Of an `and` the side that failed, of an `or` each.
  std::string unmet(const Words& words, Ref ref) {
    const Record* record = unnamed_record(ref);
    if (record == nullptr) return inner(ref, 0) + std::string(words.required) + "yes";
    const auto arg = [&](std::uint32_t i) { return e_.tracer.arguments[record->first + i]; };
    const auto required = [&](std::string_view sign) {
      return fmt::format("{}{}{}{}", inner(arg(0), 1), words.required, sign, inner(arg(1), 1));
    };
    switch (record->did) {
      case Did::both: return unmet(words, arg(record->count - 1U));
      case Did::either:
        return unmet(words, arg(0)) + (record->count == 1 ? "" : " | " + unmet(words, arg(1)));
      case Did::eq: return equation(*record, words.required);
      case Did::ne: return equation(*record, words.required_not);
      case Did::in: return inner(arg(1), 1) + std::string(words.required) + inner(arg(0), 1);
      case Did::lt: return required("< ");
      case Did::le: return required("<= ");
      case Did::gt: return required("> ");
      case Did::ge: return required(">= ");
      case Did::lnot:
        if (const Record* inside = unnamed_record(arg(0)); inside != nullptr && inside->did == Did::eq)
          return equation(*inside, words.required_not);
        return inner(arg(0), 1) + std::string(words.required) + "no";
      default: return inner(ref, 0) + std::string(words.required) + "yes";
    }
  }

  // What a value is made of, one step deep where its parts have names.
  std::string of(const Traced& v) {
    if (v.ref == 0) return "0.00";
    if (const auto known = names_.find(v.ref); known != names_.end()) return known->second;
    return ref_kind(v.ref) == RefKind::record ? operation(e_.tracer.records[ref_index(v.ref) - 1], v.ref, 0)
                                              : leaf(v.ref);
  }

 private:
  const Record* unnamed_record(Ref ref) const {
    const bool record = ref != 0 && ref_kind(ref) == RefKind::record && !names_.contains(ref);
    return record ? &e_.tracer.records[ref_index(ref) - 1] : nullptr;
  }

  // "group=edge; required: poor", whichever side of the comparison the constant stands on.
  std::string equation(const Record& record, std::string_view required) {
    const Ref left = e_.tracer.arguments[record.first], right = e_.tracer.arguments[record.first + 1U];
    const bool turned = ref_kind(left) == RefKind::constant;
    return inner(turned ? right : left, 1) + std::string(required) + inner(turned ? left : right, 1);
  }

  std::string inner(Ref ref, int depth) {
    if (ref == 0) return "-";
    if (const auto known = names_.find(ref); known != names_.end()) return known->second;
    if (ref_kind(ref) != RefKind::record) return leaf(ref);
    const Record& record = e_.tracer.records[ref_index(ref) - 1];
    if (depth > 12) return value(record, ref);
    const std::string text = operation(record, ref, depth + 1);
    const bool infix = record.did == Did::add || record.did == Did::sub;
    return infix && depth > 0 ? "(" + text + ")" : text;
  }

  std::string value(const Record& record, Ref ref) const {
    return value_text(record.value, record.scale, record.type, domain_of(e_, ref));
  }

  std::string argument(const Record& record, std::uint32_t index, int depth) {
    return inner(e_.tracer.arguments[record.first + index], depth);
  }

  std::string joined(const Record& record, std::string_view separator, int depth, std::uint32_t from = 0) {
    std::string text;
    for (std::uint32_t i = from; i < record.count; ++i)
      text += (i == from ? "" : std::string(separator)) + argument(record, i, depth);
    return text;
  }

  std::string operation(const Record& record, Ref ref, int depth) {
    static const std::map<Did, std::string_view> infix = {
        {Did::add, " + "}, {Did::sub, " - "}, {Did::mul, " × "},    {Did::lt, " < "},
        {Did::le, " <= "}, {Did::gt, " > "},  {Did::ge, " >= "},    {Did::eq, " == "},
        {Did::ne, " != "}, {Did::in, " in "}, {Did::both, " and "}, {Did::either, " or "}};
    if (const auto sign = infix.find(record.did); sign != infix.end())
      return joined(record, sign->second, depth + 1);
    switch (record.did) {
      case Did::neg: return "-" + argument(record, 0, depth + 1);
      case Did::lnot: return "not " + argument(record, 0, depth + 1);
      case Did::min: return "min(" + joined(record, ", ", 0) + ")";
      case Did::max: return "max(" + joined(record, ", ", 0) + ")";
      case Did::positive: return "max(0, " + argument(record, 0, 0) + ")";
      case Did::choose:
        return argument(record, 1, depth) + " {" + argument(record, 0, 0) +
               (record.then ? ": yes}" : ": no}");
      case Did::pick: return argument(record, record.count - 1U, depth) + " {" + keys(record) + "}";
      case Did::round:
      case Did::quotient: return rounding(record, ref);
      case Did::sum_of: return "sum(" + joined(record, ", ", 0, 1) + ")";
      case Did::max_of: return "max(" + joined(record, ", ", 0, 1) + ")";
      case Did::room:
        return "(" + argument(record, 0, 0) +
               (e_.tracer.arguments[record.first + 1U] == 0 ? ")" : " - " + argument(record, 1, 1) + ")");
      case Did::overlap: return value(record, ref);
      case Did::least: return value(record, ref) + " {" + argument(record, 0, 0) + "}";
      default: return value(record, ref);
    }
  }

  std::string keys(const Record& record) {
    std::string text;
    for (std::uint32_t i = 0; i + 1U < record.count; ++i)
      text += (i == 0 ? "" : ", ") + argument(record, i, 0);
    return text;
  }

  std::string rounding(const Record& record, Ref ref) {
    static constexpr std::array<std::string_view, 4> modes = {"half up", "half even", "down", "up"};
    const std::string inside = record.did == Did::quotient
                                   ? argument(record, 0, 1) + " / " + argument(record, 1, 1)
                                   : argument(record, 0, 0);
    return fmt::format("round({}; {}) = {}", inside, modes[static_cast<std::size_t>(record.mode)],
                       value(record, ref));
  }

  std::string leaf(Ref ref) const {
    const Region& region = e_.library->region;
    switch (ref_kind(ref)) {
      case RefKind::constant: {
        const Constant& constant =
            e_.tracer.plans[ref_index(ref) >> 22]->constants[ref_index(ref) & 0x3FFFFF];
        const std::string text = constant.type == Type::ratio ? percent(constant.value, constant.scale)
                                                              : value_text(constant.value, constant.scale,
                                                                           constant.type, domain_of(e_, ref));
        return fmt::format("{}[{}:{}]", text, e_.library->files[constant.place.file].name,
                           constant.place.line);
      }
      case RefKind::line: {
        const Fact& field = region.line_fields[ref_index(ref) & 0x7F];
        return stated(field, e_.bill->lines[ref_index(ref) >> 7].fields[ref_index(ref) & 0x7F], ref);
      }
      default: break;
    }
    const std::uint32_t where = (ref_index(ref) >> 10) & 0x3FFFF, which = ref_index(ref) & 0x3FF;
    if (static_cast<Given>(ref_index(ref) >> 28) == Given::fact)
      return stated(region.facts[which], e_.bill->facts[which], ref);
    if (static_cast<Given>(ref_index(ref) >> 28) == Given::accumulator) {
      const RowState<Traced>& row = e_.values.rows[where];
      const Group::Member& member = region.groups[row.group].members[which];
      const std::uint8_t scale = member.type == Type::money ? 2 : member.type == Type::integer ? 0 : 6;
      return fmt::format("{}.{}={}", region.groups[row.group].name, member.name,
                         value_text(row.before[which].v, scale, member.type, nullptr));
    }
    static constexpr std::array<std::string_view, 8> names = {"year", "quarter", "month", "period",
                                                              "days", "from",    "to",    "settle"};
    return std::string(names[which]);
  }

  std::string stated(const Fact& fact, std::int64_t value, Ref ref) const {
    const std::uint8_t scale = fact.type == Type::money                             ? 2
                               : fact.type == Type::ratio || fact.type == Type::dec ? 6
                                                                                    : 0;
    const std::string text = fact.type == Type::ratio
                                 ? percent(value, scale)
                                 : value_text(value, scale, fact.type, domain_of(e_, ref));
    return fmt::format("{}={}", fact.name, text);
  }

  const Explanation& e_;
  std::map<Ref, std::string> names_;
};

class StaffText {
 public:
  StaffText(const Explanation& e, const Bill& bill, Language language)
      : e_(e), bill_(bill), words_(words_of(language)), language_(language), formula_(e) {}

  std::string write() {
    header();
    lines();
    const PartResult& first = e_.assessment.parts.front();
    for (std::size_t part = 0; part < e_.assessment.part_count; ++part) {
      if (e_.assessment.part_count > 1)
        print("\n== {}..{}\n", to_text(e_.parts[part].from), to_text(e_.parts[part].to));
      for (const Step& step : first.plan->steps)
        if (step.layer)
          layer(first.plan->layers[step.index],
                e_.values.layers[part * first.plan->layers.size() + step.index]);
        else
          let(first.plan->lets[step.index], e_.assessment.parts[part].names[step.index],
              part + 1 == e_.assessment.part_count);
    }
    accumulators();
    sums();
    return std::move(out_);
  }

 private:
  template <class... T>
  void print(fmt::format_string<T...> format, T&&... values) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<T>(values)...);
  }

  void header() {
    const PolicyVersion& version = *e_.assessment.parts.front().version;
    print("{} {}  {}..{}  {} {}\n", words_.title, bill_.id, to_text(bill_.from), to_text(bill_.to),
          e_.library->region.code, label(e_.library->region.labels, e_.library->region.name, language_));
    print("{}{}  {}  {}..{}\n", words_.article, version.policy, version.file, open_end(version.in_force_from),
          open_end(version.in_force_to));
    print("{}\n", version.digest);
    if (!version.article.empty()) print("{}\n", version.article);
  }

  void lines() {
    const Sums<Traced>& s = e_.values.sums;
    if (bill_.lines.empty()) return;
    print("\n{} (id: {} = {} + {} + {} + {})\n", words_.lines, words_.total, words_.out, words_.over,
          words_.prepay, words_.in_scope);
    for (std::size_t i = 0; i < e_.values.lines.size(); ++i) {
      const LineValues<Traced>& line = e_.values.lines[i];
      print("  {} {}: {} = {} + {} + {} + {}\n", bill_.lines[i].id, bill_.lines[i].item_name,
            money(line.amount.v), money(line.out.v), money(line.over.v), money(line.prepay.v),
            money(line.in.v));
      if (line.prepay.v != 0)
        print("      {} {} = {}\n", words_.prepay, money(line.prepay.v), formula_.of(line.prepay));
      if (line.over.v != 0)
        print("      {} {} = {}\n", words_.over, money(line.over.v), formula_.of(line.over));
    }
    const Plan& plan = *e_.assessment.parts.front().plan;
    for (const auto& [word, article] :
         {std::pair(words_.over, &plan.limit_article), std::pair(words_.out, &plan.pot_article),
          std::pair(words_.prepay, &plan.prepay_article)})
      if (!article->empty()) print("  {}  {}{}\n", word, words_.article, *article);
    print("  {} {}  {} {}  {} {}  {} {}  {} {}\n", words_.total, money(s.total.v), words_.out, money(s.out.v),
          words_.over, money(s.over.v), words_.prepay, money(s.prepay.v), words_.in_scope,
          money(s.in_scope.v));
    const Region& region = e_.library->region;
    for (std::size_t pot = 0; pot < region.pots.size(); ++pot)
      formula_.name(e_.values.pots[pot], region.pots[pot] + " " + money(e_.values.pots[pot].v));
    formula_.name(s.total, "total " + money(s.total.v));
    formula_.name(s.prepay, "prepay " + money(s.prepay.v));
    formula_.name(s.over, "over " + money(s.over.v));
  }

  // The registers hold the last part's lets: only there the formula is known.
  void let(const Let& let, std::int64_t value, bool last_part) {
    const Domain* domain = let.type == Type::code ? &e_.library->region.domains[let.domain] : nullptr;
    const std::string text = let.type == Type::ratio ? percent(value, let.value.scale)
                                                     : value_text(value, let.value.scale, let.type, domain);
    print("\n[{}] {}  {}:{}\n", let.name, label(let.labels, "", language_),
          e_.library->files[let.place.file].name, let.place.line);
    if (!let.article.empty()) print("  {}{}\n", words_.article, let.article);
    const Traced traced = last_part ? e_.values.registers[let.reg] : Traced{};
    print("  {} {}{}\n", let.name, text, traced.ref == 0 ? "" : " = " + formula_.of(traced));
    formula_.name(traced, let.name + " " + text);
  }

  void layer(const LayerPlan& layer, const LayerValues<Traced>& v) {
    print("\n[{}] {}  {}:{}\n", layer.name, label(layer.labels, "", language_),
          e_.library->files[layer.place.file].name, layer.place.line);
    if (!layer.article.empty()) print("  {}{}\n", words_.article, layer.article);
    if (!v.applies) {
      print("  {} {}\n", words_.not_applied, formula_.unmet(words_, v.who.ref));
      return;
    }
    const std::pair<std::string_view, const Traced*> amounts[] = {
        {"base", &v.base},       {"over", &v.over},        {"deductible", &v.deductible},
        {"covered", &v.covered}, {"after", &v.after},      {"paid", &v.paid},
        {"cut", &v.cut},         {"consumed", &v.consumed}};
    for (const auto& [name, value] : amounts) {
      if (name == "after") bands(layer, v);
      const bool dull =
          (name == "consumed" || name == "cut" || name == "over" || name == "after") && value->v == 0;
      const bool whole = name == "consumed" && v.cut.v == 0;
      if (!dull && !whole) print("  {} {} = {}\n", name, money(value->v), formula_.of(*value));
      formula_.name(*value, fmt::format("{}.{} {}", layer.name, name, money(value->v)));
    }
  }

  void bands(const LayerPlan& layer, const LayerValues<Traced>& v) {
    for (std::uint32_t i = 0; i < v.share_count; ++i) {
      const auto& [share, ratio] = e_.tracer.shares[v.first_share + i];
      const Wide earned = share.v * ratio.v;
      const auto scale = static_cast<std::uint8_t>(2 + layer.adjusted_scale);
      print("    {} × {} = {}   {}\n", money(share.v), percent(ratio.v, layer.adjusted_scale),
            to_text(Exact{earned, scale}, 2), formula_.of(ratio));
      formula_.name(share, money(share.v));
    }
  }

  void accumulators() {
    print("\n{}\n", words_.accumulators);
    const Region& region = e_.library->region;
    for (std::size_t i = 0; i < e_.values.row_count; ++i) {
      const RowState<Traced>& row = e_.values.rows[i];
      const Group& group = region.groups[row.group];
      for (std::size_t m = 0; m < group.members.size(); ++m) {
        if (row.before[m].v == row.now[m].v) continue;
        const Type type = group.members[m].type;
        const std::uint8_t scale = type == Type::money ? 2 : type == Type::integer ? 0 : 6;
        print("  {}.{}: {} -> {}\n", group.name, group.members[m].name,
              value_text(row.before[m].v, scale, type, nullptr),
              value_text(row.now[m].v, scale, type, nullptr));
      }
    }
  }

  void sums() {
    const Split& split = *e_.assessment.split;
    const auto text = [](Money amount) { return to_text(amount); };
    print("\n{} {} = {} {} + {} {} + {} {} + {} {} + {} {}\n", words_.total, text(split.total()),
          words_.funds, text(split.funds()), words_.account, text(split.account()), words_.family,
          text(split.family()), words_.cash, text(split.cash()), words_.provider, text(split.provider()));
  }

  const Explanation& e_;
  const Bill& bill_;
  const Words& words_;
  Language language_;
  Formula formula_;
  std::string out_;
};

class PatientText {
 public:
  PatientText(const Explanation& e, const Bill& bill, Language language)
      : e_(e), bill_(bill), words_(words_of(language)), language_(language) {}

  std::string write() {
    const Split& split = *e_.assessment.split;
    print("{} {}  {}..{}\n", words_.title, bill_.id, to_text(bill_.from), to_text(bill_.to));
    line(words_.total, split.total().fen());
    outside();
    const Plan& plan = *e_.assessment.parts.front().plan;
    int number = 0;
    for (std::size_t i = 0; i < e_.assessment.part_count * plan.layers.size(); ++i) {
      const LayerPlan& layer = plan.layers[i % plan.layers.size()];
      const LayerValues<Traced>& v = e_.values.layers[i];
      const bool unpaid =
          split.funds().fen() == 0 && v.base.v != 0 && role(layer) == FundRole::fund;  // then say why
      if (!v.applies || (v.paid.v == 0 && !unpaid && !brought_to_nothing(layer, v))) continue;
      if (e_.assessment.part_count > 1) part_dates(i / plan.layers.size());
      paid_layer(layer, v, ++number);
    }
    print("\n");
    if (split.funds().fen() != 0) line(words_.funds, split.funds().fen());
    if (split.account().fen() != 0) line(words_.account, split.account().fen());
    if (split.family().fen() != 0) line(words_.family, split.family().fen());
    if (split.provider().fen() != 0) line(words_.provider, split.provider().fen());
    line(words_.cash, split.cash().fen());
    return std::move(out_);
  }

 private:
  template <class... T>
  void print(fmt::format_string<T...> format, T&&... values) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<T>(values)...);
  }
  void line(std::string_view word, std::int64_t fen) { print("{} {} {}\n", word, money(fen), words_.yuan); }

  void outside() {
    const Sums<Traced>& s = e_.values.sums;
    const Plan& plan = *e_.assessment.parts.front().plan;
    const std::tuple<std::string_view, const Traced*, const std::string*> rows[] = {
        {words_.out, &s.out, &plan.pot_article},
        {words_.over, &s.over, &plan.limit_article},
        {words_.prepay, &s.prepay, &plan.prepay_article}};
    std::string_view told;  // one `lines` mostly gives all three
    for (const auto& [word, value, article] : rows) {
      if (value->v == 0) continue;
      print("  {} {} {}\n", word, money(value->v), words_.yuan);
      if (!article->empty() && *article != told) print("    {}{}\n", words_.article, *article);
      told = *article;
    }
    print("  {} {} {}\n", words_.in_scope, money(s.in_scope.v), words_.yuan);
  }

  // A fund that would pay but for its cap or limit: the patient asks where it is.
  bool brought_to_nothing(const LayerPlan& layer, const LayerValues<Traced>& v) const {
    const bool over = layer.bands.kind != Slot::Kind::none && v.over.v != 0 && v.over.v == v.base.v;
    return role(layer) == FundRole::fund && (v.cut.v != 0 || over);
  }

  FundRole role(const LayerPlan& layer) const { return e_.library->region.funds[layer.fund].role; }

  void part_dates(std::size_t part) {
    if (part == last_part_) return;
    last_part_ = part;
    print("{}..{}\n", to_text(e_.parts[part].from), to_text(e_.parts[part].to));
  }

  template <class... T>
  void say(std::string_view words, const T&... values) {
    print("   {}\n", fmt::format(fmt::runtime(words), values...));
  }
  void say_amount(std::string_view words, const Traced& v) {
    if (v.v != 0) say(words, money(v.v));
  }

  void paid_layer(const LayerPlan& layer, const LayerValues<Traced>& v, int number) {
    const Labels& fund = e_.library->region.funds[layer.fund].labels;
    const std::string name = label(layer.labels, label(fund, layer.name, language_), language_);
    if (v.paid.v == 0)
      print("{}. {} {}\n", number, name, words_.pays_nothing);
    else
      print("{}. {} {} {} {}\n", number, name, words_.pays, money(v.paid.v), words_.yuan);
    if (role(layer) == FundRole::fund) steps(layer, v);
    if (!layer.article.empty()) print("   {}{}\n", words_.article, layer.article);
  }

  void steps(const LayerPlan& layer, const LayerValues<Traced>& v) {
    say_amount(words_.base, v.base);
    say_amount(words_.over_limit, v.over);
    say_amount(words_.deducted, v.deductible);
    for (std::uint32_t i = 0; i < v.share_count; ++i) {
      const auto& [share, ratio] = e_.tracer.shares[v.first_share + i];
      const auto scale = static_cast<std::uint8_t>(2 + layer.adjusted_scale);
      say(words_.band, money(share.v), percent(ratio.v, layer.adjusted_scale),
          to_text(Exact{share.v * ratio.v, scale}, 2));
    }
    say_amount(words_.after, v.after);
    if (v.cut.v == 0) return;
    const CutBy by = cut_by(e_, v.paid);
    const std::string cut = money(v.cut.v);
    if (!by.limit)
      say(words_.cap_left, money(v.paid.v), cut);
    else if (by.used != 0)
      say(words_.cap_used, money(*by.limit), money(by.used), money(v.paid.v), cut);
    else
      say(words_.cap, money(*by.limit), cut);
  }

  std::size_t last_part_ = SIZE_MAX;
  const Explanation& e_;
  const Bill& bill_;
  const Words& words_;
  Language language_;
  std::string out_;
};

}  // namespace

std::string staff_text(Explanation& explanation, const Bill& bill, Language language) {
  return StaffText(explanation, bill, language).write();
}

std::string patient_text(Explanation& explanation, const Bill& bill, Language language) {
  return PatientText(explanation, bill, language).write();
}

}  // namespace fenming
