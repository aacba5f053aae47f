// For tests: a store over another one, whose calls go wrong as long as a test wants it.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "store/store.h"

namespace fenming {

struct StoreFaults {
  std::atomic<bool> append_fails = false;    // nothing is written
  std::atomic<bool> answer_is_lost = false;  // of an append that is written: store_unknown
  std::atomic<bool> nothing_came = false;    // store_unknown too, and nothing is written
  std::atomic<int> moved = 0;                // so many appends find that somebody else's came first
  std::atomic<bool> head_fails = false;
  std::atomic<bool> views_fail = false;            // nothing is written
  std::atomic<bool> views_answer_is_lost = false;  // they are written, and an error is told
  std::atomic<bool> watermark_fails = false;
  std::atomic<bool> taken_over = false;  // by another server
  std::atomic<bool> artifacts_fail = false;
  std::atomic<std::uint64_t> records_read = 0, artifacts_read = 0;
};

class FaultyStore final : public Store {
 public:
  FaultyStore(std::unique_ptr<Store> below, StoreFaults& faults)
      : below_(std::move(below)), faults_(faults) {}

  Result<Head> head() override {
    if (faults_.head_fails) return failed();
    auto head = below_->head();
    if (head && faults_.taken_over) ++head->epoch;
    return head;
  }
  Result<Head> append(std::span<const NewRecord> records, const Head& expected) override {
    if (faults_.taken_over) return failed(Code::store_lost);
    if (faults_.moved > 0) {
      --faults_.moved;
      return failed(Code::store_moved);
    }
    if (faults_.append_fails) return failed();
    if (faults_.nothing_came) return failed(Code::store_unknown);
    auto done = below_->append(records, expected);
    return done && faults_.answer_is_lost ? failed(Code::store_unknown) : done;
  }
  Result<void> read(std::uint64_t first, const TakeRecord& take, std::uint64_t count_max) override {
    return below_->read(
        first,
        [&](std::uint64_t position, std::string_view bytes) {
          ++faults_.records_read;
          return take(position, bytes);
        },
        count_max);
  }
  Result<void> read_batches(std::uint64_t from_position, const TakeBatch& take) override {
    return below_->read_batches(from_position, take);
  }
  Result<Digest> put_artifact(std::string_view bytes) override { return below_->put_artifact(bytes); }
  Result<std::string> artifact(const Digest& digest) override {
    ++faults_.artifacts_read;
    if (faults_.artifacts_fail) return failed();
    return below_->artifact(digest);
  }
  Result<void> put_signed_head(const SignedHead& head) override { return below_->put_signed_head(head); }
  Result<std::vector<SignedHead>> signed_heads(std::uint64_t from_position, std::size_t count_max) override {
    return below_->signed_heads(from_position, count_max);
  }
  Result<std::uint64_t> watermark() override {
    if (faults_.watermark_fails) return failed();
    return below_->watermark();
  }
  Result<void> write_views(const ViewBatch& batch) override {
    if (faults_.taken_over) return failed(Code::store_lost);
    if (faults_.views_fail) return failed();
    auto done = below_->write_views(batch);
    if (done && faults_.views_answer_is_lost) return failed();
    return done;
  }
  Result<void> drop_views() override { return below_->drop_views(); }
  Result<std::optional<Found>> find(const MessageKey& key) override { return below_->find(key); }
  Result<std::string> newest_message(const std::string& provider) override {
    return below_->newest_message(provider);
  }
  Result<std::vector<StateRow>> state(std::span<const std::string> objects) override {
    return below_->state(objects);
  }
  Result<void> rows(ViewTable table, std::span<const ViewCell> from, const TakeRow& take) override {
    return below_->rows(table, from, take);
  }
  Result<void> backup(const std::string& folder) override { return below_->backup(folder); }

 private:
  static std::unexpected<Error> failed(Code code = Code::store_failed) {
    return std::unexpected(Error{code, "", "as the test wants it", {}});
  }

  std::unique_ptr<Store> below_;
  StoreFaults& faults_;
};

}  // namespace fenming
