#include "cli/keys.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>

#include "base/check.h"
#include "cli/files.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view master_id = "master-1";
constexpr const char* next_master = "master.next";  // during a rotation

Error unreadable(const fs::path& path) { return {Code::file_unreadable, "", path.string(), {"key"}}; }

std::optional<Error> begin(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  const SecretKey master = SecretKey::random();
  KeyRing ring;
  for (unsigned group = 0; group < Vault::groups; ++group)
    ring.add(fmt::format("g{:03}", group), master, master_id);
  if (auto error = write_secret_file(folder / "ring.txt", ring.write())) return error;
  if (auto error = write_secret_file(folder / "index.key", to_hex(SecretKey::random().bytes()) + "\n"))
    return error;
  return write_secret_file(folder / "master.key", to_hex(master.bytes()) + "\n");
}

Result<SecretKey> secret_key(const fs::path& file) {
  const auto text = read_file(file);
  if (!text) return std::unexpected(text.error());
  const auto key = SecretKey::from_hex(*text);
  if (!key) return std::unexpected(unreadable(file));
  return *key;
}

struct Keys {
  KeyRing ring;
  std::string ring_text;
  SecretKey master;
};

bool opens(const KeyRing& ring, const SecretKey& master) {
  for (unsigned group = 0; group < Vault::groups; ++group) {
    const auto key = ring.key(fmt::format("g{:03}", group), master);
    if (key) return true;
    if (key.error() != SealFault::key_erased) return false;
  }
  return true;
}

// Whoever changes the folder has it alone; whoever reads it waits until nobody changes it.
class FolderLock {
 public:
  FolderLock(const fs::path& folder, int how)
      : file_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    held_ = file_ >= 0 && ::flock(file_, how) == 0;
  }
  ~FolderLock() {
    if (file_ >= 0) ::close(file_);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  bool held() const { return held_; }

 private:
  int file_;
  bool held_;
};

// A rotation writes the new master key beside the old one, then the ring, then puts the key in its place: one that was cut off in between
// is ended here.
Result<Keys> read_keys(const fs::path& folder) {
  auto ring_text = read_file(folder / "ring.txt");
  if (!ring_text) return std::unexpected(ring_text.error());
  auto ring = KeyRing::read(*ring_text);
  if (!ring) return std::unexpected(unreadable(folder / "ring.txt"));
  auto master = secret_key(folder / "master.key");
  if (!master) return std::unexpected(master.error());
  if (opens(*ring, *master)) return Keys{std::move(*ring), std::move(*ring_text), *master};
  std::error_code failed;
  const auto next = fs::exists(folder / next_master, failed)
                        ? secret_key(folder / next_master)
                        : Result<SecretKey>(std::unexpect, unreadable(folder));
  if (!next || !opens(*ring, *next)) return std::unexpected(unreadable(folder / "master.key"));
  fs::rename(folder / next_master, folder / "master.key", failed);
  if (failed) return std::unexpected(unreadable(folder / next_master));
  return Keys{std::move(*ring), std::move(*ring_text), *next};
}

// "master-7" of a ring under "master-6".
std::string next_master_id(std::string_view ring_text) {
  constexpr std::string_view word = " master-";
  const std::size_t at = ring_text.find(word);
  std::uint64_t number = 0;
  if (at != std::string_view::npos) {
    const std::string_view digits = ring_text.substr(at + word.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
  }
  return fmt::format("master-{}", number + 1);
}

}  // namespace

Result<std::shared_ptr<const Vault>> open_vault(const std::string& name) {
  const fs::path folder(name);
  std::error_code ignored;
  const auto there = [&](const char* file) { return fs::exists(folder / file, ignored); };
  // A folder that lacks one of its files is damaged or not wholly mounted: nothing new goes over what is there.
  if (!there("master.key") && !there("ring.txt") && !there("index.key") && !there(next_master))
    if (auto error = begin(folder)) return std::unexpected(*error);
  const FolderLock lock(folder, LOCK_EX);
  if (!lock.held()) return std::unexpected(unreadable(folder));
  const auto keys = read_keys(folder);
  if (!keys) return std::unexpected(keys.error());
  const auto index = secret_key(folder / "index.key");
  if (!index) return std::unexpected(index.error());
  auto vault = Vault::open(keys->ring, keys->master, *index);
  if (!vault) return std::unexpected(unreadable(folder / "ring.txt"));
  return std::make_shared<const Vault>(std::move(*vault));
}

Result<std::size_t> rotate_master_key(const std::string& name) {
  const fs::path folder(name);
  const FolderLock lock(folder, LOCK_EX);
  if (!lock.held()) return std::unexpected(unreadable(folder));
  auto keys = read_keys(folder);
  if (!keys) return std::unexpected(keys.error());
  const SecretKey next = SecretKey::random();
  const auto wrapped = keys->ring.rewrap(keys->master, next, next_master_id(keys->ring_text));
  if (!wrapped) return std::unexpected(unreadable(folder / "ring.txt"));
  if (auto error = write_secret_file(folder / next_master, to_hex(next.bytes()) + "\n"))
    return std::unexpected(std::move(*error));
  if (auto error = write_secret_file(folder / "ring.txt", keys->ring.write()))
    return std::unexpected(std::move(*error));
  if (auto moved = read_keys(folder); !moved) return std::unexpected(moved.error());
  return *wrapped;
}

void leave_no_core() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
}

Result<SigningKeys> signing_keys(const std::string& name) {
  const fs::path folder(name);
  std::error_code ignored;
  if (!fs::exists(folder / "sign.key", ignored)) {
    fs::create_directories(folder, ignored);
    const SigningKeys made = new_signing_keys();
    if (auto error = write_file(folder / "sign.pub", made.public_pem)) return std::unexpected(*error);
    if (auto error = write_secret_file(folder / "sign.key", made.private_pem)) return std::unexpected(*error);
  }
  auto private_pem = read_file(folder / "sign.key");
  if (!private_pem) return std::unexpected(private_pem.error());
  const auto signer = Signer::open(*private_pem);
  if (!signer) return std::unexpected(unreadable(folder / "sign.key"));
  return SigningKeys{std::move(*private_pem), signer->public_pem()};
}

}  // namespace fenming
