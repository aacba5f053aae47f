// Json: one JSON text read exactly. Numbers stay as they were written (1.10 is not 1.1), no number passes
// through floating point, doubled keys are refused, size and depth are bounded before anything is built.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.h"

namespace fenming {

struct JsonLimits {  // laws.md 10
  std::size_t bytes = 1 << 20;
  int depth = 16;
  std::size_t values = 200'000;  // a megabyte of [0,0,0...] would fill forty
};

class Json {  // a value inside a JsonReader; cheap to copy, dies with the next read
 public:
  enum class Kind : std::uint8_t { null, boolean, number, text, array, object };
  Kind kind() const { return node().kind; }
  std::string_view text() const { return node().text; }  // number as written; text unescaped; true, false
  std::string_view key() const { return node().key; }    // inside an object
  std::size_t size() const { return node().count; }      // children
  std::optional<Json> first() const { return at(node().first_child); }
  std::optional<Json> next() const { return at(node().next); }  // brother
  std::string pointer() const;                                  // RFC 6901, "" for the whole

 private:
  friend class JsonReader;
  static constexpr std::uint32_t nobody = UINT32_MAX;
  struct Node {
    Kind kind = Kind::null;
    std::string_view key, text;
    std::uint32_t parent = nobody, position = 0, first_child = nobody, next = nobody, count = 0;
  };
  Json(const std::vector<Node>* nodes, std::uint32_t index) : nodes_(nodes), index_(index) {}
  const Node& node() const { return (*nodes_)[index_]; }
  std::optional<Json> at(std::uint32_t index) const {
    return index == nobody ? std::nullopt : std::optional<Json>(Json(nodes_, index));
  }
  const std::vector<Node>* nodes_;
  std::uint32_t index_;
};

// The value as JSON again, without blanks; numbers as they were written.
std::string json_text(Json value);

// Escapes one step of a JSON pointer and puts it behind `parent`.
std::string pointer_to(std::string parent, std::string_view key);

class JsonReader {  // buffers are kept from read to read, unless they grew large; one thread at a time
 public:
  JsonReader();
  ~JsonReader();
  JsonReader(JsonReader&&) noexcept;
  JsonReader& operator=(JsonReader&&) noexcept;

  // `text` must live as long as the values read from it. Codes: bill_too_large, bill_not_json, field_doubled.
  Result<Json> read(std::string_view text, const JsonLimits& limits = {});

 private:
  struct Parser;  // simdjson stays in json.cpp
  std::unique_ptr<Parser> parser_;
  std::vector<Json::Node> nodes_;
};

}  // namespace fenming
