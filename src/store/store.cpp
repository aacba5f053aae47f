#include "store/store.h"

namespace fenming {
namespace {

std::string big_endian(std::uint64_t number, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<char>(number >> (8 * i)));
  return out;
}

}  // namespace

Digest chain_root(const Digest& previous, const Digest& batch_root, std::uint64_t first,
                  std::uint64_t count) {
  return sm3({bytes_of(previous), bytes_of(batch_root), big_endian(first, 8), big_endian(count, 4)});
}

}  // namespace fenming
