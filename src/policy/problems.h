// Problems: what is found wrong in a library while it is read; all of it is reported, each with file:line:column. A slot that cannot be
// understood throws a Problem, which the nearest list of things (steps, facts, rows) catches, notes and goes on.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "policy/text.h"

namespace fenming {

struct Problem {
  Code code;
  Place place;
  std::string value;
  std::vector<std::string> details;
  bool consequence = false;  // of a problem noted before: not worth a line of its own
};

class Problems {
 public:
  explicit Problems(std::vector<std::string> files) : files_(std::move(files)) {}

  void add(const Problem& problem) {
    if (problem.consequence || errors_.size() >= 200) return;
    Error error{problem.code, error_place(files_.at(problem.place.file), problem.place), problem.value,
                problem.details};
    for (const Error& known : errors_)  // the same text is compiled once for each stretch of dates
      if (known.code == error.code && known.place == error.place && known.value == error.value) return;
    errors_.push_back(std::move(error));
  }
  template <class Action>
  void collect(Action action) {
    try {
      action();
    } catch (const Problem& problem) {
      add(problem);
    }
  }
  bool empty() const { return errors_.empty(); }
  std::vector<Error> take() { return std::move(errors_); }
  const std::string& file(std::uint32_t index) const { return files_.at(index); }

 private:
  std::vector<std::string> files_;
  std::vector<Error> errors_;
};

// Small readers of a node; each throws a Problem that names what is expected.
const TextNode& require(const TextNode& map, std::string_view key);
const std::string& scalar_of(const TextNode& node, std::string_view expected);
std::vector<std::string> names_of(const TextNode& node,
                                  std::string_view expected);  // a list of scalars, or one scalar
void require_map(const TextNode& node, std::string_view expected);
void require_known_keys(const TextNode& map, std::vector<std::string_view> known);  // suggests the nearest
std::string text_or(const TextNode& map, std::string_view key, std::string_view otherwise = "");
Labels labels_of(const TextNode& map);
std::string suggestion(std::string_view wanted,
                       const std::vector<std::string_view>& candidates);  // " (did you mean ...?)" or ""

}  // namespace fenming
