// Sales: one bill at a counter (outpatient, chronic, pharmacy, the school's clinic), twelve lines on average, as a Settle. Pure: the
// same person, day and number give the same bill.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "population/items.h"
#include "population/people.h"
#include "population/providers.h"

namespace fenming {

enum class SaleKind : std::uint8_t { outpatient, chronic, pharmacy, campus };

// Puts `count` lines with one of these shelves each behind those that are there, numbered on; gives their sum.
struct LineMaker {
  const Items& items;
  bool columns = false;  // class, kind and source stand in the line; else the catalogue says

  Money add(std::vector<FeeLine>& lines, Shelf shelf, int quantity_max, Date day, std::uint32_t number,
            Random& random) const;
};

class Sales {
 public:
  Sales(std::uint64_t seed, const People& people, const Items& items, const Providers& providers,
        bool columns)
      : seed_(seed), people_(people), providers_(providers), maker_{items, columns} {}

  // `number`: of the sale, unlike any other's; it stands in the message id.
  Command make(std::uint32_t person, Date day, std::uint64_t number) const;  // of a kind that fits the person
  Command make(const MadePerson& person, SaleKind kind, Date day, std::uint64_t number) const;
  const LineMaker& lines() const { return maker_; }
  std::uint32_t provider_of(const MadePerson& person, SaleKind kind, Random& random) const;

 private:
  std::uint64_t seed_;
  const People& people_;
  const Providers& providers_;
  LineMaker maker_;
};

// (provider, transaction, provider + day + number), as a front-end machine would number its messages.
MessageKey message_key(std::string_view provider, std::string_view infno, Date day, std::uint64_t number);

FactValue text_fact(std::string_view name, std::string_view value);

}  // namespace fenming
