#include "server/person_numbers.h"

#include <algorithm>

#include "server/node.h"
#include "settlement/cells.h"

namespace fenming {
namespace {

constexpr int steps_max = 5'000;

struct Trail {  // back through the records about one number
  std::string psn_no;
  std::uint64_t position = 0;
};

Result<std::vector<Trail>> trails_of(Node& node, std::string_view psn_no) {
  const auto numbers = numbers_of(node, psn_no);
  if (!numbers) return std::unexpected(numbers.error());
  std::vector<Trail> trails;
  for (const std::string& number : *numbers) {
    const auto person = node.desk().object(person_object(number));
    if (!person) return std::unexpected(person.error());
    trails.push_back({number, static_cast<std::uint64_t>(read_integer(person->find(last_cell)))});
  }
  return trails;
}

}  // namespace

Result<std::string> number_in_use(Node& node, std::string psn_no) {
  while (true) {
    const auto person = node.desk().object(person_object(psn_no));
    if (!person) return std::unexpected(person.error());
    const std::string_view next = person->find(merged_into_cell);
    if (next.empty()) return psn_no;
    psn_no = std::string(next);
  }
}

Result<bool> same_person(Node& node, std::string_view one, std::string_view other) {
  if (one == other) return true;
  const auto first = number_in_use(node, std::string(one)), second = number_in_use(node, std::string(other));
  if (!first) return std::unexpected(first.error());
  if (!second) return std::unexpected(second.error());
  return *first == *second;
}

Result<std::vector<std::string>> numbers_of(Node& node, std::string_view psn_no) {
  auto used = number_in_use(node, std::string(psn_no));
  if (!used) return std::unexpected(used.error());
  const auto person = node.desk().object(person_object(*used));
  if (!person) return std::unexpected(person.error());
  std::vector<std::string> numbers = {std::move(*used)};
  for (const auto& [name, position] : person->with(merged_prefix))
    numbers.emplace_back(name.substr(merged_prefix.size()));
  return numbers;
}

Result<void> walk_person(Node& node, std::string_view psn_no,
                         const std::function<bool(std::uint64_t position, const Decision&)>& take) {
  auto trails = trails_of(node, psn_no);
  if (!trails) return std::unexpected(trails.error());
  for (int steps = 0; steps < steps_max; ++steps) {
    const std::uint64_t position = std::ranges::max_element(*trails, {}, &Trail::position)->position;
    if (position == 0) return {};
    const auto record = node.desk().record(position);
    if (!record) return std::unexpected(record.error());
    if (!take(position, **record)) return {};
    for (Trail& trail : *trails) {  // a record may be about both
      if (trail.position != position) continue;
      const auto link = std::ranges::find((*record)->persons, trail.psn_no, &PersonLink::psn_no);
      trail.position = link == (*record)->persons.end() ? 0 : link->previous;
    }
  }
  return {};
}

Result<std::string> registered_before(Node& node, std::string_view psn_no, std::uint64_t position) {
  std::string sealed;
  const auto walked = walk_person(node, psn_no, [&](std::uint64_t at, const Decision& decision) {
    const auto* registered = std::get_if<RegisterPerson>(&decision.command.action);
    if (registered != nullptr && registered->psn_no == psn_no && at < position) sealed = registered->sealed;
    return sealed.empty();
  });
  if (!walked) return std::unexpected(walked.error());
  return sealed;
}

}  // namespace fenming
