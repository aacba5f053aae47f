// The machine trace: docs/trace-format.md.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/json_text.h"
#include "policy/explain.h"

namespace fenming {
namespace {

constexpr std::string_view engine_version = "1";

std::string_view op_name(Did did) {
  static constexpr std::array<std::string_view, 27> names = {
      "add",  "sub",   "mul",      "neg",    "min",    "max",  "positive", "lt",    "le",
      "gt",   "ge",    "eq",       "ne",     "in",     "and",  "or",       "not",   "if",
      "pick", "round", "quotient", "sum_of", "max_of", "room", "overlap",  "least", "sum"};
  return names[static_cast<std::size_t>(did)];
}

std::string_view mode_name(Rounding mode) {
  static constexpr std::array<std::string_view, 4> names = {"half_up", "half_even", "down", "up"};
  return names[static_cast<std::size_t>(mode)];
}

std::string_view type_name(Type type) {
  static constexpr std::array<std::string_view, 9> names = {"money", "ratio", "int", "dec", "date",
                                                            "bool",  "code",  "set", "id"};
  return names[static_cast<std::size_t>(type)];
}

class Writer {
 public:
  Writer(Explanation& e, const Bill& bill) : e_(e), region_(e.library->region), bill_(bill) {}

  std::string write(std::string_view bill_json) {
    mark_roots();
    const PartResult& first = e_.assessment.parts.front();
    out_ = fmt::format(R"({{"fenming_trace":1,"engine":"{}","region":)", engine_version);
    append_json(out_, region_.code);
    out_ += ",\"policy\":";
    append_json(out_, first.version->policy);
    files();
    parts();
    out_ += ",\"bill\":";
    out_ += bill_json;
    out_ += ",\"nodes\":[";
    nodes();
    out_ += "],\"outputs\":{";
    for (std::size_t i = 0; i < e_.outputs.size(); ++i) {
      out_ += i == 0 ? "" : ",";
      field(e_.outputs[i].name, e_.outputs[i].value);
    }
    out_ += '}';
    lines();
    layers();
    accumulators();
    out_ += "}";
    return std::move(out_);
  }

 private:
  // ---- what is reached
  void mark(const Traced& v) { mark(v.ref); }
  void mark(Ref ref) {
    if (ref != 0) reached(ref) = true;
  }
  std::vector<bool>::reference reached(Ref ref) {
    if (ref_kind(ref) == RefKind::record) return reached_[ref_index(ref) - 1];
    leaves_.push_back(ref);
    return scratch_.front();
  }

  void mark_roots() {
    add_outputs(e_);
    reached_.assign(e_.tracer.records.size(), false);
    for (const Explanation::Output& output : e_.outputs) mark(output.value);
    for (const LineValues<Traced>& line : e_.values.lines)
      for (const Traced* v : {&line.amount, &line.over, &line.out, &line.prepay, &line.in}) mark(*v);
    for (std::size_t i = 0; i < layer_count(); ++i) {
      const LayerValues<Traced>& v = e_.values.layers[i];
      for (const Traced* one :
           {&v.who, &v.base, &v.over, &v.deductible, &v.covered, &v.after, &v.paid, &v.consumed, &v.cut})
        mark(*one);
    }
    for (std::size_t i = 0; i < e_.values.row_count; ++i)
      for (const std::vector<Traced>* values : {&e_.values.rows[i].before, &e_.values.rows[i].now})
        for (const Traced& v : *values) mark(v);
    for (std::size_t i = reached_.size(); i-- > 0;) {
      if (!reached_[i]) continue;
      const Record& record = e_.tracer.records[i];
      for (std::uint32_t a = 0; a < record.count; ++a) {
        const Ref argument = e_.tracer.arguments[record.first + a];
        if (argument != 0 && ref_kind(argument) == RefKind::record) reached_[ref_index(argument) - 1] = true;
      }
    }
  }

  std::size_t layer_count() const {
    return e_.assessment.part_count * e_.assessment.parts.front().plan->layers.size();
  }

  // ---- nodes
  void nodes() {
    numbers_.assign(reached_.size(), -1);
    for (const Ref leaf : leaves_) number(leaf);
    for (std::size_t i = 0; i < reached_.size(); ++i) {
      if (!reached_[i]) continue;
      const Record& record = e_.tracer.records[i];
      for (std::uint32_t a = 0; a < record.count; ++a) {
        const Ref argument = e_.tracer.arguments[record.first + a];
        if (argument != 0 && ref_kind(argument) != RefKind::record) number(argument);
      }
      open(op_name(record.did));
      arguments(record);
      details(record);
      const Domain* domain = record.type == Type::code ? domain_of(e_, static_cast<Ref>(i + 1)) : nullptr;
      close(record.type, value_text(record.value, record.scale, record.type, domain));
      numbers_[i] = count_++;
    }
  }

  void open(std::string_view op) {
    fmt::format_to(std::back_inserter(out_), R"({}{{"op":"{}")", count_ == 0 ? "" : ",", op);
  }
  void close(Type type, std::string_view value) {
    fmt::format_to(std::back_inserter(out_), R"(,"type":"{}","value":)", type_name(type));
    append_json(out_, value);
    out_ += '}';
  }

  void arguments(const Record& record) {
    out_ += ",\"args\":[";
    for (std::uint32_t a = 0; a < record.count; ++a) {
      out_ += a == 0 ? "" : ",";
      const Ref argument = e_.tracer.arguments[record.first + a];
      if (argument == 0)
        out_ += "null";
      else
        out_ += std::to_string(number(argument));
    }
    out_ += ']';
  }

  void details(const Record& record) {
    if (record.did == Did::choose) out_ += record.then ? R"(,"arm":"then")" : R"(,"arm":"else")";
    const bool rounds = record.did == Did::round || record.did == Did::quotient;
    if (rounds || record.did == Did::least)
      fmt::format_to(std::back_inserter(out_), R"(,"mode":"{}")", mode_name(record.mode));
    if (rounds && !record.stepped) fmt::format_to(std::back_inserter(out_), R"(,"places":{})", record.scale);
    if (record.did != Did::pick && record.did != Did::sum_of && record.did != Did::max_of) return;
    const Table& table = e_.tracer.plans[record.aux >> 22]->tables[record.aux & 0x3FFFFF];
    out_ += ",\"table\":{\"file\":";
    append_json(out_, e_.library->files[table.place.file].name);
    out_ += ",\"path\":";
    append_json(out_, table.place.path);
    out_ += '}';
  }

  // The number of a node; a leaf is written when it is first needed.
  std::int64_t number(Ref ref) {
    if (ref_kind(ref) == RefKind::record) return numbers_[ref_index(ref) - 1];
    for (const auto& [leaf, known] : written_)
      if (leaf == ref) return known;
    leaf(ref);
    written_.emplace_back(ref, count_);
    return count_++;
  }

  // ---- leaves
  void leaf(Ref ref) {
    switch (ref_kind(ref)) {
      case RefKind::constant:
        return cell(e_.tracer.plans[ref_index(ref) >> 22]->constants[ref_index(ref) & 0x3FFFFF]);
      case RefKind::line: return line_leaf(ref_index(ref) >> 7, ref_index(ref) & 0x7F);
      default: break;
    }
    const std::uint32_t where = (ref_index(ref) >> 10) & 0x3FFFF, which = ref_index(ref) & 0x3FF;
    switch (static_cast<Given>(ref_index(ref) >> 28)) {
      case Given::fact: return fact_leaf(which);
      case Given::calendar: return calendar_leaf(where, which);
      default: return accumulator_leaf(where, which);
    }
  }

  void at(std::string_view op, std::string_view place) {
    open(op);
    out_ += ",\"at\":";
    append_json(out_, place);
  }

  void cell_place(const Place& place) {
    open("cell");
    out_ += ",\"file\":";
    append_json(out_, e_.library->files[place.file].name);
    out_ += ",\"path\":";
    append_json(out_, place.path);
    if (place.begin >= 0)
      fmt::format_to(std::back_inserter(out_), R"(,"chars":[{},{}])", place.begin, place.end);
  }

  void cell(const Constant& constant) {
    cell_place(constant.place);
    const Domain* domain = constant.type == Type::code ? &region_.domains[constant.domain] : nullptr;
    close(constant.type, value_text(constant.value, constant.scale, constant.type, domain));
  }

  std::string fact_text(const Fact& fact, std::int64_t value) const {
    const bool coded = fact.type == Type::code || fact.type == Type::set;
    const std::uint8_t scale = fact.type == Type::money                             ? 2
                               : fact.type == Type::ratio || fact.type == Type::dec ? 6
                                                                                    : 0;
    return value_text(value, scale, fact.type, coded ? &region_.domains[fact.domain] : nullptr);
  }

  void fact_leaf(std::uint32_t index) {
    const Fact& fact = region_.facts[index];
    if (e_.bill->fact_given[index] == 2) {
      cell_place(fact.default_place);
    } else {
      const bool visit = std::cmp_equal(region_.visit_fact, index) && !bill_.visit_kind.empty();
      at("bill", visit ? "/visit/kind" : "/facts/" + fact.name);
    }
    close(fact.type, fact_text(fact, e_.bill->facts[index]));
  }

  void calendar_leaf(std::uint32_t part, std::uint32_t which) {
    static constexpr std::array<std::string_view, 8> names = {"year", "quarter", "month", "period",
                                                              "days", "from",    "to",    "settle"};
    const PartDates& dates = e_.parts[part];
    const bool last = part + 1 == e_.parts.size();
    const Date by = region_.year_by == PickDate::settle    ? e_.bill->settle
                    : region_.year_by == PickDate::service ? dates.from
                                                           : dates.to;
    const CalendarFacts facts = calendar_facts(region_, by);
    const std::int64_t values[] = {facts.year,
                                   facts.quarter,
                                   facts.month,
                                   day_number(dates.from),
                                   nights(dates.from, last ? e_.bill->to : e_.parts[part + 1].from),
                                   dates.from.days,
                                   dates.to.days,
                                   e_.bill->settle.days};
    open("calendar");
    fmt::format_to(std::back_inserter(out_), R"(,"name":"{}","part":{})", names[which], part);
    const Type type = which >= 5 ? Type::date : Type::integer;
    close(type, value_text(values[which], 0, type, nullptr));
  }

  void accumulator_leaf(std::uint32_t row_index, std::uint32_t member_index) {
    const RowState<Traced>& row = e_.values.rows[row_index];
    const Group& group = region_.groups[row.group];
    const Group::Member& member = group.members[member_index];
    const std::uint8_t scale = member.type == Type::money ? 2 : member.type == Type::integer ? 0 : 6;
    const Wide value = row.before[member_index].v;
    const BoundRow* given = nullptr;
    for (const BoundRow& candidate : e_.bill->rows)
      if (candidate.position == row.position && row.position >= 0) given = &candidate;
    if (given == nullptr || (given->given >> member_index & 1) == 0)
      at("absent", group.name + "." + member.name);
    else if (given->first_part)
      at("bill", "/accumulators/" + group.name + "/" + member.name);
    else
      at("bill", fmt::format("/accumulators/{}/values/{}", row.position, member.name));
    close(member.type, value_text(value, scale, member.type, nullptr));
  }

  void line_leaf(std::uint32_t line, std::uint32_t field_index) {
    const Fact& field = region_.line_fields[field_index];
    const BoundLine& bound = e_.bill->lines[line];
    if ((bound.given >> field_index & 1) != 0)
      at("bill", fmt::format("/lines/{}/{}", line, field.name));
    else if (field.name == "date")
      at("bill", "/visit/to");
    else if (!field.default_place.path.empty())
      cell_place(field.default_place);
    else {
      open("builtin");
      out_ += ",\"name\":";
      append_json(out_, field.name);
      fmt::format_to(std::back_inserter(out_), R"(,"line":{})", line);
    }
    close(field.type, fact_text(field, bound.fields[field_index]));
  }

  // ---- the rest
  void files() {
    out_ += ",\"files\":[";
    for (std::size_t i = 0; i < region_.files.size(); ++i) {
      out_ += i == 0 ? "{\"file\":" : ",{\"file\":";
      append_json(out_, region_.files[i].file);
      out_ += ",\"digest\":";
      append_json(out_, region_.files[i].digest);
      out_ += '}';
    }
    out_ += ']';
  }

  void parts() {
    out_ += ",\"parts\":[";
    for (std::size_t i = 0; i < e_.parts.size(); ++i)
      fmt::format_to(std::back_inserter(out_), R"({}{{"from":"{}","to":"{}"}})", i == 0 ? "" : ",",
                     to_text(e_.parts[i].from), to_text(e_.parts[i].to));
    out_ += ']';
  }

  void field(std::string_view name, const Traced& v) {
    append_json(out_, name);
    out_ += ':';
    if (v.ref == 0)
      out_ += "null";
    else
      out_ += std::to_string(number(v.ref));
  }

  void lines() {
    out_ += ",\"lines\":[";
    for (std::size_t i = 0; i < e_.values.lines.size(); ++i) {
      const LineValues<Traced>& line = e_.values.lines[i];
      out_ += i == 0 ? "{\"id\":" : ",{\"id\":";
      append_json(out_, bill_.lines[i].id);
      const std::pair<std::string_view, const Traced*> shares[] = {{"amount", &line.amount},
                                                                   {"over", &line.over},
                                                                   {"out", &line.out},
                                                                   {"pre", &line.prepay},
                                                                   {"in", &line.in}};
      for (const auto& [name, v] : shares) {
        out_ += ',';
        field(name, *v);
      }
      out_ += '}';
    }
    out_ += ']';
  }

  void layers() {
    const Plan& plan = *e_.assessment.parts.front().plan;
    std::string text = std::move(out_), off;  // `out_` serves for one layer at a time
    text += ",\"layers\":[";
    bool first = true;
    for (std::size_t i = 0; i < layer_count(); ++i) {
      const LayerPlan& layer = plan.layers[i % plan.layers.size()];
      const LayerValues<Traced>& v = e_.values.layers[i];
      out_.clear();
      out_ += "{\"layer\":";
      append_json(out_, layer.name);
      fmt::format_to(std::back_inserter(out_), ",\"part\":{}", i / plan.layers.size());
      if (!v.applies) {
        out_ += ',';
        field("who", v.who);
        off += (off.empty() ? "" : ",") + out_ + "}";
        continue;
      }
      out_ += ",\"fund\":";
      append_json(out_, region_.funds[layer.fund].name);
      out_ += ",\"article\":";
      append_json(out_, layer.article);
      const std::pair<std::string_view, const Traced*> amounts[] = {
          {"base", &v.base},   {"over", &v.over}, {"deductible", &v.deductible}, {"covered", &v.covered},
          {"after", &v.after}, {"paid", &v.paid}, {"consumed", &v.consumed},     {"cut", &v.cut}};
      for (const auto& [name, amount] : amounts) {
        out_ += ',';
        field(name, *amount);
      }
      text += (first ? "" : ",") + out_ + "}";
      first = false;
    }
    out_ = std::move(text);
    out_ += "],\"skipped\":[" + off + "]";
  }

  // As an answer writes it, so that the row may go into the next bill: whole numbers and yes or no are no texts, and
  // an id is what the bill calls it.
  std::string key_json(std::uint32_t index, std::int64_t value) const {
    const Fact& fact = region_.facts[index];
    if (fact.type == Type::integer) return std::to_string(value);
    if (fact.type == Type::boolean) return value != 0 ? "true" : "false";
    std::string text = fact_text(fact, value), json;
    if (fact.type == Type::id)
      for (const FactValue& given : bill_.facts)
        if (given.name == fact.name) text = given.text;
    append_json(json, text);
    return json;
  }

  void accumulators() {
    static constexpr std::array<std::string_view, 4> calendar = {"year", "quarter", "month", "period"};
    out_ += ",\"accumulators\":[";
    bool first = true;
    for (std::size_t i = 0; i < e_.values.row_count; ++i) {
      const RowState<Traced>& row = e_.values.rows[i];
      const Group& group = region_.groups[row.group];
      for (std::size_t m = 0; m < group.members.size(); ++m) {
        out_ += first ? "{\"group\":" : ",{\"group\":";
        first = false;
        append_json(out_, group.name);
        out_ += ",\"key\":{";
        for (std::size_t k = 0; k < group.key.size(); ++k) {
          const bool is_fact = group.key[k] < region_.facts.size();
          out_ += k == 0 ? "" : ",";
          append_json(out_, is_fact ? std::string_view(region_.facts[group.key[k]].name)
                                    : calendar[group.key[k] - region_.year()]);
          out_ += ':';
          out_ += is_fact ? key_json(group.key[k], row.key[k]) : std::to_string(row.key[k]);
        }
        out_ += "},\"member\":";
        append_json(out_, group.members[m].name);
        out_ += ',';
        field("before", row.before[m]);
        out_ += ',';
        field("after", row.now[m]);
        out_ += '}';
      }
    }
    out_ += ']';
  }

  Explanation& e_;
  const Region& region_;
  const Bill& bill_;
  std::string out_;
  std::vector<bool> reached_, scratch_ = {false};
  std::vector<Ref> leaves_;
  std::vector<std::int64_t> numbers_;
  std::vector<std::pair<Ref, std::int64_t>> written_;
  std::int64_t count_ = 0;
};

}  // namespace

std::string machine_trace(Explanation& explanation, const Bill& bill, std::string_view bill_json) {
  return Writer(explanation, bill).write(bill_json);
}

}  // namespace fenming
