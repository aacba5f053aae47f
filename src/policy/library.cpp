#include "policy/library.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/digest.h"
#include "model/fund_fields.h"
#include "policy/base.h"
#include "policy/compile.h"
#include "policy/region_reader.h"

namespace fenming {
namespace {

constexpr std::size_t stretches_max = 200, policies_max = 100, files_max = 200;

constexpr std::string_view policy_words[] = {"policy", "for",    "in_force", "known", "article",
                                             "source", "note",   "zh",       "en",    "charged",
                                             "split",  "tables", "lines",    "steps"};
constexpr std::string_view region_words[] = {"region", "name",  "base",        "open",       "calendar",
                                             "dates",  "round", "facts",       "line_facts", "pots",
                                             "funds",  "keep",  "corrections", "tolerance"};

struct PolicyDocument {
  const TextNode* node = nullptr;
  bool from_base = false;
};

class LibraryReader {
 public:
  LibraryReader(std::vector<SourceFile> files, std::vector<SourceFile> base)
      : own_count_(files.size()),
        library_(std::make_shared<Library>()),
        problems_(names_of_all(files, base)) {
    library_->files = std::move(files);
    for (SourceFile& file : base) library_->files.push_back(std::move(file));
  }

  Checked<std::shared_ptr<const Library>> read() {
    if (library_->files.size() > files_max || !read_documents()) {
      if (text_errors_.empty()) text_errors_.push_back({Code::library_empty, "", "", {}});
      return std::unexpected(std::move(text_errors_));
    }
    merge();
    for (const SourceFile& file : library_->files) digests_.push_back("sm3:" + sm3_hex(file.text));
    library_->region = read_region(region_text_, problems_);
    Region& region = library_->region;
    for (std::size_t i = 0; i < library_->files.size(); ++i)
      region.files.push_back({library_->files[i].name, digests_[i]});
    gather_policies();
    add_funds();
    if (problems_.empty())
      for (const PolicyDocument& policy : policies_) problems_.collect([&] { version(policy); });
    index_versions();
    if (!problems_.empty()) return std::unexpected(problems_.take());
    return std::shared_ptr<const Library>(library_);
  }

 private:
  static std::vector<std::string> names_of_all(const std::vector<SourceFile>& files,
                                               const std::vector<SourceFile>& base) {
    std::vector<std::string> names;
    for (const SourceFile& file : files) names.push_back(file.name);
    for (const SourceFile& file : base) names.push_back(file.name);
    if (names.empty()) names.emplace_back("region.yaml");
    return names;
  }

  static bool is_region_file(std::string_view name) {
    return name == "region.yaml" || name.ends_with("/region.yaml");
  }

  bool read_documents() {
    documents_.resize(library_->files.size());
    for (std::size_t i = 0; i < library_->files.size(); ++i) {
      auto read = read_text(library_->files[i].name, library_->files[i].text, static_cast<std::uint32_t>(i));
      if (!read)
        text_errors_.push_back(read.error());
      else if (read->empty())
        text_errors_.push_back({Code::file_empty, library_->files[i].name + ":1:1", "", {}});
      else
        documents_[i] = std::move(*read);
      if (!is_region_file(library_->files[i].name) || documents_[i].empty()) continue;
      (i < own_count_ ? own_region_ : base_region_) = &documents_[i].front();
    }
    return text_errors_.empty() && own_region_ != nullptr && own_region_->is_map();
  }

  void merge() {
    if (base_region_ == nullptr) {
      region_text_ = *own_region_;
      if (const TextNode* base = own_region_->find("base"))
        problems_.add({Code::key_missing, base->place, base->scalar, {"base " + base->scalar}});
      return;
    }
    region_text_ = merge_base(*base_region_, *own_region_, problems_);
  }

  bool is_standard() const { return base_region_ == nullptr && own_region_->find("open") != nullptr; }

  // ---- policies
  void gather_policies() {
    if (is_standard()) return;  // a base is compiled only once a region has filled it in
    for (std::size_t i = 0; i < documents_.size(); ++i)
      for (const TextNode& document : documents_[i])
        problems_.collect([&] { document_of(document, i >= own_count_); });
    if (policies_.empty()) problems_.add({Code::key_missing, own_region_->place, "", {"policy / steps"}});
    if (policies_.size() > policies_max)
      problems_.add({Code::too_complex, own_region_->place, "", {"more than 100 policies"}});
  }

  void document_of(const TextNode& document, bool from_base) {
    const bool region = &document == own_region_ || &document == base_region_;
    require_map(document, "{policy: name, steps: [...]}");
    std::vector<std::string_view> known(std::begin(policy_words), std::end(policy_words));
    if (region) known.insert(known.end(), std::begin(region_words), std::end(region_words));
    require_known_keys(document, known);
    const bool names_policy = document.find("policy") != nullptr || document.find("for") != nullptr;
    if (region && document.find("steps") == nullptr && !names_policy) return;
    if (!region) require(document, "policy");
    const std::string name = policy_name(document);
    if (!from_base && base_region_ != nullptr && !is_open(*base_region_, "policies") &&
        !is_open(*base_region_, "policies." + name))
      throw Problem{Code::base_closed, document.place, "policies." + name, {open_names(*base_region_)}};
    policies_.push_back({&document, from_base});
  }

  static std::string policy_name(const TextNode& document) { return text_or(document, "policy", "main"); }

  bool replaced(const PolicyDocument& policy) const {
    if (!policy.from_base) return false;
    return std::ranges::any_of(policies_, [&](const PolicyDocument& other) {
      return !other.from_base && policy_name(*other.node) == policy_name(*policy.node);
    });
  }

  // A layer's fund that the region does not list is a fund of its own, counted as oth_pay.
  void add_funds() {
    std::vector<Fund>& funds = library_->region.funds;
    for (const PolicyDocument& policy : policies_) {
      const TextNode* steps = policy.node->find("steps");
      if (steps == nullptr) continue;
      for (const TextEntry& step : steps->entries) {
        const TextNode *layer = step.value.find("layer"), *fund = step.value.find("fund");
        if (layer == nullptr || !layer->is_scalar()) continue;
        const std::string& name = fund != nullptr && fund->is_scalar() ? fund->scalar : layer->scalar;
        if (std::ranges::any_of(funds, [&](const Fund& known) { return known.name == name; })) continue;
        const FundRole role = name == "account"    ? FundRole::account
                              : name == "family"   ? FundRole::family
                              : name == "provider" ? FundRole::provider
                                                   : FundRole::fund;
        funds.push_back({name, std::string(fund_fields.back()), role,
                         fund == nullptr ? labels_of(step.value) : Labels{}});
      }
    }
  }

  static std::pair<Date, Date> date_range(const TextNode* node) {
    if (node == nullptr) return {date_min, date_max};
    const std::string& text = scalar_of(*node, "2023-01-01..2023-12-31");
    const std::size_t dots = text.find("..");
    const auto from = dots == 0 ? date_min : parse_date(text.substr(0, dots));
    const auto to =
        dots == std::string::npos || dots + 2 == text.size() ? date_max : parse_date(text.substr(dots + 2));
    if (!from || !to || dots == std::string::npos || *from > *to)
      throw Problem{Code::date_range_malformed, node->place, text, {}};
    return {*from, *to};
  }

  void version(const PolicyDocument& policy) {
    if (replaced(policy)) return;
    const TextNode& document = *policy.node;
    PolicyVersion version;
    version.policy = policy_name(document);
    version.file = problems_.file(document.place.file);
    version.digest = digests_[document.place.file];
    version.article = text_or(document, "article");
    version.source = text_or(document, "source");
    version.place = document.place;
    std::tie(version.in_force_from, version.in_force_to) = date_range(document.find("in_force"));
    version.known = date_min;
    if (const TextNode* known = document.find("known")) {
      const auto day = parse_date(scalar_of(*known, "2022-12-20"));
      if (!day) throw Problem{Code::constant_malformed, known->place, known->scalar, {"2022-12-20"}};
      version.known = *day;
    }
    plans(document, version);
    library_->versions.push_back(std::move(version));
  }

  void plans(const TextNode& document, PolicyVersion& version) {
    PolicyText text{&document, {}, {}};
    std::set<Date> days;
    collect_since_dates(document, days);
    for (const TextNode* map : {&document, static_cast<const TextNode*>(&region_text_)}) {
      const TextNode *tables = map->find("tables"), *lines = map->find("lines");
      if (tables != nullptr) text.tables.push_back(tables);
      if (lines != nullptr) text.lines.push_back(lines);
      for (const TextNode* part : {tables, lines})
        if (part != nullptr) collect_since_dates(*part, days);
    }
    std::vector<Date> starts{version.in_force_from};
    for (const Date day : days)
      if (day > version.in_force_from && day <= version.in_force_to) starts.push_back(day);
    if (starts.size() > stretches_max)
      throw Problem{Code::too_complex, document.place, "", {"too many dates"}};
    for (std::size_t i = 0; i < starts.size(); ++i) {
      Plan plan = compile_plan(library_->region, text, starts[i], problems_);
      plan.from = starts[i];
      plan.to = i + 1 < starts.size() ? Date{starts[i + 1].days - 1} : version.in_force_to;
      library_->narrow = library_->narrow && plan.narrow;
      version.plans.push_back(std::move(plan));
    }
  }

  void index_versions() {
    std::vector<std::string> names;
    for (std::uint32_t i = 0; i < library_->versions.size(); ++i) {
      const PolicyVersion& version = library_->versions[i];
      const auto at = std::ranges::find(names, version.policy);
      const auto index = static_cast<std::size_t>(at - names.begin());
      if (at == names.end()) {
        names.push_back(version.policy);
        library_->by_policy.emplace_back();
      }
      for (const std::uint32_t other : library_->by_policy[index])
        overlap(version, library_->versions[other]);
      library_->by_policy[index].push_back(i);
    }
    for (std::vector<std::uint32_t>& versions : library_->by_policy)
      std::ranges::stable_sort(versions, [&](std::uint32_t a, std::uint32_t b) {
        return library_->versions[a].known > library_->versions[b].known;
      });
  }

  void overlap(const PolicyVersion& a, const PolicyVersion& b) {
    if (a.known != b.known || a.in_force_from > b.in_force_to || b.in_force_from > a.in_force_to) return;
    problems_.add({Code::versions_overlap, a.place, "", {a.policy, b.file, a.file}});
  }

  std::size_t own_count_;
  std::shared_ptr<Library> library_;
  Problems problems_;
  std::vector<Error> text_errors_;
  std::vector<std::vector<TextNode>> documents_;
  std::vector<std::string> digests_;
  const TextNode *own_region_ = nullptr, *base_region_ = nullptr;
  TextNode region_text_;
  std::vector<PolicyDocument> policies_;
};

}  // namespace

Checked<std::shared_ptr<const Library>> read_library(std::vector<SourceFile> files,
                                                     std::vector<SourceFile> base) {
  return LibraryReader(std::move(files), std::move(base)).read();
}

std::string base_of(const SourceFile& region_file) {
  const auto documents = read_text(region_file.name, region_file.text, 0);
  if (!documents || documents->empty() || !documents->front().is_map()) return "";
  const TextNode* base = documents->front().find("base");
  return base != nullptr && base->is_scalar() ? base->scalar : "";
}

}  // namespace fenming
