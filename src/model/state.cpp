#include "model/state.h"

#include <algorithm>

#include "base/bytes.h"

namespace fenming {
namespace {

auto place(auto& cells, std::string_view name) {
  return std::ranges::lower_bound(cells, name, {},
                                  [](const Object::Cell& cell) -> std::string_view { return cell.first; });
}

}  // namespace

Result<Object> Object::read(std::string_view bytes) {
  ByteReader in(bytes);
  Object object;
  if (bytes.empty()) return object;
  object.cells_.reserve(in.count(2));
  for (std::size_t left = object.cells_.capacity(); left > 0 && in.ok(); --left) {
    const std::string_view name = in.text(), value = in.text();
    if (value.empty() || (!object.cells_.empty() && object.cells_.back().first >= name)) in.fail();
    object.cells_.emplace_back(name, value);
  }
  if (!in.done()) return std::unexpected(Error{Code::record_damaged, "", std::to_string(bytes.size()), {}});
  return object;
}

std::string Object::write() const {
  std::string bytes;
  if (cells_.empty()) return bytes;
  ByteWriter out(bytes);
  out.number(cells_.size());
  for (const auto& [name, value] : cells_) {
    out.text(name);
    out.text(value);
  }
  return bytes;
}

std::string_view Object::find(std::string_view cell) const {
  const auto at = place(cells_, cell);
  return at != cells_.end() && at->first == cell ? std::string_view(at->second) : std::string_view();
}

void Object::set(std::string_view cell, std::string_view value) {
  const auto at = place(cells_, cell);
  const bool there = at != cells_.end() && at->first == cell;
  if (value.empty()) {
    if (there) cells_.erase(at);
  } else if (there) {
    at->second = value;
  } else {
    cells_.emplace(at, cell, value);
  }
}

std::pair<std::vector<Object::Cell>::const_iterator, std::vector<Object::Cell>::const_iterator> Object::with(
    std::string_view prefix) const {
  const auto first = place(cells_, prefix);
  const auto last =
      std::find_if_not(first, cells_.end(), [&](const Cell& cell) { return cell.first.starts_with(prefix); });
  return {first, last};
}

}  // namespace fenming
