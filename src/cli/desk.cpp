#include "cli/desk.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/digest.h"
#include "base/nearest.h"
#include "catalog/price.h"
#include "cli/arguments.h"
#include "cli/files.h"
#include "policy/bind.h"
#include "policy/workspace.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

std::unexpected<std::vector<Error>> one(Error error) {
  return std::unexpected(std::vector<Error>{std::move(error)});
}

bool is_library(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_regular_file(folder / "region.yaml", ignored);
}

}  // namespace

Checked<std::vector<fs::path>> library_folders(const fs::path& given) {
  std::error_code error;
  fs::path folder = fs::weakly_canonical(given, error);  // "." and "rules/" have no name of their own
  if (error) folder = given;
  if (is_library(folder)) return std::vector{folder};
  std::vector<fs::path> found;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (is_library(at->path())) found.push_back(at->path());
  if (error) return one(Error{Code::file_unreadable, "", given.string(), {error.message()}});
  if (found.empty()) return one(Error{Code::folder_without_library, "", given.string(), {}});
  std::ranges::sort(found);
  return found;
}

namespace {

Checked<std::vector<SourceFile>> library_files(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.ends_with(".yaml") && name != "accepted.yaml" && !name.starts_with(".")) names.push_back(name);
  }
  if (error) return one(Error{Code::file_unreadable, "", folder.string(), {error.message()}});
  std::ranges::sort(names, {},
                    [](const std::string& name) { return std::pair(name != "region.yaml", name); });
  std::vector<SourceFile> files;
  for (const std::string& name : names) {
    auto text = read_file(folder / name);
    if (!text) return one(text.error());
    files.push_back(SourceFile{name, std::move(*text)});
  }
  return files;
}

}  // namespace

Checked<fs::path> library_folder(const std::vector<fs::path>& folders, const std::string& region) {
  std::vector<std::string> fitting, codes;
  const fs::path* found = folders.size() == 1 ? &folders.front() : nullptr;
  for (const fs::path& folder : folders) {
    const std::string name = folder.filename().string();
    codes.push_back(name.substr(0, 6));
    if (name != region && !name.starts_with(region + "-")) continue;
    fitting.push_back(name);
    found = &folder;
  }
  if (fitting.size() > 1)
    return one(
        Error{Code::library_ambiguous, "/region", region, {fmt::format("{}", fmt::join(fitting, ", "))}});
  if (found == nullptr)
    return one(Error{Code::region_unknown, "/region", region, {nearest_hint(region, codes)}});
  return *found;
}

Checked<LibrarySources> library_sources(const fs::path& folder) {
  auto own = library_files(folder);
  if (!own) return std::unexpected(own.error());
  LibrarySources sources{std::move(*own), {}};
  const std::string base = sources.own.empty() ? "" : base_of(sources.own.front());
  if (base.empty()) return sources;
  if (base != fs::path(base).filename().string())  // a folder beside this one, nowhere else
    return one(Error{Code::file_unreadable, "region.yaml", base, {"base"}});
  if (!is_library(folder.parent_path() / base))
    return one(Error{Code::base_missing, "region.yaml", base, {folder.parent_path().string()}});
  auto files = library_files(folder.parent_path() / base);
  if (!files) return std::unexpected(files.error());
  for (SourceFile& file : *files) sources.base.push_back({base + "/" + file.name, std::move(file.text)});
  return sources;
}

Checked<LibraryPointer> load_library(const fs::path& given) {
  std::error_code ignored;
  const fs::path folder =
      fs::weakly_canonical(given, ignored);  // the base stands beside it, also when "." was given
  auto sources = library_sources(ignored ? given : folder);
  const std::string name = (ignored ? given : folder).filename().string();
  if (!sources) {
    for (Error& error : sources.error())
      if (error.code == Code::base_missing) error.place = name + "/" + error.place;
    return std::unexpected(std::move(sources.error()));
  }
  const std::string base = sources->base.empty() ? "" : base_of(sources->own.front()) + "/";
  auto library = read_library(std::move(sources->own), std::move(sources->base));
  if (!library)
    for (Error& error : library.error())  // of which library; files of the base say so themselves
      if (base.empty() || !error.place.starts_with(base)) error.place = name + "/" + error.place;
  return library;
}

Checked<std::unique_ptr<Desk>> Desk::open(const fs::path& rules, const fs::path& catalogue) {
  std::unique_ptr<Desk> desk(new Desk);
  auto folders = library_folders(rules);
  if (!folders) return std::unexpected(folders.error());
  desk->folders_ = std::move(*folders);
  if (!catalogue.empty()) {
    const auto text = read_file(catalogue);
    if (!text) return one(text.error());
    auto read = Catalogue::read(*text, catalogue.filename().string());
    if (!read) return std::unexpected(read.error());
    desk->catalogue_ = std::move(*read);
    desk->catalogue_digest_ = sm3_hex(*text);
  }
  return desk;
}

Checked<LibraryPointer> Desk::library(const std::string& region) {
  const std::lock_guard lock(mutex_);
  if (const auto known = known_.find(region); known != known_.end()) return known->second;
  const auto folder = library_folder(folders_, region);
  auto loaded = folder ? load_library(*folder) : Checked<LibraryPointer>(std::unexpected(folder.error()));
  if (loaded && (*loaded)->region.code != region)
    return one(Error{Code::region_unknown, "/region", region, {" (→ " + (*loaded)->region.code + "?)"}});
  known_.emplace(region, loaded);
  return loaded;
}

Checked<Bill> Desk::priced(Bill bill) const {
  if (!catalogue_) return bill;
  return price(*catalogue_, std::move(bill));
}

std::string Desk::basis() const {
  std::string text = fmt::format("fenming {}\n{}\n", version_text(), catalogue_digest_);
  for (const fs::path& folder : folders_) {
    const auto sources = library_sources(folder);
    if (!sources) continue;  // the library will be refused when it is needed
    text += folder.filename().string() + "\n";
    for (const auto* files : {&sources->own, &sources->base})
      for (const SourceFile& file : *files) text += file.name + " " + sm3_hex(file.text) + "\n";
  }
  return sm3_hex(text);
}

Clerk::Clerk(Desk& desk) : desk_(&desk), workspace_(std::make_unique<Workspace>()) {}
Clerk::~Clerk() = default;
Clerk::Clerk(Clerk&&) noexcept = default;

Checked<const Settled*> Clerk::settle(std::string_view bill_text) {
  auto bill = read_bill(bill_text, reader_);
  if (!bill) return std::unexpected(std::move(bill.error()));
  return settle(std::move(*bill));
}

Checked<const Settled*> Clerk::settle(Bill bill) {
  auto library = desk_->library(bill.region);
  if (!library) return std::unexpected(library.error());
  auto priced = desk_->priced(std::move(bill));
  if (!priced) return std::unexpected(std::move(priced.error()));
  return settle(std::move(*library), std::move(*priced));
}

Checked<const Settled*> Clerk::settle(LibraryPointer library, Bill bill) {
  settled_.library = std::move(library);
  settled_.bill = std::move(bill);
  auto bound = bind(*settled_.library, settled_.bill);
  if (!bound) return one(std::move(bound.error()));
  settled_.bound = std::move(*bound);
  if (auto error = assess(*settled_.library, settled_.bound, *workspace_, settled_.assessment))
    return one(std::move(*error));
  if (auto error = require_lines(settled_.bound, settled_.assessment)) return one(std::move(*error));
  return &settled_;
}

Checked<Explanation*> Clerk::explain() {
  explanation_ = std::make_unique<Explanation>();
  if (auto error = fenming::explain(*settled_.library, settled_.bound, *explanation_))
    return one(std::move(*error));
  add_outputs(*explanation_);
  return explanation_.get();
}

}  // namespace fenming
