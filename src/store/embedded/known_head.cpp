#include "store/embedded/known_head.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/bytes.h"
#include "store/checksum.h"

namespace fenming {
namespace {

constexpr std::size_t file_bytes = 64;
constexpr std::string_view title = "fenming head\n";
constexpr std::uint64_t seed = 1;

std::string written(const KnownHead::Marks& marks) {
  std::string bytes(title);
  ByteWriter out(bytes);
  for (const std::uint64_t number : {marks.position, marks.signed_position, marks.artifacts})
    out.number(number);
  out.number(checksum64(bytes, seed));
  bytes.resize(file_bytes);
  return bytes;
}

}  // namespace

KnownHead::~KnownHead() {
  if (file_ >= 0) ::close(file_);
}

KnownHead::KnownHead(KnownHead&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

Result<KnownHead> KnownHead::open(const std::string& path) {
  KnownHead head;
  head.file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (head.file_ < 0)
    return std::unexpected(Error{Code::store_failed, "", path + ": " + std::strerror(errno), {}});
  return head;
}

std::optional<KnownHead::Marks> KnownHead::read() const {
  std::string bytes(file_bytes, '\0');
  const auto count = ::pread(file_, bytes.data(), bytes.size(), 0);
  if (count != static_cast<ssize_t>(bytes.size()) || !bytes.starts_with(title)) return std::nullopt;
  ByteReader in(std::string_view(bytes).substr(title.size()));
  Marks marks;
  marks.position = in.number();
  marks.signed_position = in.number();
  marks.artifacts = in.number();
  if (!in.ok() || written(marks) != bytes) return std::nullopt;
  return marks;
}

void KnownHead::write(const Marks& marks) {
  const std::string bytes = written(marks);
  // A write that fails leaves an older mark: a weaker check at the next opening, never a wrong one.
  [[maybe_unused]] const auto count = ::pwrite(file_, bytes.data(), bytes.size(), 0);
}

}  // namespace fenming
