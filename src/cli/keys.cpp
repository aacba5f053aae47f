#include "cli/keys.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/check.h"
#include "cli/files.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

constexpr const char* old_next = "master.next";  // where versions before left the next key during a rotation

// Where the master key really lies: it may be a link to another disk, and a rotation replaces the file, not the link. The next one stands
// beside it until then, under its name: several folders may keep theirs in one place.
fs::path master_file(const fs::path& folder) {
  std::error_code failed;
  const fs::path real = fs::canonical(folder / "master.key", failed);
  return failed ? folder / "master.key" : real;
}
fs::path next_master_file(const fs::path& folder) { return master_file(folder).string() + ".next"; }

Error unreadable(const fs::path& path) { return {Code::file_unreadable, "", path.string(), {"key"}}; }

std::optional<Error> begin(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  const SecretKey master = SecretKey::random();
  KeyRing ring;
  for (const std::string& group : Vault::all_groups()) ring.add(group, master, "master-1");
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
  for (const std::string& group : Vault::all_groups())
    for (unsigned nth = Vault::newest(ring, group); nth > 0; --nth) {
      const auto key = ring.key(Vault::key_id(group, nth), master);
      if (key) return true;
      if (key.error() != SealFault::key_erased) return false;
    }
  return false;
}

// A file or a folder. On the key folder: whoever changes or reads it has it alone. On its index.key, which is never replaced: all who
// have the vault open share it, for as long as they do.
class PathLock {
 public:
  PathLock(const fs::path& path, int how) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    held_ = file_ >= 0 && ::flock(file_, how) == 0;
  }
  ~PathLock() {
    if (file_ >= 0) ::close(file_);
  }
  PathLock(const PathLock&) = delete;
  PathLock& operator=(const PathLock&) = delete;
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
  for (const fs::path& file : {next_master_file(folder), folder / old_next}) {
    if (!fs::exists(file, failed)) continue;
    const auto next = secret_key(file);
    if (!next || !opens(*ring, *next)) continue;
    fs::rename(file, master_file(folder), failed);
    if (failed) return std::unexpected(unreadable(file));
    return Keys{std::move(*ring), std::move(*ring_text), *next};
  }
  return std::unexpected(unreadable(folder / "master.key"));
}

// 6 of a ring under "master-6".
std::uint64_t master_number(std::string_view ring_text) {
  constexpr std::string_view word = " master-";
  const std::size_t at = ring_text.find(word);
  std::uint64_t number = 0;
  if (at != std::string_view::npos) {
    const std::string_view digits = ring_text.substr(at + word.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
  }
  return number;
}

std::string master_id(std::uint64_t number) { return fmt::format("master-{}", number); }

// A folder made before providers had groups of their own gets their keys. One of them lost is damage like any other.
std::optional<Error> add_provider_groups(const fs::path& folder, Keys& keys) {
  std::vector<std::string> missing;
  for (const std::string& group : Vault::all_groups())
    if (Vault::newest(keys.ring, group) == 0) missing.push_back(group);
  if (missing.size() != Vault::provider_groups || !missing.front().starts_with('p')) return std::nullopt;
  for (const std::string& group : missing)
    keys.ring.add(group, keys.master, master_id(master_number(keys.ring_text)));
  keys.ring_text = keys.ring.write();
  return write_secret_file(folder / "ring.txt", keys.ring_text);
}

struct OpenVault {
  PathLock in_use;
  Vault vault;
};

}  // namespace

Result<std::shared_ptr<const Vault>> open_vault(const std::string& name) {
  const fs::path folder(name);
  std::error_code ignored;
  const auto there = [&](const char* file) { return fs::exists(folder / file, ignored); };
  // A folder that lacks one of its files is damaged or not wholly mounted: nothing new goes over what is there.
  if (!there("master.key") && !there("ring.txt") && !there("index.key") && !there(old_next) &&
      !there("master.key.next"))
    if (auto error = begin(folder)) return std::unexpected(*error);
  const PathLock lock(folder, LOCK_EX);
  if (!lock.held()) return std::unexpected(unreadable(folder));
  auto keys = read_keys(folder);
  if (!keys) return std::unexpected(keys.error());
  if (auto error = add_provider_groups(folder, *keys)) return std::unexpected(std::move(*error));
  const auto index = secret_key(folder / "index.key");
  if (!index) return std::unexpected(index.error());
  auto vault = Vault::open(keys->ring, keys->master, *index);
  if (!vault) return std::unexpected(unreadable(folder / "ring.txt"));
  const std::shared_ptr<const OpenVault> open(
      new OpenVault{PathLock(folder / "index.key", LOCK_SH | LOCK_NB), std::move(*vault)});
  if (!open->in_use.held()) return std::unexpected(unreadable(folder / "index.key"));
  return std::shared_ptr<const Vault>(open, &open->vault);
}

Result<std::size_t> rotate_master_key(const std::string& name) {
  const fs::path folder(name);
  const PathLock lock(folder, LOCK_EX);
  if (!lock.held()) return std::unexpected(unreadable(folder));
  auto keys = read_keys(folder);
  if (!keys) return std::unexpected(keys.error());
  const SecretKey next = SecretKey::random();
  const auto wrapped = keys->ring.rewrap(keys->master, next, master_id(master_number(keys->ring_text) + 1));
  if (!wrapped) return std::unexpected(unreadable(folder / "ring.txt"));
  if (auto error = write_secret_file(next_master_file(folder), to_hex(next.bytes()) + "\n"))
    return std::unexpected(std::move(*error));
  if (auto error = write_secret_file(folder / "ring.txt", keys->ring.write()))
    return std::unexpected(std::move(*error));
  if (auto moved = read_keys(folder); !moved) return std::unexpected(moved.error());
  return *wrapped;
}

std::optional<Error> erase_group(const std::string& name, const std::string& group) {
  const fs::path folder(name);
  const PathLock lock(folder, LOCK_EX);
  if (!lock.held()) return unreadable(folder);
  auto keys = read_keys(folder);
  if (!keys) return keys.error();
  if (auto error = add_provider_groups(folder, *keys)) return error;
  if (!Vault::is_group(group)) return Error{Code::key_group, "", group, {}};
  std::error_code failed;
  if (!fs::exists(folder / "index.key", failed)) return unreadable(folder / "index.key");
  const PathLock alone(folder / "index.key", LOCK_EX | LOCK_NB);
  if (!alone.held()) return Error{Code::keys_in_use, "", folder.string(), {}};
  const unsigned nth = Vault::newest(keys->ring, group);
  if (!keys->ring.erase(Vault::key_id(group, nth)) ||
      !keys->ring.add(Vault::key_id(group, nth + 1), keys->master, master_id(master_number(keys->ring_text))))
    return unreadable(folder / "ring.txt");
  return write_secret_file(folder / "ring.txt", keys->ring.write());
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
