// JsonOut: writes one JSON text by appending. Commas and indentation are its own business; whoever calls
// keeps the order of keys and values (a key before each value of an object). Numbers come as text or
// integers, never as floating point.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace fenming {

// The name of a member. One that stands in our own text is looked at when it is compiled and written as it stands.
class JsonKey {
 public:
  template <std::size_t size>
  // NOLINTNEXTLINE(google-explicit-constructor)
  consteval JsonKey(const char (&name)[size]) : name_(name, size - 1), plain_(true) {
    for (const char c : name_)
      if (c < ' ' || c > '~' || c == '"' || c == '\\') throw "a name of a member is plain ASCII";
  }
  template <class Name>
    requires std::convertible_to<const Name&, std::string_view> && (!std::is_array_v<Name>)
  // NOLINTNEXTLINE(google-explicit-constructor)
  JsonKey(const Name& name) : name_(name) {}

  std::string_view name() const { return name_; }
  bool plain() const { return plain_; }

 private:
  std::string_view name_;
  bool plain_ = false;
};

class JsonOut {
 public:
  // indent 0: all on one line. `bytes`: about so many are expected.
  explicit JsonOut(int indent = 0, std::size_t bytes = 0) : indent_(indent) { out_.reserve(bytes); }

  JsonOut& open_object() { return open('{'); }
  JsonOut& close_object() { return close('}'); }
  JsonOut& open_array() { return open('['); }
  JsonOut& close_array() { return close(']'); }
  JsonOut& key(JsonKey name);
  JsonOut& text(std::string_view value);  // bytes that are no UTF-8 become U+FFFD
  JsonOut& raw(std::string_view json);    // a number, or JSON made elsewhere
  JsonOut& members(
      std::string_view json);  // "a":1,"b":"x" as they stand, inside an object: what is always the same
  JsonOut& number(std::int64_t value) { return raw(std::to_string(value)); }
  JsonOut& boolean(bool value) { return raw(value ? "true" : "false"); }
  JsonOut& null() { return raw("null"); }

  JsonOut& field(JsonKey name, std::string_view value) { return key(name).text(value); }
  JsonOut& field(JsonKey name, std::int64_t value) { return key(name).number(value); }

  const std::string& str() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  JsonOut& open(char bracket);
  JsonOut& close(char bracket);
  void before_item();
  void line_break();

  std::string out_;
  int indent_ = 0, depth_ = 0;
  bool first_ = true, after_key_ = false;
};

}  // namespace fenming
