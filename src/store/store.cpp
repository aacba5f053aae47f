#include "store/store.h"

#include "base/check.h"

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

Batch make_batch(std::span<const NewRecord> records, const Head& head) {
  CHECK(!records.empty(), "a batch holds at least one record");
  std::vector<Digest> leaves;
  leaves.reserve(records.size());
  Batch batch{head.position + 1, records.size(), {}, {}, {}};
  batch.leaf_heads.reserve(records.size() * leaf_head_bytes);
  for (const NewRecord& record : records) {
    leaves.push_back(record.leaf);
    batch.leaf_heads += bytes_of(record.leaf).substr(0, leaf_head_bytes);
  }
  batch.batch_root = merkle_root(leaves);
  batch.root = chain_root(head.root, batch.batch_root, batch.first, batch.count);
  return batch;
}

std::string head_message(std::uint64_t position, const Digest& root, Instant time) {
  std::string message = "fenming head 1";
  message += big_endian(position, 8);
  message += bytes_of(root);
  return message + big_endian(static_cast<std::uint64_t>(time.ms), 8);
}

}  // namespace fenming
