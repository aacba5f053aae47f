#include "cli/adapt.h"

#include <algorithm>

namespace fenming {
namespace {

const Fact* find_fact(const std::vector<Fact>& facts, std::string_view name) {
  const auto fact = std::ranges::find(facts, name, &Fact::name);
  return fact == facts.end() ? nullptr : &*fact;
}

FactValue parse_value(const Region& region, std::string name, std::string_view text) {
  FactValue value{std::move(name), FactValue::Kind::text, std::string(text), {}};
  const Fact* fact = find_fact(region.facts, value.name);
  if (fact == nullptr || fact->type != Type::set) return value;
  value.kind = FactValue::Kind::list;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (comma != 0) value.list.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return value;
}

class Adapting {
 public:
  Adapting(const Region& region, AdaptedBill& result) : region_(region), result_(result) {}

  void facts() {
    drop(result_.bill.facts, "facts.",
         [&](const FactValue& fact) { return find_fact(region_.facts, fact.name) != nullptr; });
  }
  void lines() {
    for (BillLine& line : result_.bill.lines)
      drop(line.columns, "lines.",
           [&](const FactValue& column) { return find_fact(region_.line_fields, column.name) != nullptr; });
  }
  // Only the short form says nothing about keys, which another region may have chosen otherwise.
  void accumulators() {
    auto& rows = result_.bill.accumulators;
    std::erase_if(rows, [&](AccumulatorRow& row) {
      const auto group = std::ranges::find(region_.groups, row.group, &Group::name);
      if (group == region_.groups.end() || !row.first_part) {
        note("accumulators." + row.group);
        return true;
      }
      drop(row.values, "accumulators." + row.group + ".", [&](const FactValue& value) {
        return std::ranges::find(group->members, value.name, &Group::Member::name) != group->members.end();
      });
      return false;
    });
  }

 private:
  void note(std::string name) {
    if (std::ranges::find(result_.left_out, name) == result_.left_out.end())
      result_.left_out.push_back(std::move(name));
  }
  template <class Known>
  void drop(std::vector<FactValue>& values, const std::string& prefix, Known known) {
    std::erase_if(values, [&](const FactValue& value) {
      if (known(value)) return false;
      note(prefix + value.name);
      return true;
    });
  }

  const Region& region_;
  AdaptedBill& result_;
};

}  // namespace

Result<AdaptedBill> adapt(const Region& region, Bill bill, std::span<const std::string> facts) {
  AdaptedBill result{std::move(bill), {}};
  result.bill.region = region.code;
  for (const std::string& text : facts) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      return std::unexpected(Error{Code::shape_wrong, "", text, {"NAME=VALUE"}});
    FactValue value = parse_value(region, text.substr(0, equals), std::string_view(text).substr(equals + 1));
    std::erase_if(result.bill.facts, [&](const FactValue& old) { return old.name == value.name; });
    result.bill.facts.push_back(std::move(value));
  }
  Adapting adapting(region, result);
  adapting.facts();
  adapting.lines();
  adapting.accumulators();
  return result;
}

}  // namespace fenming
