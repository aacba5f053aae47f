#include "store/verify.h"

#include <algorithm>

namespace fenming {
namespace {

constexpr std::size_t batches_at_once = 256;
constexpr std::size_t signed_heads_at_once = 1'024;

Error damage(const std::string& what) { return {Code::store_damaged, "", what, {}}; }

std::string span_name(const Batch& batch) {
  return "records " + std::to_string(batch.first) + " to " + std::to_string(batch.first + batch.count - 1);
}

class Verifier {
 public:
  explicit Verifier(Store& store) : store_(store) {}

  Result<ChainReport> run() {
    const auto head = store_.head();
    if (!head) return std::unexpected(head.error());
    while (report_.head.position < head->position) {
      const auto batches = next_batches(head->position);
      if (!batches) return std::unexpected(batches.error());
      if (batches->empty())
        return std::unexpected(damage("record " + std::to_string(report_.head.position + 1) + ": no batch"));
      if (auto error = check_batches(*batches)) return std::unexpected(*std::move(error));
    }
    if (report_.head.position != head->position || report_.head.root != head->root)
      return std::unexpected(damage("head " + std::to_string(head->position)));
    report_.head.epoch = head->epoch;
    if (auto error = check_ends_of_signed_heads()) return std::unexpected(*std::move(error));
    return report_;
  }

 private:
  // What has been appended since run() began is left out.
  Result<std::vector<Batch>> next_batches(std::uint64_t last) {
    std::vector<Batch> batches;
    const auto read = store_.read_batches(report_.head.position + 1, [&](const Batch& batch) {
      if (batch.first > last) return false;
      batches.push_back(batch);
      return batches.size() < batches_at_once;
    });
    if (!read) return std::unexpected(read.error());
    return batches;
  }

  std::optional<Error> check_batches(const std::vector<Batch>& batches) {
    std::uint64_t next = report_.head.position + 1;
    for (const Batch& batch : batches) {
      if (batch.first != next || batch.count == 0 || batch.leaf_heads.size() != batch.count * leaf_head_bytes)
        return damage("batch that begins at record " + std::to_string(next));
      next += batch.count;
    }
    auto batch = batches.begin();
    std::vector<Digest> leaves;
    std::optional<Error> error;
    const auto read = store_.read(batches.front().first, [&](std::uint64_t position, std::string_view bytes) {
      if (position != batch->first + leaves.size()) return false;
      leaves.push_back(merkle_leaf(bytes));
      if (leaves.size() < batch->count) return true;
      error = check_batch(*batch, leaves);
      leaves.clear();
      return !error && ++batch != batches.end();
    });
    if (!read) return read.error();
    if (error) return error;
    if (batch != batches.end())
      return damage("record " + std::to_string(batch->first + leaves.size()) + ": missing");
    return check_signed_heads_of(batches);
  }

  std::optional<Error> check_batch(const Batch& batch, std::span<const Digest> leaves) {
    for (std::size_t i = 0; i < leaves.size(); ++i)
      if (bytes_of(leaves[i]).substr(0, leaf_head_bytes) !=
          std::string_view(batch.leaf_heads).substr(i * leaf_head_bytes, leaf_head_bytes))
        return damage("record " + std::to_string(batch.first + i));
    if (merkle_root(leaves) != batch.batch_root) return damage(span_name(batch) + ": batch root");
    if (chain_root(report_.head.root, batch.batch_root, batch.first, batch.count) != batch.root)
      return damage(span_name(batch) + ": root");
    report_.head.position = batch.first + batch.count - 1;
    report_.head.root = batch.root;
    ++report_.batches;
    return std::nullopt;
  }

  // Those whose position lies within the batches: a head is the end of a batch.
  std::optional<Error> check_signed_heads_of(const std::vector<Batch>& batches) {
    const std::uint64_t last = report_.head.position;
    std::uint64_t from = batches.front().first;
    for (auto batch = batches.begin(); from <= last;) {
      const auto heads = store_.signed_heads(from, signed_heads_at_once);
      if (!heads) return heads.error();
      for (const SignedHead& head : *heads) {
        if (head.position > last) return std::nullopt;
        while (batch->first + batch->count <= head.position) ++batch;
        if (head.position != batch->first + batch->count - 1 || head.root != batch->root)
          return damage("signed head " + std::to_string(head.position));
        ++report_.signed_heads;
      }
      if (heads->size() < signed_heads_at_once) return std::nullopt;
      from = heads->back().position + 1;
    }
    return std::nullopt;
  }

  // None before the first record, none beyond the head.
  std::optional<Error> check_ends_of_signed_heads() {
    const auto first = store_.signed_heads(0, 1);
    if (!first) return first.error();
    if (!first->empty() && first->front().position == 0) return damage("signed head 0");
    const auto now = store_.head();
    if (!now) return now.error();
    const auto beyond = store_.signed_heads(now->position + 1, 1);
    if (!beyond) return beyond.error();
    if (!beyond->empty()) return damage("signed head " + std::to_string(beyond->front().position));
    return std::nullopt;
  }

  Store& store_;
  ChainReport report_;
};

}  // namespace

Result<ChainReport> verify_chain(Store& store) { return Verifier(store).run(); }

}  // namespace fenming
