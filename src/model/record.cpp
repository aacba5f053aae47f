#include "model/record.h"

#include <fmt/format.h>

#include "base/seal.h"
#include "model/codec.h"

namespace fenming {
namespace {

// Every leaf of a value with its path: enough to say where two values part.
class Leaves {
 public:
  std::vector<std::pair<std::string, std::string>> found;

  template <class T>
  void add(const std::string& path, const T& value) {
    if constexpr (HasFields<T>) {
      each_field(value, [&](std::string_view name, const auto& member) {
        add(path.empty() ? std::string(name) : path + "/" + std::string(name), member);
      });
    } else if constexpr (is_vector<T>) {
      for (std::size_t i = 0; i < value.size(); ++i) add(path + "/" + std::to_string(i), value[i]);
    } else if constexpr (is_optional<T>) {
      if (value) add(path, *value);
    } else {
      found.emplace_back(path, shown(value));
    }
  }

 private:
  static std::string shown(const std::string& value) { return value; }
  static std::string shown(bool value) { return value ? "1" : "0"; }
  static std::string shown(Money value) { return to_text(value); }
  static std::string shown(Decimal value) { return to_text(value); }
  static std::string shown(Date value) { return to_text(value); }
  static std::string shown(Instant value) { return to_text(value); }
  static std::string shown(std::int64_t value) { return std::to_string(value); }
  static std::string shown(FactValue::Kind value) { return std::to_string(static_cast<int>(value)); }
};

Leaves leaves_of(const Action& action) {
  Leaves leaves;
  std::visit([&](const auto& one) { leaves.add("", one); }, action);
  return leaves;
}

bool is_ciphertext(std::string_view field) {
  return field == "input" || field == "sealed" || field.ends_with("/input") || field.ends_with("/sealed");
}

// Sealed in another way (a group's key was erased since, a provider's upload has one of its own now, an older program did it) the same
// text gives other bytes: the rest of the message then decides.
bool cannot_be_compared(std::string_view field, std::string_view first, std::string_view second) {
  return is_ciphertext(field) && sealed_key_id(first) && sealed_key_id(second) &&
         !sealed_alike(first, second);
}

// Ciphertext is for nobody's eyes; one that is not there is.
Difference without_ciphertext(Difference difference) {
  if (!is_ciphertext(difference.field)) return difference;
  for (std::string* value : {&difference.first, &difference.second})
    if (!value->empty()) *value = "***";
  return difference;
}

}  // namespace

std::string write_record(const Decision& decision, std::uint8_t version) {
  std::string bytes;
  bytes.reserve(1024);
  ByteWriter out(bytes);
  out.version = version;
  out.byte(version);
  encode(out, decision);
  return bytes;
}

Result<Decision> read_record(std::string_view bytes) {
  ByteReader in(bytes);
  in.version = in.byte();
  if (in.version < 1 || in.version > record_version)
    return std::unexpected(
        Error{Code::record_version, "", std::to_string(in.version), {std::to_string(record_version)}});
  Decision decision;
  decode(in, decision);
  if (!in.done()) return std::unexpected(Error{Code::record_damaged, "", std::to_string(bytes.size()), {}});
  return decision;
}

std::optional<Difference> first_difference(const Command& one, const Command& other) {
  if (one.action.index() != other.action.index())
    return Difference{"infno", std::string(action_name(one.action)), std::string(action_name(other.action))};
  const Leaves a = leaves_of(one.action), b = leaves_of(other.action);
  for (std::size_t i = 0; i < std::max(a.found.size(), b.found.size()); ++i) {
    if (i >= a.found.size()) return Difference{b.found[i].first, "", b.found[i].second};
    if (i >= b.found.size()) return Difference{a.found[i].first, a.found[i].second, ""};
    if (a.found[i] == b.found[i]) continue;
    const bool same_place = a.found[i].first == b.found[i].first;
    if (same_place && cannot_be_compared(a.found[i].first, a.found[i].second, b.found[i].second)) continue;
    return without_ciphertext({a.found[i].first, a.found[i].second, same_place ? b.found[i].second : ""});
  }
  return std::nullopt;
}

std::string_view action_name(const Action& action) { return action_names[action.index()]; }

}  // namespace fenming
