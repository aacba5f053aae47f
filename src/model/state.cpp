#include "model/state.h"

#include <limits>

#include "base/bytes.h"

namespace fenming {
namespace {

// Of bytes that were checked when they were read, or written here.
std::string_view text_at(const char*& at) {
  std::size_t size = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto part = static_cast<unsigned char>(*at++);
    size |= static_cast<std::size_t>(part & 0x7f) << shift;
    if (part < 0x80) break;
  }
  const std::string_view text(at, size);
  at += size;
  return text;
}

}  // namespace

Object::Cells::Iterator& Object::Cells::Iterator::operator++() {
  at_ = next_;
  if (at_ == end_) return *this;
  cell_.first = text_at(next_);
  cell_.second = text_at(next_);
  return *this;
}

Object::CellView Object::Cells::back() const {
  CellView last;
  for (const CellView& cell : *this) last = cell;
  return last;
}

Result<Object> Object::read(std::string_view bytes) {
  Object object;
  if (bytes.empty()) return object;
  ByteReader in(bytes);
  const std::size_t count = in.count(2);
  const std::string_view cells = in.rest();
  std::string_view before;
  if (count > std::numeric_limits<std::uint32_t>::max()) in.fail();
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    const std::string_view name = in.text(), value = in.text();
    if (value.empty() || (i > 0 && before >= name)) in.fail();
    before = name;
  }
  if (!in.done()) return std::unexpected(Error{Code::record_damaged, "", std::to_string(bytes.size()), {}});
  object.bytes_ = cells;
  object.count_ = static_cast<std::uint32_t>(count);
  return object;
}

std::string Object::write() const {
  std::string bytes;
  if (count_ == 0) return bytes;
  bytes.reserve(bytes_.size() + 5);
  ByteWriter out(bytes);
  out.number(count_);
  out.raw(bytes_);
  return bytes;
}

Object::Cells::Iterator Object::place(std::string_view name) const {
  auto at = cells().begin();
  for (const auto end = cells().end(); at != end && at->first < name;) ++at;
  return at;
}

std::string_view Object::find(std::string_view cell) const {
  const auto at = place(cell);
  return at != cells().end() && at->first == cell ? at->second : std::string_view();
}

void Object::set(std::string_view cell, std::string_view value) {
  auto at = place(cell);
  const auto begin = static_cast<std::size_t>(at.place() - bytes_.data());
  std::size_t end = begin;
  if (at != cells().end() && at->first == cell) {
    ++at;
    end = static_cast<std::size_t>(at.place() - bytes_.data());
  }
  if (begin == end && value.empty()) return;
  std::string written;
  if (!value.empty()) {
    ByteWriter out(written);
    out.text(cell);
    out.text(value);
  }
  count_ += (value.empty() ? 0U : 1U) - (begin == end ? 0U : 1U);
  if (written.size() == end - begin) {
    bytes_.replace(begin, end - begin, written);
    return;
  }
  std::string changed;  // as large as it must be: most objects never change again
  changed.reserve(bytes_.size() - (end - begin) + written.size());
  changed.append(bytes_, 0, begin).append(written).append(bytes_, end);
  bytes_ = std::move(changed);
}

Object::Cells Object::with(std::string_view prefix) const {
  auto at = place(prefix);
  const char* const begin = at.place();
  for (const auto end = cells().end(); at != end && at->first.starts_with(prefix);) ++at;
  return {begin, at.place()};
}

}  // namespace fenming
