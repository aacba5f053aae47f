// Scope: the names that a slot may use, with what is known of each. A name enters the scope after the step that makes it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "policy/plan.h"

namespace fenming {

struct Symbol {
  Slot source;  // reg, line, or the band's own ratio
  Type type = Type::money;
  std::uint32_t domain = 0;
  std::uint8_t scale = 0;
  Wide low = 0, high = 0;  // at `scale`
  bool may_be_none = false;
};

// Places that a register keeps for each type.
constexpr std::uint8_t stored_scale(Type type) {
  if (type == Type::money) return 2;
  return type == Type::ratio || type == Type::dec ? Decimal::places : 0;
}

class Scope {
 public:
  void add(const std::string& name, const Symbol& symbol) { names_[name] = symbol; }
  void remove(const std::string& name) { names_.erase(name); }
  void promise(const std::string& name) { later_.insert(name); }
  // The step that makes the name has failed: its error is reported, uses of the name are not.
  void mark_broken(const std::string& name) { broken_.insert(name); }
  bool is_broken(std::string_view name) const { return broken_.contains(name); }
  const Symbol* find(std::string_view name) const {
    const auto found = names_.find(name);
    return found == names_.end() ? nullptr : &found->second;
  }
  bool comes_later(std::string_view name) const { return later_.contains(name); }
  std::vector<std::string_view> names() const {
    std::vector<std::string_view> all;
    for (const auto& [name, symbol] : names_) all.emplace_back(name);
    return all;
  }

 private:
  std::map<std::string, Symbol, std::less<>> names_;
  std::set<std::string, std::less<>> later_, broken_;
};

}  // namespace fenming
