#include "settlement/stored_record.h"

#include "model/record.h"

namespace fenming {

Result<Decision> stored_record(Store& store, std::uint64_t position) {
  std::optional<Result<Decision>> read;
  const auto done = store.read(
      position,
      [&](std::uint64_t at, std::string_view bytes) {
        if (at == position) read = read_record(bytes);
        return false;
      },
      1);
  if (!done) return std::unexpected(done.error());
  if (!read) return std::unexpected(Error{Code::store_damaged, "", std::to_string(position), {}});
  return std::move(*read);
}

Result<std::shared_ptr<const Decision>> StoredRecords::at(std::uint64_t position) {
  if (const auto& [known, decision] = kept_[position % kept_.size()]; known == position) return decision;
  auto read = stored_record(store_, position);
  if (!read) return std::unexpected(read.error());
  return keep(position, std::make_shared<const Decision>(std::move(*read)));
}

std::shared_ptr<const Decision> StoredRecords::keep(std::uint64_t position,
                                                    std::shared_ptr<const Decision> decision) {
  kept_[position % kept_.size()] = {position, decision};
  return decision;
}

}  // namespace fenming
