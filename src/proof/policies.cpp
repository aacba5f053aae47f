// The policies of a library as texts: which version governs a date, and its layers by name, in their order. What a
// slot means stays beyond the verifier.
#include <algorithm>

#include "proof/leaves.h"

namespace fenming {
namespace {

using Kind = ProofTree::Kind;

std::string text_of(const ProofTree& map, std::string_view key, std::string_view otherwise = "") {
  const ProofTree* found = map.find(key);
  return std::string(found != nullptr && found->kind == Kind::text ? std::string_view(found->text)
                                                                   : otherwise);
}

// "2025-01-01..2025-12-31"; an end may be missing.
std::pair<Date, Date> in_force(const ProofTree& document) {
  const std::string text = text_of(document, "in_force");
  const std::size_t dots = std::min(text.find(".."), text.size());
  const auto from = parse_date(text.substr(0, dots));
  const auto to = dots == text.size() ? std::nullopt : parse_date(text.substr(dots + 2));
  return {from.value_or(date_min), to.value_or(date_max)};
}

std::vector<ProofLayerText> layers_of(const ProofTree& document) {
  std::vector<ProofLayerText> layers;
  const ProofTree* steps = document.find("steps");
  for (std::size_t i = 0; steps != nullptr && i < steps->items.size(); ++i) {
    const ProofTree& step = steps->items[i];
    const std::string name = text_of(step, "layer");
    if (!name.empty()) layers.push_back({name, text_of(step, "fund", name), text_of(step, "article"), &step});
  }
  return layers;
}

// The folder of the base, with its slash: "000000-national/"; empty without a base.
std::string base_folder(const std::vector<ProofLibrary::File>& files) {
  constexpr std::string_view end = "region.yaml";
  for (const ProofLibrary::File& file : files)
    if (is_region_file(file.name) && file.name != end)
      return file.name.substr(0, file.name.size() - end.size());
  return "";
}

}  // namespace

// A policy of the region's own takes the place of all its base's texts of that name.
void ProofLibrary::read_policies() {
  const std::string base = base_folder(files_);
  const auto from_base = [&](std::string_view file) { return !base.empty() && file.starts_with(base); };
  for (const File& file : files_)
    for (const ProofTree& document : file.documents.items) {
      if (document.find("policy") == nullptr && document.find("steps") == nullptr) continue;
      ProofPolicyText policy{text_of(document, "policy", "main"),
                             file.name,
                             file.digest,
                             &document,
                             {},
                             {},
                             parse_date(text_of(document, "known")).value_or(date_min),
                             layers_of(document)};
      std::tie(policy.from, policy.to) = in_force(document);
      policies_.push_back(std::move(policy));
    }
  std::set<std::string> own;
  for (const ProofPolicyText& policy : policies_)
    if (!from_base(policy.file)) own.insert(policy.policy);
  std::erase_if(policies_, [&](const ProofPolicyText& policy) {
    return from_base(policy.file) && own.contains(policy.policy);
  });
}

bool ProofLibrary::has_policy(std::string_view name) const {
  return std::ranges::find(policies_, name, &ProofPolicyText::policy) != policies_.end();
}

const ProofPolicyText* ProofLibrary::policy_on(std::string_view name, Date date, Date known) const {
  const ProofPolicyText* latest = nullptr;
  for (const ProofPolicyText& policy : policies_)
    if (policy.policy == name && policy.holds(date, known) &&
        (latest == nullptr || policy.known > latest->known))
      latest = &policy;
  return latest;
}

std::optional<ProofTree> ProofLibrary::table(const ProofPolicyText& policy, std::string_view name) const {
  std::vector<const ProofTree*> places = tables_;
  if (const ProofTree* own = policy.text->find("tables")) places.insert(places.begin(), own);
  std::optional<ProofTree> table;
  for (const ProofTree* place : places) {
    const ProofTree* found = place->find(name);
    if (found == nullptr) continue;
    if (!table) table = *found;
    for (const std::string_view word : {"by", "type"})
      if (const ProofTree* field = found->find(word); field != nullptr && table->find(word) == nullptr) {
        table->keys.emplace_back(word);
        table->items.push_back(*field);
      }
  }
  return table;
}

bool ProofLibrary::is_shared(std::string_view file, std::string_view path) const {
  const File* of = this->file(file);
  const std::size_t end = std::min(path.find('/', 1), path.size());
  const ProofTree* document = of == nullptr ? nullptr : of->documents.at(path.substr(0, end));
  if (document == nullptr || (document->find("policy") == nullptr && document->find("steps") == nullptr))
    return true;
  return is_region_file(file) && !path.substr(end).starts_with("/steps/");
}

const ProofPolicyText* ProofLibrary::policy_at(std::string_view file, std::string_view path) const {
  const File* of = this->file(file);
  const ProofTree* document = of == nullptr ? nullptr : of->documents.at(path.substr(0, path.find('/', 1)));
  const auto found = std::ranges::find(policies_, document, &ProofPolicyText::text);
  return found == policies_.end() ? nullptr : &*found;
}

std::optional<Error> check_version(const ProofScene& scene, std::string_view file, std::string_view path) {
  const ProofLibrary& library = scene.library;
  if (library.is_shared(file, path)) return std::nullopt;
  const ProofPolicyText* text = library.policy_at(file, path);
  const bool governs = text != nullptr && std::ranges::any_of(scene.dates, [&](Date date) {
                         return library.policy_on(scene.trace.policy, date, scene.bill.known) == text;
                       });
  if (governs) return std::nullopt;
  return Error{Code::trace_version_cell, "", std::string(file), {}};
}

}  // namespace fenming
