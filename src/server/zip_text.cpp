#include "server/zip_text.h"

#include <zip.h>

#include <memory>

#include "base/check.h"

namespace fenming {
namespace {

constexpr zip_int64_t fixed_time = 1735689600;  // the bytes must not depend on the hour of the download

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

}  // namespace

std::string zip_text(const std::string& name, std::string_view text) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* whole = zip_source_buffer_create(nullptr, 0, 0, &error);
  CHECK(whole != nullptr, "a buffer in memory can be made");
  zip_source_keep(whole);
  zip_t* archive = zip_open_from_source(whole, ZIP_TRUNCATE, &error);
  CHECK(archive != nullptr, "a new archive in memory can be opened");
  zip_source_t* part = zip_source_buffer(archive, text.data(), text.size(), 0);
  CHECK(part != nullptr, "a text in memory is a source");
  const zip_int64_t index = zip_file_add(archive, name.c_str(), part, ZIP_FL_ENC_UTF_8);
  CHECK(index >= 0, "the first file of an archive can be added");
  zip_file_set_mtime(archive, static_cast<zip_uint64_t>(index), fixed_time, 0);
  CHECK(zip_close(archive) == 0, "an archive in memory can be written");
  zip_source_open(whole);
  zip_source_seek(whole, 0, SEEK_END);
  std::string bytes(static_cast<std::size_t>(zip_source_tell(whole)), '\0');
  zip_source_seek(whole, 0, SEEK_SET);
  const zip_int64_t read = zip_source_read(whole, bytes.data(), bytes.size());
  CHECK(read == static_cast<zip_int64_t>(bytes.size()), "what was written is read");
  zip_source_close(whole);
  zip_source_free(whole);
  return bytes;
}

std::optional<std::string> text_of_zip(std::string_view bytes, std::size_t bytes_max, bool* too_large) {
  const auto fits = [&](std::uint64_t size) {
    if (too_large != nullptr) *too_large = size > bytes_max;
    return size <= bytes_max;
  };
  if (!bytes.starts_with("PK")) return fits(bytes.size()) ? std::optional(std::string(bytes)) : std::nullopt;
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* whole = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (whole == nullptr) return std::nullopt;
  const std::unique_ptr<zip_t, Discard> archive(zip_open_from_source(whole, ZIP_RDONLY, &error));
  if (archive == nullptr) {
    zip_source_free(whole);
    return std::nullopt;
  }
  zip_stat_t stat;
  if (zip_stat_index(archive.get(), 0, 0, &stat) != 0 || (stat.valid & ZIP_STAT_SIZE) == 0 ||
      !fits(stat.size))
    return std::nullopt;
  const std::unique_ptr<zip_file_t, Discard> file(zip_fopen_index(archive.get(), 0, 0));
  if (file == nullptr) return std::nullopt;
  std::string text(stat.size, '\0');
  const zip_int64_t read = zip_fread(file.get(), text.data(), text.size());
  return read == static_cast<zip_int64_t>(text.size()) ? std::optional(std::move(text)) : std::nullopt;
}

}  // namespace fenming
