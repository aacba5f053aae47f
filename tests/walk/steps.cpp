#include "walk/steps.h"

#include <fmt/format.h>

#include "model/codec.h"
#include "model/record.h"

namespace fenming::walk {
namespace {

std::string shown(const std::string& value) { return value; }
std::string shown(bool value) { return value ? "yes" : "no"; }
std::string shown(Money value) { return to_text(value); }
std::string shown(Decimal value) { return to_text(value); }
std::string shown(Date value) { return to_text(value); }
std::string shown(Instant value) { return to_text(value); }
std::string shown(std::int64_t value) { return std::to_string(value); }

// Members that say something: no empty ones, no defaults.
template <class T>
void show(std::string_view name, const T& value, std::string& out) {
  if constexpr (std::is_same_v<T, FactValue>) {
    out += fmt::format(" {}={}", value.name, value.text);
  } else if constexpr (HasFields<T>) {
    each_field(value, [&](std::string_view inner, const auto& member) { show(inner, member, out); });
  } else if constexpr (is_vector<T>) {
    for (const auto& element : value) {
      out += fmt::format(" {}[", name);
      show(name, element, out);
      out += " ]";
    }
  } else if constexpr (is_optional<T>) {
    if (value) show(name, *value, out);
  } else if constexpr (!std::is_same_v<T, FactValue::Kind>) {
    if (value == T{}) return;
    out += fmt::format(" {}={}", name, shown(value));
  }
}

struct IdsOf {
  const std::function<void(std::string&)>& take;
  void operator()(auto& action) const {
    using T = std::remove_cvref_t<decltype(action)>;
    if constexpr (requires { action.visit; }) take(action.visit);
    if constexpr (std::is_same_v<T, CancelSettlement> || std::is_same_v<T, RefundPart> ||
                  std::is_same_v<T, Confirm> || std::is_same_v<T, Expire>)
      take(action.settlement);
    if constexpr (std::is_same_v<T, DecideClaim>) take(action.claim);
  }
};

}  // namespace

std::string alias(int step) { return "@" + std::to_string(step); }

void each_id(Action& action, const std::function<void(std::string&)>& take) {
  std::visit(IdsOf{take}, action);
}

std::string describe(const Step& step) {
  std::string text = fmt::format("{:>3} +{}s ", step.number, step.later_ms / 1000);
  switch (step.kind) {
    case Step::Kind::reopen: return text + "reopen";
    case Step::Kind::crash: return text + "crash";
    case Step::Kind::repeat: return text + "repeat " + alias(step.of);
    case Step::Kind::repeat_changed: return text + "repeat with another content " + alias(step.of);
    case Step::Kind::command: break;
  }
  text += fmt::format("{} {}", step.command.key.provider, action_name(step.command.action));
  std::visit([&](const auto& action) { show("", action, text); }, step.command.action);
  if (step.total_off != 0) text += fmt::format(" (total off by {} fen)", step.total_off);
  return text + (step.together ? " (together with the next)" : "");
}

}  // namespace fenming::walk
