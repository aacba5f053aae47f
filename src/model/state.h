// Object: one thing that settlement keeps state of, as a sorted list of cells, name → bytes. Objects are named by a letter and an id:
// "P" + psn_no a person, "V" + mdtrt_id a visit, "T" + setl_id a settlement that is no longer simply settled, "O" + code a
// provider, "C" + id a claim, "S" the shard itself. Equal contents have equal bytes.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/decision.h"
#include "model/error.h"

namespace fenming {

class Object {
 public:
  using Cell = std::pair<std::string, std::string>;

  static Result<Object> read(std::string_view bytes);  // Code::record_damaged
  std::string write() const;                           // empty when there is no cell

  std::string_view find(std::string_view cell) const;       // empty: not there
  void set(std::string_view cell, std::string_view value);  // empty: taken away
  const std::vector<Cell>& cells() const { return cells_; }
  // Those whose name begins so, in order.
  std::pair<std::vector<Cell>::const_iterator, std::vector<Cell>::const_iterator> with(
      std::string_view prefix) const;
  bool empty() const { return cells_.empty(); }
  friend bool operator==(const Object&, const Object&) = default;

 private:
  std::vector<Cell> cells_;
};

}  // namespace fenming
