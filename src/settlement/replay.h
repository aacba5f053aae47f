// Replay: every Command decided again on the fold of what came before it. Records of the running engine version must come out byte by
// byte; of older ones, those whose amounts would differ are listed: reported, never rewritten (laws.md 3). What was within the limits of
// its day is not measured again.
#pragma once

#include "settlement/verify.h"

namespace fenming {

struct ReplayDifference {
  std::uint64_t position = 0;
  std::uint32_t engine = 0;
  std::string settlement;  // empty: another part of the record
  std::string amount;      // "funds", "account", "family", "cash", "provider_part", or "fund <name>"
  std::int64_t stored_fen = 0, now_fen = 0;
};
struct ReplayReport {
  std::uint64_t records = 0, equal = 0, different = 0;
  std::vector<ReplayDifference> differences;  // the first `differences_max`; several of a record
};
inline constexpr std::size_t differences_max = 1000;

Result<ReplayReport> replay_store(Store& store, const OnProgress& progress = {});

}  // namespace fenming
