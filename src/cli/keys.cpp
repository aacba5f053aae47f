#include "cli/keys.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/check.h"
#include "cli/files.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

constexpr unsigned groups = 256;
constexpr std::string_view master_id = "master-1";

std::string group_of(std::string_view psn_no) {
  const Digest digest = sm3(psn_no);
  return fmt::format("g{:03}", digest.front() % groups);
}

Error unreadable(const fs::path& path) { return {Code::file_unreadable, "", path.string(), {"key"}}; }

std::optional<Error> write_secret(const fs::path& path, std::string_view text) {
  if (auto error = write_file(path, text)) return error;
  std::error_code failed;
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write, failed);
  if (failed) return Error{Code::file_unwritable, "", path.string(), {failed.message()}};
  return std::nullopt;
}

std::optional<Error> begin(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  const SecretKey master = SecretKey::random();
  KeyRing ring;
  for (unsigned group = 0; group < groups; ++group) ring.add(fmt::format("g{:03}", group), master, master_id);
  if (auto error = write_secret(folder / "ring.txt", ring.write())) return error;
  return write_secret(folder / "master.key", to_hex(master.bytes()) + "\n");
}

}  // namespace

Result<std::unique_ptr<PersonSealer>> PersonSealer::open(const std::string& name) {
  const fs::path folder(name);
  std::error_code ignored;
  if (!fs::exists(folder / "master.key", ignored))
    if (auto error = begin(folder)) return std::unexpected(*error);
  const auto master_text = read_file(folder / "master.key");
  if (!master_text) return std::unexpected(master_text.error());
  const auto master = SecretKey::from_hex(*master_text);
  if (!master) return std::unexpected(unreadable(folder / "master.key"));
  const auto ring_text = read_file(folder / "ring.txt");
  if (!ring_text) return std::unexpected(ring_text.error());
  auto ring = KeyRing::read(*ring_text);
  if (!ring || !ring->key("g000", *master)) return std::unexpected(unreadable(folder / "ring.txt"));
  return std::unique_ptr<PersonSealer>(new PersonSealer(*master, std::move(*ring)));
}

std::string PersonSealer::seal(std::string_view psn_no, std::string_view plain) const {
  auto sealed = ring_.seal(group_of(psn_no), master_, psn_no, plain);
  CHECK(sealed, "every group has a key");
  return std::move(*sealed);
}

Result<SigningKeys> signing_keys(const std::string& name) {
  const fs::path folder(name);
  std::error_code ignored;
  if (!fs::exists(folder / "sign.key", ignored)) {
    fs::create_directories(folder, ignored);
    const SigningKeys made = new_signing_keys();
    if (auto error = write_file(folder / "sign.pub", made.public_pem)) return std::unexpected(*error);
    if (auto error = write_secret(folder / "sign.key", made.private_pem)) return std::unexpected(*error);
  }
  auto private_pem = read_file(folder / "sign.key");
  if (!private_pem) return std::unexpected(private_pem.error());
  const auto signer = Signer::open(*private_pem);
  if (!signer) return std::unexpected(unreadable(folder / "sign.key"));
  return SigningKeys{std::move(*private_pem), signer->public_pem()};
}

}  // namespace fenming
