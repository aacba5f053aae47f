// Projection: what a decision shows in the tables (store/views.h). Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "model/decision.h"
#include "store/views.h"

namespace fenming {

class Projector {  // of one group of rows
 public:
  explicit Projector(ViewRows& rows) : rows_(rows) {}
  void add(std::uint64_t position, const Decision& decision, std::size_t record_bytes);

 private:
  std::string_view keep(std::string_view text) { return rows_.keep(text); }
  std::string_view day(Date date);
  std::string_view entries(const Decision& decision, std::string_view booked);
  std::string_view lines(const Decision& decision);
  std::string_view settled(const Decision& decision);
  void settlement(const SettlementResult& result, std::string_view booked);
  void kept(const Decision& decision);
  void visits(const Decision& decision);

  ViewRows& rows_;
  std::int64_t position_ = 0;
  std::string json_;
  std::array<std::pair<Date, std::string_view>, 16> days_;  // kept a moment ago
};

}  // namespace fenming
