// Rows: accumulators between the cells of a person and the numbers of one library. Names, not numbers of a library, are what stays: a
// later library may order its accumulators otherwise, know new ones and no longer know old ones; what it does not know is kept.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/assess.h"
#include "settlement/cells.h"
#include "settlement/words.h"

namespace fenming {

class RowMap {  // of one library in one shard; words are looked up once
 public:
  explicit RowMap(std::shared_ptr<const Library> library) : library_(std::move(library)) {}
  const Library& library() const { return *library_; }

  // Asks for every word of the library that the shard has already. Called again when there are more words than before.
  void learn(const Words& words, std::uint64_t word_count);
  void forget() { learned_ = unknown; }  // after a decision that was not kept: its new words are none

  // The row that a cell holds, for bind's result; nothing when the library knows no such group.
  std::optional<BoundRow> bound(std::string_view cell_name, std::string_view cell_value) const;

  // A cell for an accumulator after a bill. `before`: what stands in the cell now.
  std::string cell_name(const AccumulatorResult& row, Words& words);
  Row after(const AccumulatorResult& row, const Row& before, Words& words);

 private:
  static constexpr std::uint64_t unknown = UINT64_MAX;
  struct GroupWords {
    std::uint64_t name = unknown;
    std::vector<std::uint64_t> members;
  };
  const std::vector<std::string>* domain_of(std::uint32_t key_register) const;
  std::uint64_t& code_word(std::uint32_t key_register, std::size_t member);

  std::shared_ptr<const Library> library_;
  std::vector<GroupWords> groups_;
  std::vector<std::vector<std::uint64_t>> domains_;
  std::uint64_t learned_ = unknown;
};

// A person's accumulators in the policy's own words, one entry for each figure.
struct NamedTotal {
  std::string name;                                      // "year.pooled"
  std::vector<std::pair<std::string, std::string>> key;  // "year" 2026, "scheme" employees
  std::string value;                                     // yuan, or a number
};
std::vector<NamedTotal> totals_of(const Object& person, const Object& shard,
                                  const std::shared_ptr<const Library>& library);

}  // namespace fenming
