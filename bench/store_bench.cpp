// store_bench: what the embedded store alone can take (docs: src/store/README.md).
//   store_bench FOLDER [SETTLEMENTS [PERSONS]]   begins a store in the new folder, appends and writes views, one line per measurement:
//   name, per second of the clock, per second of CPU time, fields separated by tabs. Removes the folder afterwards.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "measure.h"
#include "store/embedded/embedded_store.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t group = 20'000, record_bytes = 700, state_bytes = 400;

[[noreturn]] void stop(const Error& error) {
  std::cerr << "store_bench: " << to_text(error, Language::en) << '\n';
  std::exit(1);
}

template <class T>
T need(Result<T> result) {
  if (!result) stop(result.error());
  return *std::move(result);
}

void need(const Result<void>& result) {
  if (!result) stop(result.error());
}

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Times between `begin` and `end`, added up.
struct Watch {
  double wall = 0, cpu = 0, worst = 0, wall_at = 0, cpu_at = 0;
  void begin() { wall_at = wall_seconds(), cpu_at = cpu_seconds(); }
  void end() {
    const double took = wall_seconds() - wall_at;
    wall += took, cpu += cpu_seconds() - cpu_at, worst = std::max(worst, took);
  }
  void print(const std::string& name, double count) const {
    std::printf("%s\t%.0f\t%.0f\tworst %.0f ms\n", name.c_str(), count / wall, count / cpu, worst * 1e3);
    std::fflush(stdout);
  }
};

std::string number(std::uint64_t value, std::size_t digits) {
  std::string text = std::to_string(value);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

std::string noise(std::mt19937_64& random, std::size_t bytes) {
  std::string text(bytes, '\0');
  for (std::size_t i = 0; i < bytes; i += 8) {
    const std::uint64_t word = random();
    for (std::size_t k = i; k < std::min(bytes, i + 8); ++k)
      text[k] = static_cast<char>(word >> (8 * (k - i)));
  }
  return text;
}

class Bench {
 public:
  Bench(std::string folder, std::size_t persons) : folder_(std::move(folder)), persons_(persons) {}

  void run(std::size_t settlements) {
    for (const bool sync : {true, false})
      for (const std::size_t batch : {std::size_t{64}, std::size_t{200}})
        append(settlements / 4, batch, sync);
    views(settlements);
    fs::remove_all(folder_);
  }

 private:
  std::unique_ptr<Store> open(bool sync) {
    EmbeddedOptions options;
    options.sync = sync;
    return need(open_embedded(folder_, options));
  }

  void append(std::size_t count, std::size_t batch, bool sync) {
    const auto store = open(sync);
    std::vector<NewRecord> records(batch);
    for (NewRecord& record : records) record = {noise(random_, record_bytes), {}};
    for (NewRecord& record : records) record.leaf = merkle_leaf(record.bytes);
    Head head = need(store->head());
    Watch watch;
    for (std::size_t done = 0; done < count; done += batch) {
      watch.begin();
      head = need(store->append(records, head));
      watch.end();
    }
    watch.print("append, batches of " + std::to_string(batch) + (sync ? "" : ", without fsync"),
                static_cast<double>(count));
    if (batch != 200) return;
    watch = {};
    watch.begin();
    std::size_t read = 0;
    need(store->read(1, [&read](std::uint64_t, std::string_view bytes) { return ++read, !bytes.empty(); }));
    watch.end();
    watch.print("read", static_cast<double>(read));
  }

  void settlement(ViewBatch& batch, std::int64_t pos) {
    ViewRows& rows = batch.rows;
    const auto seq = static_cast<std::uint64_t>(pos);
    const std::string_view provider = rows.keep("H" + number(random_() % 800, 11)), day = "2025-03-12";
    const std::string_view setl = rows.keep("S20250312" + number(seq, 12)), person = "P";
    const std::int64_t fen = 12'345;
    std::string lines, entries;
    for (int n = 0; n < 12; ++n)
      lines += std::string(n == 0 ? "[" : ",") + "[\"L" + number(seq * 12, 10) +
               "\",\"\",\"B1\",\"2025-03-12\",\"XB05BAA101B002010304456\",\"medicine of some "
               "name\",1000000,123456789,"
               "12345,0,0,0,12345]";
    for (int n = 0; n < 6; ++n)
      entries += std::string(n == 0 ? "[" : ",") + "[\"payable\",\"" + std::string(provider) + "\",12345]";
    rows.add(ViewTable::record,
             {pos, "2025-03-12 08:00:00.000", day, "settle", provider, "clerk", person, pos / 2, setl,
              std::int64_t{record_bytes}, "", rows.keep(entries + "]"), rows.keep(lines + "]"), "[]"});
    rows.add(ViewTable::message,
             {provider, rows.keep(std::string(provider) + number(seq, 14)), "2207A", pos, std::int64_t{0}});
    rows.add(ViewTable::settlement, {setl,
                                     pos,
                                     day,
                                     provider,
                                     "settled",
                                     "",
                                     person,
                                     "",
                                     "11",
                                     day,
                                     day,
                                     day,
                                     std::int64_t{0},
                                     fen,
                                     fen,
                                     fen,
                                     fen,
                                     fen,
                                     fen,
                                     fen,
                                     fen,
                                     fen,
                                     fen,
                                     fen,
                                     R"([["pooled_fund",12345],["illness",12345],["aid",12345]])"});
    rows.add(ViewTable::balance_day, {day, "payable", provider, fen});
  }

  ViewBatch make_group(std::uint64_t from, std::size_t count) {
    ViewBatch batch;
    batch.watermark = from + count;
    for (std::size_t i = 1; i <= count; ++i) settlement(batch, static_cast<std::int64_t>(from + i));
    std::vector<std::uint64_t> touched(count);
    for (std::uint64_t& person : touched) person = random_() % persons_;
    std::ranges::sort(touched);
    touched.erase(std::ranges::unique(touched).begin(), touched.end());
    for (const std::uint64_t person : touched)
      batch.state.push_back(
          {"P" + number(person, 18), noise(random_, state_bytes - 16 + random_() % 32), from + 1});
    return batch;
  }

  void all_persons(Store& store) {
    Watch watch;
    for (std::size_t at = 0; at < persons_; at += 100'000) {
      ViewBatch batch;
      batch.watermark = 1;
      batch.after = at == 0 ? 0 : 1;
      for (std::size_t person = at; person < std::min(at + 100'000, persons_); ++person)
        batch.state.push_back({"P" + number(person, 18), noise(random_, state_bytes), 1});
      watch.begin();
      need(store.write_views(batch));
      watch.end();
    }
    watch.print("new persons", static_cast<double>(persons_));
  }

  void views(std::size_t settlements) {
    const auto store = open(true);
    all_persons(*store);
    Watch watch;
    std::uintmax_t log = 0;
    std::uint64_t at = 1;
    for (std::size_t done = 0; done < settlements; done += group, at += group) {
      const ViewBatch batch = make_group(at, group);
      watch.begin();
      need(store->write_views(batch));
      watch.end();
      log = std::max(log, fs::file_size(folder_ + "/views.db-wal"));
    }
    watch.print("views, groups of 20,000", static_cast<double>(settlements));
    std::printf("largest log\t%ju MB\n", static_cast<std::uintmax_t>(log >> 20));
    lookups(*store);
  }

  void lookups(Store& store) {
    Watch watch;
    constexpr std::size_t count = 20'000;
    for (std::size_t i = 0; i < count; ++i) {
      const std::vector<std::string> objects = {"P" + number(random_() % persons_, 18)};
      watch.begin();
      need(store.state(objects));
      watch.end();
    }
    watch.print("state of one person", static_cast<double>(count));
  }

  std::string folder_;
  std::size_t persons_;
  std::mt19937_64 random_{20250312};
};

}  // namespace
}  // namespace fenming

int main(int count, char** values) {
  if (count < 2 || std::filesystem::exists(values[1])) {
    std::cerr << "usage: store_bench NEW_FOLDER [SETTLEMENTS [PERSONS]]\n";
    return 2;
  }
  const std::size_t settlements = count > 2 ? std::stoul(values[2]) : 400'000;
  const std::size_t persons = count > 3 ? std::stoul(values[3]) : 1'000'000;
  fenming::Bench(values[1], persons).run(settlements);
  return 0;
}
