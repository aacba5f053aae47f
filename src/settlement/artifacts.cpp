#include "settlement/artifacts.h"

#include "model/codec.h"

namespace fenming {

template <>
struct Fields<SourceFile> {
  static constexpr auto list = std::tuple(field("name", &SourceFile::name), field("text", &SourceFile::text));
};

namespace {

constexpr std::string_view library_mark = "fenming rules 1\n";

Result<std::string> read(Store& store, const std::string& digest) {
  if (digest.size() != Digest{}.size())
    return std::unexpected(Error{Code::store_no_artifact, "", to_hex(digest), {}});
  return store.artifact(to_digest(digest));
}

}  // namespace

std::string pack_library(const std::vector<SourceFile>& files, const std::vector<SourceFile>& base) {
  std::string bytes(library_mark);
  ByteWriter out(bytes);
  encode(out, files);
  encode(out, base);
  return bytes;
}

Checked<std::shared_ptr<const Library>> unpack_library(std::string_view bytes) {
  const Error damaged{Code::record_damaged, "", std::to_string(bytes.size()), {}};
  if (!bytes.starts_with(library_mark)) return std::unexpected(std::vector{damaged});
  ByteReader in(bytes.substr(library_mark.size()));
  std::vector<SourceFile> files, base;
  decode(in, files);
  decode(in, base);
  if (!in.done()) return std::unexpected(std::vector{damaged});
  return read_library(std::move(files), std::move(base));
}

Result<std::shared_ptr<const Library>> Artifacts::library(const std::string& digest) {
  if (auto known = libraries_.find(digest)) return known;
  const auto bytes = read(store_, digest);
  if (!bytes) return std::unexpected(bytes.error());
  auto library = unpack_library(*bytes);
  if (!library) return std::unexpected(library.error().front());
  return libraries_.keep(digest, std::move(*library));
}

Result<std::shared_ptr<const Catalogue>> Artifacts::catalogue(const std::string& digest) {
  if (digest.empty()) return std::shared_ptr<const Catalogue>();
  if (auto known = catalogues_.find(digest)) return known;
  const auto bytes = read(store_, digest);
  if (!bytes) return std::unexpected(bytes.error());
  auto catalogue = Catalogue::read(*bytes, "catalog.csv");
  if (!catalogue) return std::unexpected(catalogue.error().front());
  return catalogues_.keep(digest, std::make_shared<const Catalogue>(std::move(*catalogue)));
}

}  // namespace fenming
