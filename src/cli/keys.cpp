#include "cli/keys.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <filesystem>

#include "base/check.h"
#include "cli/files.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view master_id = "master-1";

Error unreadable(const fs::path& path) { return {Code::file_unreadable, "", path.string(), {"key"}}; }

std::optional<Error> begin(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  const SecretKey master = SecretKey::random();
  KeyRing ring;
  for (unsigned group = 0; group < Vault::groups; ++group)
    ring.add(fmt::format("g{:03}", group), master, master_id);
  if (auto error = write_secret_file(folder / "ring.txt", ring.write())) return error;
  return write_secret_file(folder / "master.key", to_hex(master.bytes()) + "\n");
}

}  // namespace

Result<std::shared_ptr<const Vault>> open_vault(const std::string& name) {
  const fs::path folder(name);
  std::error_code ignored;
  if (!fs::exists(folder / "master.key", ignored))
    if (auto error = begin(folder)) return std::unexpected(*error);
  if (!fs::exists(folder / "index.key", ignored))
    if (auto error = write_secret_file(folder / "index.key", to_hex(SecretKey::random().bytes()) + "\n"))
      return std::unexpected(*error);
  const auto master_text = read_file(folder / "master.key"), index_text = read_file(folder / "index.key");
  if (!master_text) return std::unexpected(master_text.error());
  if (!index_text) return std::unexpected(index_text.error());
  const auto master = SecretKey::from_hex(*master_text), index = SecretKey::from_hex(*index_text);
  if (!master) return std::unexpected(unreadable(folder / "master.key"));
  if (!index) return std::unexpected(unreadable(folder / "index.key"));
  const auto ring_text = read_file(folder / "ring.txt");
  if (!ring_text) return std::unexpected(ring_text.error());
  const auto ring = KeyRing::read(*ring_text);
  if (!ring) return std::unexpected(unreadable(folder / "ring.txt"));
  auto vault = Vault::open(*ring, *master, *index);
  if (!vault) return std::unexpected(unreadable(folder / "ring.txt"));
  return std::make_shared<const Vault>(std::move(*vault));
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
