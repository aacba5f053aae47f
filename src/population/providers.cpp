#include "population/providers.h"

#include <fmt/format.h>

#include <algorithm>

namespace fenming {
namespace {

struct Sort {
  std::string_view name, level;
  std::uint32_t persons, at_least;  // one for so many persons
  char letter;
};
constexpr Sort sorts[] = {
    {"中心第{}医院", "L3", 400'000, 1, 'H'},  {"第{}医院", "L2", 60'000, 1, 'H'},
    {"第{}卫生院", "L1", 15'000, 2, 'H'},     {"第{}社区卫生服务站", "L1", 5'000, 2, 'H'},
    {"第{}药店", "L1", 3'000, 3, 'P'},        {"示范学院第{}校医院", "L1", 1'000'000, 1, 'H'},
    {"外地第{}医院", "L3", 2'000'000, 2, 'H'}};

}  // namespace

std::string_view MadeProvider::level() const { return sorts[static_cast<std::size_t>(kind)].level; }

Providers::Providers(std::uint32_t persons) {
  for (std::size_t kind = 0; kind < std::size(sorts); ++kind) {
    const Sort& sort = sorts[kind];
    first_[kind] = static_cast<std::uint32_t>(list_.size());
    const std::uint32_t count = std::max(sort.at_least, persons / sort.persons);
    for (std::uint32_t i = 1; i <= count; ++i)
      list_.push_back({fmt::format("{}99{:01}{:08}", sort.letter, kind, i),
                       fmt::format(fmt::runtime(sort.name), i), static_cast<ProviderKind>(kind)});
  }
  first_[std::size(sorts)] = static_cast<std::uint32_t>(list_.size());
}

std::uint32_t Providers::near(ProviderKind kind, std::uint32_t near) const {
  const std::uint32_t first = first_[static_cast<std::size_t>(kind)],
                      end = first_[static_cast<std::size_t>(kind) + 1];
  return first + near % (end - first);
}

RegisterProvider Providers::command(const MadeProvider& provider) {
  RegisterProvider command;
  command.code = provider.code;
  command.name = provider.name;
  command.facts.push_back({"level", FactValue::Kind::text, std::string(provider.level()), {}});
  return command;
}

}  // namespace fenming
