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

#include "base/date.h"
#include "proof/proof.h"
#include "proof/tree.h"
#include "proof/value.h"

namespace fenming {

struct ProofGroup {  // accumulators of `keep`
  std::vector<std::string> per, of;
};

struct ProofLayerText {  // what the text of a policy says of a layer, as written
  std::string name, fund, article;
  const ProofTree* text = nullptr;
  bool has(std::string_view slot) const { return text->find(slot) != nullptr; }
};

struct ProofPolicyText {  // one version of a policy
  std::string policy, file, digest;
  const ProofTree* text = nullptr;
  Date from, to, known;
  std::vector<ProofLayerText> layers;  // in the order of the steps

  bool holds(Date date, Date known_on) const { return known <= known_on && from <= date && date <= to; }
};

class ProofLibrary {
 public:
  struct File {
    std::string name, digest;  // sm3:<64 hex>
    ProofTree documents;       // a list
  };

  explicit ProofLibrary(std::vector<File> files);
  ProofLibrary(const ProofLibrary&) = delete;  // the texts point into the files
  ProofLibrary& operator=(const ProofLibrary&) = delete;

  const File* file(std::string_view name) const;
  const std::vector<File>& files() const { return files_; }

  // From the region part, the region's own file before its base's.
  enum class DecidedBy : std::uint8_t { discharge, service, settle };
  std::string_view region() const { return region_; }
  bool year_starts(int month, int day) const {
    return month > year_month_ || (month == year_month_ && day >= year_day_);
  }
  DecidedBy year_by() const { return year_by_; }
  DecidedBy layers_by() const { return layers_by_; }
  Rounding rounding() const { return rounding_; }  // the region's own
  bool allows(Rounding mode) const { return modes_[static_cast<std::size_t>(mode)]; }
  std::string fund_field(std::string_view fund) const;  // hifp_pay ...; oth_pay when it is not listed
  const std::set<std::string>* column_codes(
      std::string_view column) const;  // declared codes of a line field, or null
  bool keeps(std::string_view accumulator) const { return kept_.contains(accumulator); }  // year.stays
  // Whether an expression looks the table up by other keys than its `by` names: limits[counted_level].
  bool indexed_otherwise(std::string_view table) const { return indexed_.contains(table); }
  const std::map<std::string, ProofGroup, std::less<>>& groups() const { return groups_; }
  const ProofTree* fact_text(std::string_view fact) const;  // its declaration, or null
  bool has_pots() const { return pots_; }
  // A table by name, the policy's own before the region's and its base's; where it leaves out `by`, the base's.
  std::optional<ProofTree> table(const ProofPolicyText& policy, std::string_view name) const;

  bool has_policy(std::string_view name) const;
  // The text of a policy that governs a date by what was released on a day, or null; the one that a place in a file
  // belongs to, or null.
  const ProofPolicyText* policy_on(std::string_view name, Date date, Date known) const;
  const ProofPolicyText* policy_at(std::string_view file, std::string_view path) const;
  // Whether a place belongs to no version: what a region's file says for all policies.
  bool is_shared(std::string_view file, std::string_view path) const;

 private:
  void read_region(const ProofTree& document);
  void read_calendar(const ProofTree& calendar);
  void read_keep(const ProofTree& keep);
  void read_modes(const ProofTree& tree);
  void read_tables(const ProofTree& tables);
  void read_facts(const ProofTree& facts);
  void read_policies();

  std::vector<File> files_;
  std::string region_;
  bool calendar_known_ = false;
  int year_month_ = 1, year_day_ = 1;
  DecidedBy year_by_ = DecidedBy::discharge, layers_by_ = DecidedBy::discharge;
  bool dates_known_ = false;
  std::array<bool, 4> modes_{};  // the region's own and those that a round( ) of the library names
  bool mode_known_ = false;
  Rounding rounding_ = Rounding::half_up;
  std::map<std::string, std::string, std::less<>> fund_fields_;
  std::map<std::string, std::set<std::string>, std::less<>> columns_;
  std::set<std::string, std::less<>> kept_, indexed_;
  std::map<std::string, ProofGroup, std::less<>> groups_;
  std::map<std::string, const ProofTree*, std::less<>> facts_;
  std::vector<const ProofTree*> tables_;  // of the region's file, then of its base's
  bool pots_ = false;                     // several, or none that is called eligible
  std::vector<ProofPolicyText> policies_;
};

bool is_region_file(std::string_view name);

std::optional<Rounding> parse_proof_rounding(std::string_view text);  // half_up half_even down up

}  // namespace fenming
