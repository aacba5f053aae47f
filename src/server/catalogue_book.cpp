#include "server/catalogue_book.h"

#include <fmt/format.h>

#include <charconv>
#include <set>

namespace fenming {
namespace {

bool same(const CatalogueItem& one, const CatalogueItem& other) {
  return one.name_zh == other.name_zh && one.name_en == other.name_en && one.item_class == other.item_class &&
         one.kind == other.kind && one.source == other.source && one.unit_limit == other.unit_limit &&
         one.to == other.to;
}

}  // namespace

Result<std::shared_ptr<const CatalogueEdition>> CatalogueBook::edition(SettlementDesk& desk) {
  const std::lock_guard lock(mutex_);
  std::vector<std::uint64_t> adopted;
  std::uint64_t seen = seen_;
  const ViewCell from = static_cast<std::int64_t>(seen_ + 1);
  const auto read =
      desk.store().rows(ViewTable::record, std::span(&from, 1), [&](std::span<const ViewCell> row) {
        seen = static_cast<std::uint64_t>(std::get<std::int64_t>(row[0]));
        if (std::get<std::string_view>(row[3]) == "adopt_catalogue") adopted.push_back(seen);
        return true;
      });
  if (!read) return std::unexpected(read.error());
  for (const std::uint64_t position : adopted)
    if (auto done = adopt(desk, position); !done) return std::unexpected(done.error());
  seen_ = seen;
  if (!adopted.empty()) {
    auto edition = std::make_shared<CatalogueEdition>();
    edition->version = version_;
    for (const auto& [key, entry] : entries_) edition->entries.push_back(entry);
    edition_ = std::move(edition);
  }
  return edition_;
}

Result<void> CatalogueBook::adopt(SettlementDesk& desk, std::uint64_t position) {
  const auto record = desk.record(position);
  if (!record) return std::unexpected(record.error());
  const auto* command = std::get_if<AdoptCatalogue>(&(*record)->command.action);
  if (command == nullptr || command->digest.size() != sizeof(Digest))
    return std::unexpected(Error{Code::store_damaged, "", std::to_string(position), {}});
  const auto bytes = desk.store().artifact(to_digest(command->digest));
  if (!bytes) return std::unexpected(bytes.error());
  const auto catalogue = Catalogue::read(*bytes, "catalog.csv");
  if (!catalogue) return std::unexpected(catalogue.error().front());
  seen_ = position;
  ++version_;
  const Date day = civil_day((*record)->time);
  std::set<std::pair<std::string, Date>> here;
  for (const CatalogueItem& item : catalogue->items()) {
    const std::pair key(item.item, item.from);
    here.insert(key);
    const auto known = entries_.find(key);
    if (known == entries_.end() || !known->second.valid || !same(known->second.item, item))
      entries_[key] = {item, version_, day, true};
  }
  for (auto& [key, entry] : entries_)
    if (entry.valid && !here.contains(key)) entry.valid = false, entry.version = version_, entry.day = day;
  return {};
}

std::string version_text(unsigned version) { return fmt::format("v{:04}", version); }

unsigned version_of(std::string_view text) {
  if (text.size() < 2 || (text.front() != 'v' && text.front() != 'V')) return 0;
  unsigned version = 0;
  const auto read = std::from_chars(text.data() + 1, text.data() + text.size(), version);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() ? version : 0;
}

}  // namespace fenming
