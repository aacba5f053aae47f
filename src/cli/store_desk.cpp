#include "cli/store_desk.h"

#include <chrono>
#include <filesystem>

#include "cli/desk.h"
#include "cli/files.h"
#include "cli/keys.h"
#include "store/embedded/embedded_store.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

std::unexpected<std::vector<Error>> one(Error error) {
  return std::unexpected(std::vector{std::move(error)});
}

}  // namespace

Now system_clock_now() {
  using namespace std::chrono;
  return {Instant{duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()},
          duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count()};
}

Result<std::unique_ptr<Store>> open_store(const std::string& folder, bool create, bool views_anew) {
  std::error_code error;
  if (!create && !fs::exists(fs::path(folder) / "journal.db", error))
    return std::unexpected(Error{Code::store_not_ours, "", folder, {}});
  EmbeddedOptions options;
  options.views_anew = views_anew;
  return open_embedded(folder, options);
}

Result<std::unique_ptr<SettlementDesk>> open_desk(std::unique_ptr<Store> store, DeskUse use) {
  DeskOptions options;
  options.attach_person = use.attach_person;
  options.batch_max = use.batch_max;
  options.limits = use.limits;
  if (!use.keys.empty()) {
    const auto pair = signing_keys(use.keys);
    if (!pair) return std::unexpected(pair.error());
    options.sign_head = [signer = Signer::open(pair->private_pem)](std::uint64_t position, const Digest& root,
                                                                   Instant time) {
      return signer->sign(head_message(position, root, time));
    };
  }
  options.clock = std::move(use.clock);
  return SettlementDesk::open(std::move(store), std::move(options));
}

Checked<std::string> adopt(SettlementDesk& desk, const std::string& library, const std::string& catalogue,
                           const std::string& by) {
  auto sources = library_sources(library);
  if (!sources) return std::unexpected(std::move(sources.error()));
  const std::string packed = pack_library(sources->own, sources->base);
  const auto sound = unpack_library(packed);
  if (!sound) return std::unexpected(sound.error());
  const auto digest = desk.put_artifact(packed);
  if (!digest) return one(digest.error());
  auto outcome = desk.call({{}, by, AdoptRules{std::string(bytes_of(*digest))}});
  if (!outcome) return one(outcome.error());
  if (catalogue.empty()) return to_hex(bytes_of(*digest));
  const auto text = read_file(catalogue);
  if (!text) return one(text.error());
  const auto items = Catalogue::read(*text, catalogue);
  if (!items) return std::unexpected(items.error());
  const auto items_digest = adopt_catalogue(desk, *text, by);
  if (!items_digest) return one(items_digest.error());
  return to_hex(bytes_of(*digest)) + " " + *items_digest;
}

Result<std::string> adopt_catalogue(SettlementDesk& desk, const std::string& text, const std::string& by) {
  const auto digest = desk.put_artifact(text);
  if (!digest) return std::unexpected(digest.error());
  const auto outcome = desk.call({{}, by, AdoptCatalogue{std::string(bytes_of(*digest))}});
  if (!outcome) return std::unexpected(outcome.error());
  return to_hex(bytes_of(*digest));
}

}  // namespace fenming
