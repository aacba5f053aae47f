// The steps of the policy's text computed again by value, part after part, as far as names can be resolved
// (part_names.h); and the accumulators that they read and write.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "proof/claims.h"

namespace fenming {

class AccumulatorRows {
 public:
  explicit AccumulatorRows(const ProofScene& scene);

  // The row of /accumulators that a part reads and writes.
  std::optional<std::size_t> find(std::string_view group, std::string_view member, std::size_t part) const;

  struct State {
    std::optional<ProofValue> now;  // nothing once something was added that cannot be computed here
    std::size_t writes = 0;
  };
  State& state(std::size_t row) { return states_[row]; }

  void check_keys(std::vector<Error>& errors) const;
  void check_complete(std::vector<Error>& errors) const;
  void check_after(std::vector<Error>& errors) const;

 private:
  struct Key {
    std::vector<std::pair<std::string, ProofValue>> values;
    bool known = true;
  };
  bool has_key(const ProofAccumulator& row, std::size_t part) const;
  bool grows_from_before(std::size_t index) const;
  std::string key_text(std::string_view group, std::size_t part) const;

  const ProofScene& scene_;
  std::map<std::pair<std::string, std::size_t>, Key> keys_;  // of group and part
  std::vector<State> states_;
};

void walk_policy(const ProofScene& scene, std::size_t part, AccumulatorRows& rows,
                 std::vector<Error>& errors);

}  // namespace fenming
