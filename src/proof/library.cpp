#include "proof/library.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/digest.h"
#include "proof/yaml.h"

namespace fenming {
namespace {

using Kind = ProofTree::Kind;

constexpr std::array<std::string_view, 4> mode_names = {"half_up", "half_even", "down", "up"};

std::set<std::string> texts(const ProofTree& list) {
  std::set<std::string> found;
  for (const ProofTree& item : list.items)
    if (list.kind == Kind::list && item.kind == Kind::text) found.insert(item.text);
  return found;
}

std::string without_blanks(std::string_view text) {
  std::string kept;
  std::ranges::copy_if(text, std::back_inserter(kept), [](char c) { return c != ' '; });
  return kept;
}

std::string by_names(const ProofTree& table) {  // "scheme,level"
  const ProofTree* by = table.find("by");
  if (by == nullptr || by->kind == Kind::text) return by == nullptr ? "" : without_blanks(by->text);
  std::string names;
  for (const ProofTree& name : by->items) names += (names.empty() ? "" : ",") + without_blanks(name.text);
  return names;
}

// Whether `name[keys]` with other keys stands somewhere below.
bool indexes_otherwise(const ProofTree& tree, const std::string& name, const std::string& keys) {
  for (std::size_t at = tree.text.find(name + "["); at != std::string::npos;
       at = tree.text.find(name + "[", at + 1)) {
    const std::size_t begin = at + name.size() + 1, end = tree.text.find(']', begin);
    if (without_blanks(tree.text.substr(begin, end - begin)) != keys) return true;
  }
  return std::ranges::any_of(tree.items,
                             [&](const ProofTree& item) { return indexes_otherwise(item, name, keys); });
}

ProofLibrary::DecidedBy decided_by(std::string_view text) {
  if (text == "service") return ProofLibrary::DecidedBy::service;
  return text == "settle" ? ProofLibrary::DecidedBy::settle : ProofLibrary::DecidedBy::discharge;
}

}  // namespace

bool is_region_file(std::string_view name) { return name == "region.yaml" || name.ends_with("/region.yaml"); }

std::optional<Rounding> parse_proof_rounding(std::string_view text) {
  const auto found = std::ranges::find(mode_names, text);
  if (found == mode_names.end()) return std::nullopt;
  return static_cast<Rounding>(found - mode_names.begin());
}

ProofLibrary::ProofLibrary(std::vector<File> files) : files_(std::move(files)) {
  for (const File& file : files_) {
    for (const ProofTree& document : file.documents.items) {
      read_modes(document);
      if (const ProofTree* tables = document.find("tables")) read_tables(*tables);
      if (is_region_file(file.name)) read_region(document);
    }
  }
  read_policies();
  if (!mode_known_) modes_[static_cast<std::size_t>(Rounding::half_up)] = true;
}

const ProofLibrary::File* ProofLibrary::file(std::string_view name) const {
  const auto found = std::ranges::find(files_, name, &File::name);
  return found == files_.end() ? nullptr : &*found;
}

// The first that says something wins: the region's file comes before its base's.
void ProofLibrary::read_region(const ProofTree& document) {
  if (const ProofTree* code = document.find("region"); code != nullptr && region_.empty())
    region_ = code->text;
  if (const ProofTree* calendar = document.find("calendar"); calendar != nullptr && !calendar_known_)
    read_calendar(*calendar);
  if (const ProofTree* dates = document.find("dates"); dates != nullptr && !dates_known_) {
    dates_known_ = true;
    if (const ProofTree* by = dates->find("layers")) layers_by_ = decided_by(by->text);
  }
  if (document.find("pots") != nullptr) pots_ = true;
  if (const ProofTree* tables = document.find("tables"); tables != nullptr) tables_.push_back(tables);
  if (const ProofTree* facts = document.find("facts"); facts != nullptr) read_facts(*facts);
  if (const ProofTree* round = document.find("round"); round != nullptr && !mode_known_) {
    if (const auto mode = parse_proof_rounding(round->text)) {
      modes_[static_cast<std::size_t>(*mode)] = true;
      mode_known_ = true;
      rounding_ = *mode;
    }
  }
  if (const ProofTree* funds = document.find("funds"); funds != nullptr && funds->kind == Kind::map) {
    for (std::size_t i = 0; i < funds->items.size(); ++i) {
      const ProofTree& fund = funds->items[i];
      const ProofTree* field = fund.kind == Kind::text ? &fund : fund.find("field");
      if (field != nullptr) fund_fields_.emplace(funds->keys[i], field->text);
    }
  }
  if (const ProofTree* columns = document.find("line_facts");
      columns != nullptr && columns->kind == Kind::map) {
    for (std::size_t i = 0; i < columns->items.size(); ++i) {
      const ProofTree& column = columns->items[i];
      const ProofTree* codes = column.kind == Kind::list ? &column : column.find("type");
      if (codes != nullptr && codes->kind == Kind::list) columns_.emplace(columns->keys[i], texts(*codes));
    }
  }
  if (const ProofTree* keep = document.find("keep"); keep != nullptr && keep->kind == Kind::map)
    read_keep(*keep);
}

// A region's calendar takes the place of its base's as a whole.
void ProofLibrary::read_calendar(const ProofTree& calendar) {
  calendar_known_ = true;
  const ProofTree* starts = calendar.find("year_starts");
  const ProofTree* by = calendar.find("by");
  if (const auto date = starts == nullptr ? std::nullopt : parse_date("2000-" + starts->text)) {
    year_month_ = civil(*date).month;
    year_day_ = civil(*date).day;
  }
  if (by != nullptr) year_by_ = decided_by(by->text);
}

void ProofLibrary::read_keep(const ProofTree& keep) {
  for (std::size_t i = 0; i < keep.items.size(); ++i) {
    const ProofTree* members = keep.items[i].find("of");
    if (members == nullptr) continue;
    for (const std::string& member : members->keys) kept_.insert(keep.keys[i] + "." + member);
    for (const std::string& member : texts(*members)) kept_.insert(keep.keys[i] + "." + member);
    ProofGroup group{{}, members->keys};
    for (const ProofTree& member : members->items)
      if (members->kind == Kind::list) group.of.push_back(member.text);
    if (const ProofTree* per = keep.items[i].find("per")) {
      if (per->kind == Kind::text) group.per.push_back(per->text);
      for (const ProofTree& key : per->items) group.per.push_back(key.text);
    }
    groups_.emplace(keep.keys[i], std::move(group));
  }
}

void ProofLibrary::read_facts(const ProofTree& facts) {
  for (std::size_t i = 0; i < facts.keys.size(); ++i) facts_.emplace(facts.keys[i], &facts.items[i]);
}

const ProofTree* ProofLibrary::fact_text(std::string_view fact) const {
  const auto found = facts_.find(fact);
  return found == facts_.end() ? nullptr : found->second;
}

// round(x, step, mode) may name a mode of its own.
void ProofLibrary::read_modes(const ProofTree& tree) {
  if (tree.kind == Kind::text && tree.text.contains("round"))
    for (std::size_t i = 0; i < mode_names.size(); ++i) {
      const std::size_t at = tree.text.rfind(mode_names[i]);
      if (at != std::string::npos && at > 0 && (tree.text[at - 1] == ' ' || tree.text[at - 1] == ','))
        modes_[i] = true;
    }
  for (const ProofTree& item : tree.items) read_modes(item);
}

void ProofLibrary::read_tables(const ProofTree& tables) {
  for (std::size_t i = 0; i < tables.keys.size(); ++i) {
    const std::string keys = by_names(tables.items[i]);
    const bool otherwise = std::ranges::any_of(
        files_, [&](const File& file) { return indexes_otherwise(file.documents, tables.keys[i], keys); });
    if (otherwise) indexed_.insert(tables.keys[i]);
  }
}

std::string ProofLibrary::fund_field(std::string_view fund) const {
  if (fund == "account" || fund == "family") return "acct_pay";
  if (fund == "provider") return "hosp_part_amt";
  const auto found = fund_fields_.find(fund);
  return found == fund_fields_.end() ? "oth_pay" : found->second;
}

const std::set<std::string>* ProofLibrary::column_codes(std::string_view column) const {
  const auto found = columns_.find(column);
  return found == columns_.end() ? nullptr : &found->second;
}

Checked<std::shared_ptr<const ProofLibrary>> read_proof_library(const std::vector<ProofFile>& files) {
  std::vector<ProofLibrary::File> read;
  std::vector<Error> errors;
  std::set<std::string> names;
  for (const ProofFile& file : files) {
    if (!names.insert(file.name).second)
      errors.push_back({Code::trace_library, file.name, "", {"two files have this name"}});
    auto documents = read_proof_yaml(file.name, file.text);
    if (!documents) errors.push_back(documents.error());
    if (documents) read.push_back({file.name, "sm3:" + sm3_hex(file.text), std::move(*documents)});
  }
  if (!errors.empty()) return std::unexpected(std::move(errors));
  return std::make_shared<const ProofLibrary>(std::move(read));
}

}  // namespace fenming
