#include "policy/region_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "model/fund_fields.h"
#include "policy/expression.h"

namespace fenming {
namespace {

constexpr std::int64_t million = 1'000'000;
// Names that every policy has; a fact, column or pot of the same name would hide one of them.
bool is_reserved(std::string_view name, bool column) {
  static constexpr std::string_view everywhere[] = {"year", "quarter", "month",   "period", "days",
                                                    "from", "to",      "settle",  "total",  "over",
                                                    "out",  "prepay",  "charged", "left",   "ratio"};
  static constexpr std::string_view of_lines[] = {"amount", "qty", "price", "date", "listed_limit"};
  static constexpr std::string_view columns[] = {"class", "kind", "source", "item"};
  const auto holds = [&](const auto& names) { return std::ranges::find(names, name) != std::end(names); };
  return holds(everywhere) || holds(of_lines) || (!column && holds(columns));
}

constexpr std::size_t line_fields_max = 60;  // one bit each in BoundLine::given, seven in a trace's reference
constexpr std::size_t members_max = 16, facts_max = 200, group_members_max = 32, key_parts_max = 6;

struct FactType {
  Type type = Type::boolean;
  std::string set_of;
  std::vector<std::string> members;
  std::int64_t low = 0, high = 0;
};

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  if (value > 1'000'000'000'000 || value < -1'000'000'000'000) return std::nullopt;
  return value;
}

void set_default_range(FactType& fact) {
  switch (fact.type) {
    case Type::money: fact.high = money_fen_max; break;
    case Type::ratio: fact.high = million; break;
    case Type::dec:
      fact.low = -decimal_max * million;
      fact.high = decimal_max * million;
      break;
    case Type::date:
      fact.low = date_min.days;
      fact.high = date_max.days;
      break;
    case Type::boolean: fact.high = 1; break;
    case Type::integer:
      fact.low = -million;
      fact.high = million;
      break;
    case Type::code: fact.high = static_cast<std::int64_t>(fact.members.size()) - 1; break;
    case Type::set: break;
    case Type::id: fact.high = INT64_MAX; break;
  }
}

FactType read_members(const TextNode& node) {
  FactType fact{Type::code, "", names_of(node, "a list of codes"), 0, 0};
  if (fact.members.empty() || fact.members.size() > members_max)
    throw Problem{Code::members_too_many, node.place, std::to_string(fact.members.size()), {}};
  for (const std::string& member : fact.members)
    if (std::ranges::count(fact.members, member) > 1)
      throw Problem{Code::name_doubled, node.place, member, {}};
  set_default_range(fact);
  return fact;
}

FactType read_type(const TextNode& node) {
  if (node.is_list()) return read_members(node);
  const std::string& text = scalar_of(node, "a type");
  FactType fact;
  if (text.starts_with("set of ")) {
    fact.type = Type::set;
    fact.set_of = text.substr(7);
    return fact;
  }
  if (text.starts_with("int ")) {
    const std::size_t dots = text.find("..");
    const auto low =
        whole_number(std::string_view(text).substr(4, dots == std::string::npos ? dots : dots - 4));
    const auto high = dots == std::string::npos ? low : whole_number(std::string_view(text).substr(dots + 2));
    if (!low || !high || *low > *high || dots == std::string::npos)
      throw Problem{Code::constant_malformed, node.place, text, {"int a..b"}};
    return {Type::integer, "", {}, *low, *high};
  }
  const auto type = plain_type(text);
  if (!type || *type == Type::integer)
    throw Problem{Code::constant_malformed,
                  node.place,
                  text,
                  {"[codes] | int a..b | money | ratio | dec | bool | date | id | set of name"}};
  fact.type = *type;
  set_default_range(fact);
  return fact;
}

class RegionReader {
 public:
  RegionReader(const TextNode& text, Problems& problems) : text_(text), problems_(problems) {}

  Region read() {
    problems_.collect([&] { header(); });
    facts("facts", region_.facts);
    line_fields();
    problems_.collect([&] { calendar(); });
    problems_.collect([&] { dates(); });
    problems_.collect([&] { pots(); });
    pot_domain();
    problems_.collect([&] { funds(); });
    problems_.collect([&] { keep(); });
    problems_.collect([&] { corrections(); });
    for (std::size_t i = 0; i < region_.facts.size(); ++i)
      if (region_.facts[i].name == "visit") region_.visit_fact = static_cast<std::int32_t>(i);
    return std::move(region_);
  }

 private:
  void header() {
    region_.code = scalar_of(require(text_, "region"), "a division code");
    if (region_.code.size() != 6 || !whole_number(region_.code))
      throw Problem{
          Code::constant_malformed, require(text_, "region").place, region_.code, {"a code of six digits"}};
    region_.name = text_or(text_, "name", region_.code);
    region_.base = text_or(text_, "base");
    region_.labels = labels_of(text_);
    region_.article = text_or(text_, "article");
    region_.source = text_or(text_, "source");
    if (const TextNode* round = text_.find("round")) region_.rounding = read_rounding(*round);
    if (const TextNode* tolerance = text_.find("tolerance")) {
      const auto fen = parse_cell(scalar_of(*tolerance, "money"), Type::money, nullptr);
      if (!fen || *fen < 0)
        throw Problem{Code::constant_malformed, tolerance->place, tolerance->scalar, {"money"}};
      region_.tolerance_fen = *fen;
    }
  }

  void facts(std::string_view key, std::vector<Fact>& into) {
    const TextNode* node = text_.find(key);
    if (node == nullptr) return;
    problems_.collect([&] { require_map(*node, "facts {name: type}"); });
    for (const TextEntry& entry : node->entries) problems_.collect([&] { fact(entry, into); });
    for (Fact& one : into)
      if (one.type == Type::set) problems_.collect([&] { resolve_set(one, *node); });
  }

  void fact(const TextEntry& entry, std::vector<Fact>& into) {
    if (!is_name(entry.key)) throw Problem{Code::constant_malformed, entry.key_place, entry.key, {"a name"}};
    if (is_reserved(entry.key, &into == &region_.line_fields))
      throw Problem{Code::name_doubled, entry.key_place, entry.key, {}};
    const std::size_t most = &into == &region_.facts ? facts_max : line_fields_max;
    if (into.size() >= most)
      throw Problem{Code::too_complex, entry.key_place, entry.key, {fmt::format("> {}", most)}};
    for (const Fact& known : into)
      if (known.name == entry.key) throw Problem{Code::name_doubled, entry.key_place, entry.key, {}};
    const TextNode* type = &entry.value;
    Fact fact;
    fact.name = entry.key;
    if (entry.value.is_map()) {
      require_known_keys(entry.value, {"type", "default", "zh", "en", "note"});
      type = &require(entry.value, "type");
      fact.labels = labels_of(entry.value);
    }
    const FactType read = read_type(*type);
    fact.type = read.type;
    fact.low = read.low;
    fact.high = read.high;
    if (read.type == Type::code) fact.domain = add_domain({fact.name, read.members});
    if (read.type == Type::set) pending_sets_.emplace_back(fact.name, read.set_of);
    if (entry.value.is_map())
      if (const TextNode* value = entry.value.find("default")) default_value(fact, *value);
    into.push_back(std::move(fact));
  }

  void default_value(Fact& fact, const TextNode& node) {
    fact.has_default = true;
    fact.default_place = node.place;
    if (fact.type == Type::set) {
      if (!names_of(node, "[]").empty()) throw Problem{Code::constant_malformed, node.place, "[...]", {"[]"}};
      return;
    }
    const Domain* domain = fact.type == Type::code ? &region_.domains.at(fact.domain) : nullptr;
    const auto value = parse_cell(scalar_of(node, "a constant"), fact.type, domain);
    if (!value || *value < fact.low || *value > fact.high)
      throw Problem{Code::constant_malformed, node.place, node.scalar, {type_text(fact.type, domain)}};
    fact.default_value = *value;
  }

  void resolve_set(Fact& set, const TextNode& node) {
    for (const auto& [name, of] : pending_sets_) {
      if (name != set.name) continue;
      for (const Fact& fact : region_.facts)
        if (fact.name == of && fact.type == Type::code) {
          set.domain = fact.domain;
          set.high = (std::int64_t{1} << region_.domains.at(fact.domain).members.size()) - 1;
          return;
        }
      throw Problem{Code::name_unknown, node.place, of, {""}};
    }
  }

  std::uint32_t add_domain(Domain domain) {
    region_.domains.push_back(std::move(domain));
    return static_cast<std::uint32_t>(region_.domains.size() - 1);
  }

  // ---- the bill's lines
  void built_in(const char* name, Type type, std::int64_t low, std::int64_t high, std::int64_t value) {
    Fact fact;
    fact.name = name;
    fact.type = type;
    fact.low = low;
    fact.high = high;
    fact.has_default = true;
    fact.default_value = value;
    region_.line_fields.push_back(std::move(fact));
  }

  void line_fields() {
    built_in("amount", Type::money, 0, money_fen_max, 0);
    built_in("qty", Type::dec, 0, decimal_max * million, million);
    built_in("price", Type::dec, 0, decimal_max * million, 0);
    built_in("date", Type::date, date_min.days, date_max.days, 0);
    built_in("listed_limit", Type::money, 0, none_fen, none_fen);
    const TextNode* declared = text_.find("line_facts");
    built_in_codes("class", {"A", "B", "C"}, "A", declared);
    built_in_codes(
        "kind",
        {"drug", "herb", "service", "bed", "exam", "surgery", "material", "implant", "blood", "other"},
        "other", declared);
    built_in_codes("source", {"domestic", "joint", "imported"}, "domestic", declared);
    if (declared == nullptr) return;
    for (const TextEntry& entry : declared->entries) problems_.collect([&] { declared_field(entry); });
  }

  void built_in_codes(const char* name, std::vector<std::string> members, const char* value,
                      const TextNode* declared) {
    if (declared != nullptr && declared->find(name) != nullptr) return;
    const auto place = std::ranges::find(members, value) - members.begin();
    built_in(name, Type::code, 0, static_cast<std::int64_t>(members.size()) - 1, place);
    region_.line_fields.back().domain = add_domain({name, std::move(members)});
  }

  void declared_field(const TextEntry& entry) {
    fact(entry, region_.line_fields);
    Fact& field = region_.line_fields.back();
    if (field.type == Type::set || field.type == Type::id)
      throw Problem{Code::constant_malformed,
                    entry.value.place,
                    field.name,
                    {"[codes] | int a..b | money | dec | bool"}};
    if (field.type != Type::code) return;
    std::vector<std::string>& members = region_.domains.at(field.domain).members;
    const bool national = field.name == "class" || field.name == "source";
    if (!national && std::ranges::find(members, "other") == members.end()) members.emplace_back("other");
    field.high = static_cast<std::int64_t>(members.size()) - 1;
    if (field.has_default) return;
    const std::string_view usual = national ? std::string_view(members.front()) : "other";
    field.has_default = true;
    field.default_value = std::ranges::find(members, usual) - members.begin();
  }

  // ---- calendar, money, accumulators
  void calendar() {
    const TextNode* node = text_.find("calendar");
    if (node == nullptr) return;
    require_map(*node, "calendar {year_starts, by}");
    require_known_keys(*node, {"year_starts", "by"});
    if (const TextNode* start = node->find("year_starts")) {
      const auto day = parse_date("2023-" + scalar_of(*start, "07-01"));
      if (!day) throw Problem{Code::constant_malformed, start->place, start->scalar, {"a day such as 07-01"}};
      region_.year_month = civil(*day).month;
      region_.year_day = civil(*day).day;
    }
    if (const TextNode* by = node->find("by")) region_.year_by = pick_date(*by);
  }

  void dates() {
    const TextNode* node = text_.find("dates");
    if (node == nullptr) return;
    require_map(*node, "dates {lines, layers}");
    require_known_keys(*node, {"lines", "layers"});
    if (const TextNode* lines = node->find("lines")) region_.lines_by = pick_date(*lines);
    if (const TextNode* layers = node->find("layers")) region_.layers_by = pick_date(*layers);
  }

  static PickDate pick_date(const TextNode& node) {
    const std::string& text = scalar_of(node, "discharge, service or settle");
    if (text == "discharge") return PickDate::discharge;
    if (text == "service") return PickDate::service;
    if (text == "settle") return PickDate::settle;
    throw Problem{Code::constant_malformed, node.place, text, {"discharge, service or settle"}};
  }

  void pots() {
    region_.pots = {"eligible"};
    const TextNode* node = text_.find("pots");
    if (node == nullptr) return;
    region_.pots = names_of(*node, "a list of names");
    for (const std::string& pot : region_.pots)
      if (!is_name(pot) || is_reserved(pot, false) || std::ranges::count(region_.pots, pot) > 1)
        throw Problem{Code::name_doubled, node->place, pot, {}};
    if (region_.pots.empty() || region_.pots.size() > 15)
      throw Problem{Code::members_too_many, node->place, "pots", {}};
  }

  void pot_domain() {
    Domain domain{"pot", region_.pots};
    domain.members.emplace_back("out");
    region_.pot_domain = add_domain(std::move(domain));
    for (std::size_t i = 0; i < region_.line_fields.size(); ++i) {
      if (region_.line_fields[i].name != "class") continue;
      region_.class_field = static_cast<std::int32_t>(i);
      const std::vector<std::string>& members = region_.domains.at(region_.line_fields[i].domain).members;
      const auto c = std::ranges::find(members, "C");
      if (c != members.end()) region_.class_c = static_cast<std::int32_t>(c - members.begin());
    }
  }

  void funds() {
    const TextNode* node = text_.find("funds");
    if (node == nullptr) return;
    require_map(*node, "funds {name: {field, zh, en}}");
    for (const TextEntry& entry : node->entries) problems_.collect([&] { fund(entry); });
  }

  void fund(const TextEntry& entry) {
    require_map(entry.value, "{field: hifp_pay, zh: .., en: ..}");
    require_known_keys(entry.value, {"field", "zh", "en", "note", "code"});
    Fund fund;
    fund.name = entry.key;
    fund.labels = labels_of(entry.value);
    fund.field = text_or(entry.value, "field", std::string(fund_fields.back()));
    if (entry.key == "account") fund.role = FundRole::account;
    if (entry.key == "family") fund.role = FundRole::family;
    if (entry.key == "provider") fund.role = FundRole::provider;
    if (fund.role == FundRole::fund && std::ranges::find(fund_fields, fund.field) == fund_fields.end())
      throw Problem{
          Code::constant_malformed, entry.value.place, fund.field, {"a national field such as hifp_pay"}};
    region_.funds.push_back(std::move(fund));
  }

  void keep() {
    std::uint32_t reg = region_.first_accumulator();
    if (const TextNode* node = text_.find("keep")) {
      require_map(*node, "keep {group: {per, of}}");
      for (const TextEntry& entry : node->entries) problems_.collect([&] { group(entry, reg); });
    }
    region_.total = reg;
  }

  void group(const TextEntry& entry, std::uint32_t& reg) {
    require_map(entry.value, "{per: [...], of: {...}}");
    require_known_keys(entry.value, {"per", "of", "zh", "en", "note"});
    Group group;
    group.name = entry.key;
    if (!is_name(entry.key)) throw Problem{Code::constant_malformed, entry.key_place, entry.key, {"a name"}};
    const TextNode& per = require(entry.value, "per");
    const std::vector<std::string> key = names_of(per, "a list of facts");
    if (key.size() > key_parts_max) throw Problem{Code::members_too_many, per.place, "per", {}};
    for (const std::string& name : key) group.key.push_back(key_register(name, per));
    const TextNode& of = require(entry.value, "of");
    if (of.is_map())
      for (const TextEntry& member : of.entries)
        add_member(group, member.key, member_type(member.value), member.key_place, reg);
    else
      for (const std::string& name : names_of(of, "a list of names"))
        add_member(group, name, Type::money, of.place, reg);
    region_.groups.push_back(std::move(group));
  }

  static Type member_type(const TextNode& node) {
    const auto type = plain_type(scalar_of(node, "a type"));
    if (!type || *type == Type::boolean || *type == Type::id || *type == Type::date)
      throw Problem{Code::constant_malformed, node.place, node.scalar, {"money, int, ratio or dec"}};
    return *type;
  }

  static void add_member(Group& group, const std::string& name, Type type, const Place& place,
                         std::uint32_t& reg) {
    if (!is_name(name)) throw Problem{Code::constant_malformed, place, name, {"a name"}};
    for (const Group::Member& known : group.members)
      if (known.name == name) throw Problem{Code::name_doubled, place, name, {}};
    if (group.members.size() >= group_members_max)
      throw Problem{Code::members_too_many, place, group.name, {}};
    group.members.push_back({name, type, reg++});
  }

  std::uint32_t key_register(const std::string& name, const TextNode& per) const {
    for (std::size_t i = 0; i < region_.facts.size(); ++i)
      if (region_.facts[i].name == name) return static_cast<std::uint32_t>(i);
    if (name == "year") return region_.year();
    if (name == "quarter") return region_.quarter();
    if (name == "month") return region_.month();
    if (name == "period") return region_.period();
    std::vector<std::string_view> known = {"year", "quarter", "month", "period"};
    for (const Fact& fact : region_.facts) known.push_back(fact.name);
    throw Problem{Code::name_unknown, per.place, name, {suggestion(name, known)}};
  }

  void corrections() {
    const TextNode* node = text_.find("corrections");
    if (node == nullptr) return;
    require_map(*node, "corrections {cancel, late}");
    require_known_keys(*node, {"cancel", "late"});
    region_.cancel = text_or(*node, "cancel", region_.cancel);
    region_.late = text_or(*node, "late", region_.late);
    if (region_.cancel != "recompute" && region_.cancel != "refuse" && region_.cancel != "last_first")
      throw Problem{
          Code::constant_malformed, node->place, region_.cancel, {"last_first, recompute or refuse"}};
    if (region_.late != "gains" && region_.late != "both" && region_.late != "none")
      throw Problem{Code::constant_malformed, node->place, region_.late, {"gains, both or none"}};
  }

  const TextNode& text_;
  Problems& problems_;
  Region region_;
  std::vector<std::pair<std::string, std::string>> pending_sets_;
};

Symbol symbol_of(const Fact& fact, Slot::Kind kind, std::uint32_t index) {
  const std::uint8_t scale = stored_scale(fact.type);
  return {{kind, scale, index}, fact.type, fact.domain, scale, fact.low, fact.high};
}

Symbol number_symbol(std::uint32_t reg, Type type, Wide low, Wide high) {
  const std::uint8_t scale = stored_scale(type);
  return {{Slot::Kind::reg, scale, reg}, type, 0, scale, low, high};
}

}  // namespace

std::optional<std::int64_t> parse_cell(std::string_view text, Type type, const Domain* domain) {
  switch (type) {
    case Type::money: {
      if (text.ends_with("元")) text.remove_suffix(std::string_view("元").size());
      const auto money = parse_money(text);
      return money ? std::optional(money->fen()) : std::nullopt;
    }
    case Type::ratio: {
      const auto ratio = parse_percent(text);
      return ratio ? std::optional(ratio->millionths) : std::nullopt;
    }
    case Type::dec: {
      const auto dec = parse_decimal(text);
      return dec ? std::optional(dec->millionths) : std::nullopt;
    }
    case Type::integer: return whole_number(text);
    case Type::date: {
      if (text.size() == 12 && text.front() == '\'' && text.back() == '\'') text = text.substr(1, 10);
      const auto date = parse_date(text);
      return date ? std::optional<std::int64_t>(date->days) : std::nullopt;
    }
    case Type::boolean:
      if (text == "yes" || text == "no") return text == "yes" ? 1 : 0;
      return std::nullopt;
    case Type::code: {
      if (text.size() > 2 && text.front() == '\'' && text.back() == '\'')
        text = text.substr(1, text.size() - 2);
      const auto member = std::ranges::find(domain->members, text);
      if (member == domain->members.end()) return std::nullopt;
      return member - domain->members.begin();
    }
    case Type::set:
    case Type::id: return std::nullopt;
  }
  return std::nullopt;
}

std::string type_text(Type type, const Domain* domain) {
  switch (type) {
    case Type::money: return "money (1300.00)";
    case Type::ratio: return "ratio (85%)";
    case Type::integer: return "int";
    case Type::dec: return "dec";
    case Type::date: return "date (2023-10-01)";
    case Type::boolean: return "yes | no";
    case Type::id: return "id";
    case Type::code:
    case Type::set: break;
  }
  std::string members;
  if (domain != nullptr)
    for (const std::string& member : domain->members) members += (members.empty() ? "" : " | ") + member;
  return type == Type::set ? "[" + members + "]" : members;
}

std::optional<Type> plain_type(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, Type>, 7> types = {{{"money", Type::money},
                                                                              {"ratio", Type::ratio},
                                                                              {"int", Type::integer},
                                                                              {"dec", Type::dec},
                                                                              {"date", Type::date},
                                                                              {"bool", Type::boolean},
                                                                              {"id", Type::id}}};
  for (const auto& [text, type] : types)
    if (text == name) return type;
  return std::nullopt;
}

Rounding read_rounding(const TextNode& node) {
  const std::string& text = scalar_of(node, "half_up, half_even, down or up");
  if (text == "half_up") return Rounding::half_up;
  if (text == "half_even") return Rounding::half_even;
  if (text == "down") return Rounding::down;
  if (text == "up") return Rounding::up;
  throw Problem{Code::constant_malformed, node.place, text, {"half_up, half_even, down or up"}};
}

Region read_region(const TextNode& text, Problems& problems) { return RegionReader(text, problems).read(); }

Scope region_scope(const Region& region) {
  Scope scope;
  for (std::size_t i = 0; i < region.facts.size(); ++i)
    scope.add(region.facts[i].name,
              symbol_of(region.facts[i], Slot::Kind::reg, static_cast<std::uint32_t>(i)));
  scope.add("year", number_symbol(region.year(), Type::integer, 1899, 2200));
  // 20231, 202303, 20230301: a table with rows 1..12 for `month` has a gap and is refused.
  scope.add("quarter", number_symbol(region.quarter(), Type::integer, 18'991, 22'004));
  scope.add("month", number_symbol(region.month(), Type::integer, 189'901, 220'012));
  scope.add("period", number_symbol(region.period(), Type::integer, 18'990'101, 22'001'231));
  scope.add("days", number_symbol(region.days(), Type::integer, 1, 4000));
  scope.add("from", number_symbol(region.from(), Type::date, date_min.days, date_max.days));
  scope.add("to", number_symbol(region.to(), Type::date, date_min.days, date_max.days));
  scope.add("settle", number_symbol(region.settle(), Type::date, date_min.days, date_max.days));
  return scope;
}

void add_line_fields(Scope& scope, const Region& region) {
  for (std::size_t i = 0; i < region.line_fields.size(); ++i) {
    const Fact& field = region.line_fields[i];
    Symbol symbol = symbol_of(field, Slot::Kind::line, static_cast<std::uint32_t>(i));
    symbol.may_be_none = field.type == Type::money && field.default_value == none_fen;
    scope.add(field.name, symbol);
  }
}

void add_accumulators(Scope& scope, const Region& region) {
  constexpr Wide most = Wide{money_fen_max} * 100;
  for (const Group& group : region.groups)
    for (const Group::Member& member : group.members) {
      const Wide bound = member.type == Type::integer ? Wide{million} : most;
      scope.add(group.name + "." + member.name, number_symbol(member.reg, member.type, 0, bound));
    }
}

void add_totals(Scope& scope, const Region& region) {
  static constexpr std::array names = {"total", "over", "out", "prepay"};
  for (std::size_t i = 0; i < names.size(); ++i)
    scope.add(names[i],
              number_symbol(region.total + static_cast<std::uint32_t>(i), Type::money, 0, money_fen_max));
  for (std::size_t i = 0; i < region.pots.size(); ++i)
    scope.add(region.pots[i], number_symbol(region.first_pot() + static_cast<std::uint32_t>(i), Type::money,
                                            0, money_fen_max));
}

}  // namespace fenming
