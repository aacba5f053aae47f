// For tests: a sequence of operations, drawn from bytes, done to two stores side by side; the first answer that differs ends it.
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "store/test_stores.h"
#include "store/verify.h"

namespace fenming {

class StoreWalk {
 public:
  using Open = std::function<std::unique_ptr<Store>()>;
  StoreWalk(Open one, Open other) : open_one_(std::move(one)), open_other_(std::move(other)) { reopen(); }

  // What differed, if anything.
  std::optional<std::string> run(std::string_view bytes) {
    while (!bytes.empty() && !difference_) {
      const unsigned operation = static_cast<unsigned char>(bytes[0]) % 12U;
      const std::uint64_t value = bytes.size() > 1 ? static_cast<unsigned char>(bytes[1]) : 0;
      bytes.remove_prefix(std::min<std::size_t>(bytes.size(), 2));
      step(operation, value);
    }
    step(11, 0);
    return difference_;
  }

 private:
  void reopen() {
    one_.reset();
    other_.reset();
    one_ = open_one_();
    other_ = open_other_();
  }

  static std::string told(const Error& error) { return std::string(tag(error.code)); }
  static std::string told(const Head& head) {
    return std::to_string(head.position) + " " + to_hex(bytes_of(head.root));
  }

  template <class Ask>
  void compare(const char* what, Ask ask) {
    const std::string a = ask(*one_), b = ask(*other_);
    if (a != b) difference_ = std::string(what) + ": " + a.substr(0, 2'000) + " and " + b.substr(0, 2'000);
  }

  void step(unsigned operation, std::uint64_t value) {
    switch (operation) {
      case 0:
      case 1: return append(value, false);
      case 2: return append(value, true);
      case 3:
      case 4: return write_views(value);
      case 5: return read(value);
      case 6: return batches(value);
      case 7: return artifact(value);
      case 8: return signed_head(value);
      case 9: return rows(value);
      case 10:
        if (value < 32)
          compare("drop_views",
                  [](Store& s) { return s.drop_views() ? std::string() : std::string("failed"); });
        return;
      default:
        if (value % 4 == 0) reopen();
        compare("head", [](Store& s) { return told(s.head().value()); });
        compare("views", all_views);
        compare("chain", [](Store& s) {
          const auto report = verify_chain(s);
          return report ? std::to_string(report->batches) : told(report.error());
        });
    }
  }

  void append(std::uint64_t value, bool wrong_head) {
    compare("append", [&](Store& store) {
      Head expected = store.head().value();
      if (wrong_head)
        expected.position += value % 3, expected.root[value % 32] ^= static_cast<std::uint8_t>(value);
      const auto answer = store.append(test_records(value, value % 9, value * 7), expected);
      return answer ? told(*answer) : told(answer.error());
    });
  }

  void write_views(std::uint64_t value) {
    compare("write_views", [&](Store& store) {
      const std::uint64_t from = store.watermark().value();
      const std::uint64_t to = std::min(store.head().value().position, from + value % 30);
      ViewBatch batch = test_views(from, to);
      if (value % 5 == 0 && !batch.state.empty()) batch.state[value % batch.state.size()].bytes.clear();
      return store.write_views(batch) ? std::to_string(store.watermark().value()) : std::string("failed");
    });
  }

  void read(std::uint64_t value) {
    compare("read", [&](Store& store) {
      std::string text;
      const auto read = store.read(value, [&](std::uint64_t position, std::string_view bytes) {
        text += std::to_string(position) + ":" + to_hex(bytes.substr(0, 40)) + " ";
        return text.size() < value * 10;
      });
      return read ? text : told(read.error());
    });
  }

  void batches(std::uint64_t value) {
    compare("read_batches", [&](Store& store) {
      std::string text;
      const auto read = store.read_batches(value, [&](const Batch& batch) {
        text += std::to_string(batch.first) + "+" + std::to_string(batch.count) +
                to_hex(bytes_of(batch.root)) + to_hex(batch.leaf_heads);
        return true;
      });
      return read ? text : told(read.error());
    });
  }

  void artifact(std::uint64_t value) {
    compare("artifact", [&](Store& store) {
      if (value % 2 == 0) return to_hex(bytes_of(store.put_artifact(std::to_string(value)).value()));
      const auto found = store.artifact(sm3(std::to_string(value - 1)));
      return found ? *found : told(found.error());
    });
  }

  void signed_head(std::uint64_t value) {
    compare("signed_head", [&](Store& store) {
      const Head head = store.head().value();
      if (head.position > 0 && value % 2 == 0)
        static_cast<void>(store.put_signed_head(
            {head.position, head.root, Instant{static_cast<std::int64_t>(value)}, std::to_string(value)}));
      std::string text;
      const auto heads = store.signed_heads(value / 8, value % 8).value();
      for (const SignedHead& signed_one : heads)
        text += std::to_string(signed_one.position) + signed_one.signature + " ";
      return text;
    });
  }

  void rows(std::uint64_t value) {
    const std::string provider = "H" + std::to_string(value % 4),
                      number = "M10000" + std::to_string(value % 100);
    compare("find", [&](Store& store) {
      const auto found = store.find({provider, "2207A", number}).value();
      return found ? std::to_string(found->position) : std::string("none");
    });
    compare("rows", [&](Store& store) {
      std::string text;
      const std::array<ViewCell, 2> from = {std::string_view(provider), std::string_view(number)};
      const auto read = store.rows(ViewTable::message, std::span(from).first(value % 3),
                                   [&](std::span<const ViewCell> row) {
                                     text += std::string(std::get<std::string_view>(row[1])) + " ";
                                     return text.size() < 200;
                                   });
      return read ? text : told(read.error());
    });
  }

  Open open_one_, open_other_;
  std::unique_ptr<Store> one_, other_;
  std::optional<std::string> difference_;
};

}  // namespace fenming
