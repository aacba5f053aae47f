// ProofLibrary: the files of a rule library as trees, with their digests; cells and rows of tables are read
// out of them by place.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "proof/proof.h"
#include "proof/tree.h"
#include "proof/value.h"

namespace fenming {

class ProofLibrary {
 public:
  struct File {
    std::string name, digest;  // sm3:<64 hex>
    ProofTree documents;       // a list
  };

  explicit ProofLibrary(std::vector<File> files);

  const File* file(std::string_view name) const;
  const std::vector<File>& files() const { return files_; }

  // From the region part, the region's own file before its base's.
  enum class DecidedBy : std::uint8_t { discharge, service, settle };
  std::string_view region() const { return region_; }
  bool year_starts(int month, int day) const {
    return month > year_month_ || (month == year_month_ && day >= year_day_);
  }
  DecidedBy year_by() const { return year_by_; }
  bool allows(Rounding mode) const { return modes_[static_cast<std::size_t>(mode)]; }
  std::string fund_field(std::string_view fund) const;  // hifp_pay ...; oth_pay when it is not listed
  const std::set<std::string>* column_codes(
      std::string_view column) const;  // declared codes of a line field, or null
  bool keeps(std::string_view accumulator) const { return kept_.contains(accumulator); }  // year.stays
  // Whether an expression looks the table up by other keys than its `by` names: limits[counted_level].
  bool indexed_otherwise(std::string_view table) const { return indexed_.contains(table); }
  bool has_policy(std::string_view name) const { return policies_.contains(name); }

 private:
  void read_region(const ProofTree& document);
  void read_calendar(const ProofTree& calendar);
  void read_keep(const ProofTree& keep);
  void read_modes(const ProofTree& tree);
  void read_tables(const ProofTree& tables);

  std::vector<File> files_;
  std::string region_;
  bool calendar_known_ = false;
  int year_month_ = 1, year_day_ = 1;
  DecidedBy year_by_ = DecidedBy::discharge;
  std::array<bool, 4> modes_{};  // the region's own and those that a round( ) of the library names
  bool mode_known_ = false;
  std::map<std::string, std::string, std::less<>> fund_fields_;
  std::map<std::string, std::set<std::string>, std::less<>> columns_;
  std::set<std::string, std::less<>> kept_, policies_, indexed_;
};

std::optional<Rounding> parse_proof_rounding(std::string_view text);  // half_up half_even down up

}  // namespace fenming
