#include "store/receipt.h"

#include <algorithm>

#include "base/bytes.h"

namespace fenming {
namespace {

constexpr std::string_view receipt_mark = "fenming receipt 2\n";

Error no_receipt(std::uint64_t position) {
  return {Code::store_no_receipt, "", std::to_string(position), {}};
}

Result<SignedHead> head_after(Store& store, std::uint64_t position) {
  const auto heads = store.signed_heads(position, 1);
  if (!heads) return std::unexpected(heads.error());
  if (heads->empty()) return std::unexpected(no_receipt(position));
  return heads->front();
}

Digest read_digest(ByteReader& in) {
  const std::string_view bytes = in.raw(Digest{}.size());
  return bytes.empty() ? Digest{} : to_digest(bytes);
}

}  // namespace

Result<Receipt> make_receipt(Store& store, std::uint64_t position, bool with_record) {
  Receipt receipt;
  receipt.position = position;
  auto head = head_after(store, position);
  if (!head) return std::unexpected(head.error());
  receipt.head = std::move(*head);
  const auto batches = store.read_batches(position, [&](const Batch& batch) {
    if (batch.first > receipt.head.position) return false;
    if (receipt.count == 0)
      receipt.first = batch.first, receipt.count = batch.count;
    else
      receipt.steps.push_back({batch.batch_root, batch.first, batch.count});
    return true;
  });
  if (!batches) return std::unexpected(batches.error());
  if (receipt.count == 0) return std::unexpected(no_receipt(position));
  if (receipt.first > 1) {
    const auto before = store.read_batches(receipt.first - 1, [&](const Batch& batch) {
      receipt.previous_root = batch.root;
      return false;
    });
    if (!before) return std::unexpected(before.error());
  }
  std::vector<Digest> leaves;
  const auto records = store.read(receipt.first, [&](std::uint64_t at, std::string_view bytes) {
    if (with_record && at == position) receipt.record = bytes;
    leaves.push_back(merkle_leaf(bytes));
    return leaves.size() < receipt.count;
  });
  if (!records) return std::unexpected(records.error());
  if (leaves.size() != receipt.count) return std::unexpected(no_receipt(position));
  receipt.leaf = leaves[position - receipt.first];
  receipt.path = merkle_path(leaves, position - receipt.first);
  return receipt;
}

std::string write_receipt(const Receipt& receipt) {
  std::string bytes(receipt_mark);
  ByteWriter out(bytes);
  for (const std::uint64_t number : {receipt.position, receipt.first, receipt.count}) out.number(number);
  out.raw(bytes_of(receipt.leaf));
  out.number(receipt.path.size());
  for (const Digest& digest : receipt.path) out.raw(bytes_of(digest));
  out.raw(bytes_of(receipt.previous_root));
  out.number(receipt.steps.size());
  for (const Receipt::Step& step : receipt.steps) {
    out.raw(bytes_of(step.batch_root));
    out.number(step.first);
    out.number(step.count);
  }
  out.number(receipt.head.position);
  out.raw(bytes_of(receipt.head.root));
  out.integer(receipt.head.time.ms);
  out.text(receipt.head.signature);
  out.text(receipt.record);
  return bytes;
}

Result<Receipt> read_receipt(std::string_view bytes) {
  const auto damaged = [&] {
    return std::unexpected(Error{Code::record_damaged, "", std::to_string(bytes.size()), {}});
  };
  if (!bytes.starts_with(receipt_mark)) return damaged();
  ByteReader in(bytes.substr(receipt_mark.size()));
  Receipt receipt;
  for (std::uint64_t* number : {&receipt.position, &receipt.first, &receipt.count}) *number = in.number();
  receipt.leaf = read_digest(in);
  receipt.path.resize(in.count(Digest{}.size()));
  for (Digest& digest : receipt.path) digest = read_digest(in);
  receipt.previous_root = read_digest(in);
  receipt.steps.resize(in.count(Digest{}.size() + 2));
  for (Receipt::Step& step : receipt.steps) {
    step.batch_root = read_digest(in);
    step.first = in.number();
    step.count = in.number();
  }
  receipt.head.position = in.number();
  receipt.head.root = read_digest(in);
  receipt.head.time.ms = in.integer();
  receipt.head.signature = in.text();
  receipt.record = in.text();
  if (!in.done()) return damaged();
  return receipt;
}

std::string_view receipt_fault(const Receipt& receipt, const CheckReceiptSignature& signature_holds) {
  if (!receipt.record.empty() && merkle_leaf(receipt.record) != receipt.leaf) return "record";
  const std::uint64_t index = receipt.position - receipt.first;
  const bool placed = receipt.position >= receipt.first && index < receipt.count;
  if (!placed || receipt.count > 1 << 20 || receipt.path.size() > 20) return "path";
  const Digest batch_root = merkle_climb(receipt.leaf, index, receipt.count, receipt.path);
  Digest root = chain_root(receipt.previous_root, batch_root, receipt.first, receipt.count);
  std::uint64_t next = receipt.first + receipt.count;
  for (const Receipt::Step& step : receipt.steps) {
    if (step.first != next) return "path";
    root = chain_root(root, step.batch_root, step.first, step.count);
    next += step.count;
  }
  const SignedHead& head = receipt.head;
  if (root != head.root || head.position + 1 != next) return "path";
  return signature_holds(head_message(head.position, head.root, head.time), head.signature) ? ""
                                                                                            : "signature";
}

bool receipt_holds(const Receipt& receipt, std::string_view record,
                   const CheckReceiptSignature& signature_holds) {
  return merkle_leaf(record) == receipt.leaf && receipt_fault(receipt, signature_holds).empty();
}

}  // namespace fenming
