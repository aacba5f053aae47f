// WireRows: the objects of one message, each as the texts of its node's fields. Filled by request_check.h, read through WireRow.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/interface.h"
#include "protocol/wire_value.h"

namespace fenming {

class WireRows {
 public:
  static constexpr std::uint32_t nobody = UINT32_MAX;
  struct Place {
    const WireNode* node = nullptr;
    std::uint32_t parent = nobody;    // row
    std::uint32_t position = nobody;  // in an array
    std::string_view member;          // the node's name as sent; "": its members stand bare
    std::size_t first_value = 0;
  };
  struct Extension {
    std::size_t row;
    std::string_view key, value;
  };

  void clear() {
    places_.clear();
    values_.clear();
    extensions_.clear();
    texts_.clear();
  }
  std::size_t add(Place place) {
    place.first_value = values_.size();
    values_.resize(values_.size() + place.node->fields.size());
    places_.push_back(place);
    return places_.size() - 1;
  }
  void set(std::size_t row, std::size_t field, std::string_view value) {
    values_[places_[row].first_value + field] = value;
  }
  void extend(std::size_t row, std::string_view key, std::string_view value) {
    extensions_.push_back({row, key, value});
  }

  std::span<const Place> places() const { return places_; }
  std::span<const std::string_view> values(std::size_t row) const {
    return std::span(values_).subspan(places_[row].first_value, places_[row].node->fields.size());
  }
  std::span<const Extension> extensions() const { return extensions_; }
  WireTexts& texts() { return texts_; }
  std::string pointer(std::size_t row) const;  // "/input/feedetail/3"

 private:
  std::vector<Place> places_;
  std::vector<std::string_view> values_;
  std::vector<Extension> extensions_;
  WireTexts texts_;
};

}  // namespace fenming
