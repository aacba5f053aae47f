// Files as values: the only place of the command line that opens any.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "model/error.h"

namespace fenming {

Result<std::string> read_file(const std::filesystem::path& path);  // "-": standard input
// The whole file or nothing of it: written under another name, then renamed.
std::optional<Error> write_file(const std::filesystem::path& path, std::string_view text);

// The same, for its owner's eyes only from its first byte on, and on the disk when it returns: it may be a key.
std::optional<Error> write_secret_file(const std::filesystem::path& path, std::string_view text);

class MappedFile {  // a large input, read where it lies
 public:
  static Result<MappedFile> open(const std::filesystem::path& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();
  std::string_view text() const { return {data_, size_}; }

 private:
  MappedFile() = default;
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace fenming
