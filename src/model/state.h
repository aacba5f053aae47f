// Object: one thing that settlement keeps state of, as a sorted list of cells, name → bytes. Objects are named by a letter and an id:
// "P" + psn_no a person, "V" + mdtrt_id a visit, "T" + setl_id a settlement that is no longer simply settled, "O" + code a
// provider, "C" + id a claim, "S" the shard itself. Equal contents have equal bytes. Kept as the bytes it is stored as: a region has
// millions of persons, and each is one block of memory.
#pragma once

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "model/decision.h"
#include "model/error.h"

namespace fenming {

class Object {
 public:
  using Cell = std::pair<std::string, std::string>;
  using CellView = std::pair<std::string_view, std::string_view>;  // lives until the object changes

  class Cells {  // some of an object's cells, in order; lives as long as they do
   public:
    class Iterator {
     public:
      using iterator_category = std::forward_iterator_tag;
      using value_type = CellView;
      using difference_type = std::ptrdiff_t;
      using pointer = const CellView*;
      using reference = const CellView&;

      Iterator() = default;
      explicit Iterator(const char* at, const char* end) : next_(at), end_(end) { ++*this; }
      reference operator*() const { return cell_; }
      pointer operator->() const { return &cell_; }
      Iterator& operator++();
      Iterator operator++(int) {
        Iterator before = *this;
        ++*this;
        return before;
      }
      const char* place() const { return at_; }
      friend bool operator==(const Iterator& one, const Iterator& other) { return one.at_ == other.at_; }

     private:
      const char* at_ = nullptr;  // where this cell begins
      const char* next_ = nullptr;
      const char* end_ = nullptr;
      CellView cell_;
    };

    Cells(const char* begin, const char* end) : begin_(begin), end_(end) {}
    Iterator begin() const { return Iterator(begin_, end_); }
    Iterator end() const { return Iterator(end_, end_); }
    bool empty() const { return begin_ == end_; }
    std::size_t size() const { return static_cast<std::size_t>(std::distance(begin(), end())); }
    CellView back() const;  // there is one

   private:
    const char* begin_;
    const char* end_;
  };

  static Result<Object> read(std::string_view bytes);  // Code::record_damaged
  std::string write() const;                           // empty when there is no cell

  std::string_view find(std::string_view cell) const;       // empty: not there
  void set(std::string_view cell, std::string_view value);  // empty: taken away
  Cells cells() const { return {bytes_.data(), bytes_.data() + bytes_.size()}; }
  Cells with(std::string_view prefix) const;  // those whose name begins so
  bool empty() const { return count_ == 0; }
  friend bool operator==(const Object&, const Object&) = default;

 private:
  Cells::Iterator place(std::string_view name) const;  // the first that is not before it

  std::string bytes_;  // name, value, name, value ...: each a text with its size in front
  std::uint32_t count_ = 0;
};

}  // namespace fenming
