// Desk: what every command needs between a bill and its answer. Finds the library of a bill's region, prices,
// binds, assesses. The only place of the command line that calls the engine.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalogue.h"
#include "policy/explain.h"
#include "protocol/bill_json.h"

namespace fenming {

using LibraryPointer = std::shared_ptr<const Library>;

// Folders that hold a region.yaml: `folder` itself, else those directly inside, by name.
Checked<std::vector<std::filesystem::path>> library_folders(const std::filesystem::path& folder);

// The one of these folders that belongs to a region, by the beginning of its name; a single folder may have
// any name.
Checked<std::filesystem::path> library_folder(const std::vector<std::filesystem::path>& folders,
                                              const std::string& region);

// The files of a library, region.yaml first, and those of its base, which is looked for beside it and whose
// files are named
// "<base>/<file>".
struct LibrarySources {
  std::vector<SourceFile> own, base;
};
Checked<LibrarySources> library_sources(const std::filesystem::path& folder);

Checked<LibraryPointer> load_library(const std::filesystem::path& folder);

// One bill's way through the desk.
struct Settled {
  LibraryPointer library;
  Bill bill;  // priced
  BoundBill bound;
  Assessment assessment;
};

class Desk {  // any number of threads
 public:
  // `rules`: one library or a folder of libraries; `catalogue`: a CSV file, or empty.
  static Checked<std::unique_ptr<Desk>> open(const std::filesystem::path& rules,
                                             const std::filesystem::path& catalogue = {});

  Checked<LibraryPointer> library(const std::string& region);  // read when first asked for, then kept
  Checked<Bill> priced(Bill bill) const;
  std::string basis() const;  // digest of the program's version, all library files and the catalogue

 private:
  Desk() = default;
  std::vector<std::filesystem::path> folders_;
  std::optional<Catalogue> catalogue_;
  std::string catalogue_digest_;
  std::mutex mutex_;
  std::map<std::string, Checked<LibraryPointer>> known_;
};

class Clerk {  // the buffers of one thread
 public:
  explicit Clerk(Desk& desk);
  ~Clerk();
  Clerk(Clerk&&) noexcept;

  // The result is the clerk's own and lives until the next call.
  Checked<const Settled*> settle(std::string_view bill_text);
  Checked<const Settled*> settle(Bill bill);  // read elsewhere
  Checked<const Settled*> settle(LibraryPointer library,
                                 Bill bill);  // by this library whatever the bill's region; not priced

  // How the last settled bill came about; lives until the next call.
  Checked<Explanation*> explain();

 private:
  Desk* desk_;
  JsonReader reader_;
  std::unique_ptr<Workspace> workspace_;
  Settled settled_;
  std::unique_ptr<Explanation> explanation_;
};

}  // namespace fenming
