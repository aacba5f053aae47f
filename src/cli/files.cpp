#include "cli/files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

#include "store/embedded/database.h"

namespace fenming {
namespace {

Error failed(Code code, const std::filesystem::path& path) {
  return Error{code, "", path.string(), {std::strerror(errno)}};
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  if (std::filesystem::is_directory(path)) {
    errno = EISDIR;
    return std::unexpected(failed(Code::file_unreadable, path));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::unexpected(failed(Code::file_unreadable, path));
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (file.bad()) return std::unexpected(failed(Code::file_unreadable, path));
  return text;
}

namespace {

std::optional<Error> write_whole(const std::filesystem::path& path, std::string_view text, bool durable) {
  const std::filesystem::path temporary = path.string() + ".new";
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file || (durable && !sync_file(temporary.string()))) return failed(Code::file_unwritable, path);
  if (std::rename(temporary.c_str(), path.c_str()) != 0) return failed(Code::file_unwritable, path);
  const std::filesystem::path folder = path.parent_path().empty() ? "." : path.parent_path();
  if (durable && !sync_folder(folder.string())) return failed(Code::file_unwritable, folder);
  return std::nullopt;
}

}  // namespace

std::optional<Error> write_file(const std::filesystem::path& path, std::string_view text) {
  return write_whole(path, text, false);
}

std::optional<Error> write_secret_file(const std::filesystem::path& path, std::string_view text) {
  const std::filesystem::path temporary = path.string() + ".new";
  const int file = ::open(temporary.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  const bool private_file =
      file >= 0 && ::fchmod(file, S_IRUSR | S_IWUSR) == 0;  // one left there may be anybody's
  struct stat before{};  // an administrator's command must not take the node's file away from it
  const bool owned = ::stat(path.c_str(), &before) != 0 || before.st_uid == ::geteuid() ||
                     (file >= 0 && ::fchown(file, before.st_uid, before.st_gid) == 0);
  if (file >= 0) ::close(file);
  return private_file && owned ? write_whole(path, text, true) : failed(Code::file_unwritable, path);
}

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::unexpected(failed(Code::file_unreadable, path));
  struct stat status{};
  MappedFile mapped;
  bool fine = ::fstat(file, &status) == 0;
  if (fine && !S_ISREG(status.st_mode)) {
    errno = EINVAL;
    fine = false;
  }
  if (fine && status.st_size > 0) {
    void* data = ::mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_PRIVATE, file, 0);
    fine = data != MAP_FAILED;
    if (fine) {
      mapped.data_ = static_cast<const char*>(data);
      mapped.size_ = static_cast<std::size_t>(status.st_size);
    }
  }
  const int error = errno;
  ::close(file);
  errno = error;
  if (!fine) return std::unexpected(failed(Code::file_unreadable, path));
  return mapped;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

}  // namespace fenming
