// Impact: the same bills under two libraries. Who gains and who loses, summed by layer, by payer and by a
// fact of the person. Sums of whole fen only, so the order of the bills and the number of threads do not
// matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/desk.h"

namespace fenming {

struct ImpactSum {
  std::int64_t before = 0, after = 0;
};

struct ImpactGroup {  // bills with one value of the fact
  std::size_t bills = 0, gain = 0, lose = 0;
  std::int64_t before = 0, after = 0;  // the persons' shares: account, family and cash
  std::int64_t gained = 0, lost = 0;   // fen, both positive
  std::map<std::string, ImpactSum> layers;
};

struct ImpactBill {
  std::string bill;
  std::int64_t change = 0;  // of the person's share: negative is a gain
};

struct Impact {
  ImpactGroup all;
  std::map<std::string, ImpactGroup> groups;
  std::map<std::string, ImpactSum> payers;   // the layers stand in `all`
  std::map<std::string, std::string> names;  // of layers, as they are shown
  std::vector<ImpactBill> gainers,
      losers;  // the ten largest of each, largest first, then by number of the bill
  std::size_t refused = 0, identical = 0;  // identical: every layer and payer to the fen
  std::vector<std::string> refusals;       // the first ten

  void merge(const Impact& other);
};

struct ImpactSettings {
  std::string by;  // a fact; empty: no groups
  unsigned threads = 1;
  Language language = Language::zh;
};

// `bills`: one on each line. progress(done, lines).
Impact measure_impact(Desk& before, Desk& after, std::string_view bills, const ImpactSettings& settings,
                      const std::function<void(std::size_t, std::size_t)>& progress);

}  // namespace fenming
