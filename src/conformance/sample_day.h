// SampleDay: a day of a make-believe region as its providers' systems send it: outpatients, chronic patients, pharmacies, stays with
// interim bills, cancellations, refunds, lost answers. Bills come from population/, messages go over HTTP; nothing is known of the node.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "conformance/wire_client.h"
#include "population/sales.h"

namespace fenming {

struct SampleDayOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;
  std::uint32_t persons = 10'000, visits = 2'000;
  std::uint64_t seed = 1;
  Date day;
  unsigned threads = 4;
  std::map<std::string, WireIdentity> identities;  // by fixmedins_code
};

struct SampleDayTally {
  std::map<std::string, std::uint64_t> visits;  // by kind
  std::uint64_t messages = 0, settled = 0, cancelled = 0, refunded = 0, reversed = 0, repeated = 0, busy = 0;
  // Fen over all live answers: settlements, less what was taken back.
  std::int64_t total = 0, funds = 0, account = 0, cash = 0, provider = 0;
  std::map<std::string, std::pair<std::uint64_t, std::string>> refusals;  // by code: how often, and the first
  std::vector<std::string> broken;                                        // identities, repeats that differ
};

// `progress` is called now and then, from any of the threads but never from two at once.
SampleDayTally play_day(const SampleDayOptions& options, const Sales& sales, const People& people,
                        const Providers& providers,
                        const std::function<void(std::size_t done, std::size_t all)>& progress);

}  // namespace fenming
