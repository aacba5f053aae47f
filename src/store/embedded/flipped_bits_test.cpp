// A bit turns over at a random place of a store that was closed or killed: what is opened afterwards either says what is damaged or
// gives exactly what was written. The long form: FENMING_STORE_FLIPS=10000 (tests/soak/store.sh).
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <random>

#include "store/embedded/test_embedded.h"
#include "store/fake/fake_store.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t groups = 12, group = 9;

// Everything that the journal gives, as one text.
std::string all_journal(Store& store) {
  std::string text;
  const auto told = [&text](const Error& error) { return text + to_text(error, Language::en); };
  const auto report = verify_chain(store);
  if (!report) return told(report.error());
  text += std::to_string(report->head.position) + to_hex(bytes_of(report->head.root)) + "\n";
  if (auto read = store.read(1, [&](std::uint64_t, std::string_view bytes) { return text += bytes, true; });
      !read)
    return told(read.error());
  const auto artifact = store.artifact(sm3("an artifact"));
  if (!artifact) return told(artifact.error());
  const auto heads = store.signed_heads(0, 100);
  if (!heads) return told(heads.error());
  for (const SignedHead& head : *heads)
    text += std::to_string(head.position) + to_hex(bytes_of(head.root)) + head.signature +
            std::to_string(head.time.ms);
  return text + *artifact;
}

std::string all_messages(Store& store, std::uint64_t watermark) {
  std::string text;
  for (std::uint64_t at = 1; at <= watermark; ++at) {
    const auto found =
        store.find({"H" + std::to_string(at % 3), "2207A", "M" + std::to_string(1'000'000 + at)});
    if (!found) return to_text(found.error(), Language::en);
    text += *found ? std::to_string((*found)->position) + " " : "none ";
  }
  return text;
}

// An artifact whose digest turned over is missed by the digest that the journal names.
bool names_damage(const std::string& text) {
  for (const Code code :
       {Code::store_damaged, Code::store_version, Code::store_not_ours, Code::store_no_artifact})
    if (text.find(tag(code)) != std::string::npos) return true;
  return false;
}

class FlippedBits : public testing::Test {
 protected:
  void SetUp() override {
    const auto store = open_embedded(folder_ / "s", quick_options()).value();
    const auto fake = open_fake(make_fake_disk());
    views_[0] = all_views(*fake);
    for (std::uint64_t i = 0; i < groups; ++i) {
      const auto records = test_records(i * group, group, 250);
      const Head head = store->append(records, store->head().value()).value();
      if (i % 3 == 0) {
        ASSERT_TRUE(store->put_signed_head({head.position, head.root, Instant{1'000}, "signed"}));
      }
      if (i == 2) {
        ASSERT_TRUE(store->put_artifact("an artifact"));
      }
      for (Store* const each : {store.get(), fake.get()})
        ASSERT_TRUE(each->write_views(test_views(i * group, (i + 1) * group)));
      views_[(i + 1) * group] = all_views(*fake) + all_messages(*fake, (i + 1) * group);
    }
    views_[0] += all_messages(*fake, 0);
    journal_ = all_journal(*store);
    ASSERT_FALSE(names_damage(journal_));
    copy(folder_ / "s", folder_ / "killed");
  }

  static void copy(const std::string& from, const std::string& to) {
    fs::remove_all(to);
    fs::create_directories(to);
    for (const auto& entry : fs::directory_iterator(from))
      if (entry.path().extension() != ".db-shm" && entry.path().filename() != "lock")
        fs::copy_file(entry.path(), to / entry.path().filename());
  }

  // Turns one bit over; says where.
  static std::string flip(const std::string& folder, std::mt19937_64& random) {
    std::vector<std::pair<std::string, std::uintmax_t>> files;
    std::uintmax_t all = 0;
    for (const auto& entry : fs::directory_iterator(folder)) {
      files.emplace_back(entry.path().string(), entry.file_size());
      all += entry.file_size();
    }
    std::ranges::sort(files);
    std::uintmax_t at = random() % all;
    std::size_t file = 0;
    while (at >= files[file].second) at -= files[file++].second;
    std::fstream bytes(files[file].first, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(static_cast<std::streamoff>(at));
    const auto before = static_cast<unsigned>(bytes.get());
    bytes.seekp(static_cast<std::streamoff>(at));
    bytes.put(static_cast<char>(before ^ (1U << (random() % 8))));
    return fs::path(files[file].first).filename().string() + " byte " + std::to_string(at);
  }

  // "damage" or "harmless"; fails the test when the store gives something that was never written.
  std::string look(const std::string& folder) {
    const auto store = open_embedded(folder, quick_options());
    if (!store) {
      const std::string told = to_text(store.error(), Language::en);
      EXPECT_TRUE(names_damage(told)) << told;
      return "damage";
    }
    const std::string journal = all_journal(**store);
    const std::uint64_t watermark = (*store)->watermark().value();
    const std::string views = all_views(**store) + all_messages(**store, watermark);
    bool damage = false;
    if (journal != journal_) {
      const auto [now, before] = std::ranges::mismatch(journal, journal_);
      const auto at = static_cast<std::size_t>(now - journal.begin());
      const std::size_t from = at - std::min<std::size_t>(at, 90);
      EXPECT_TRUE(names_damage(journal))
          << journal.substr(from, 100) << " instead of " << journal_.substr(from, 100);
      damage = true;
    }
    if (!views_.contains(watermark) || views != views_[watermark]) {
      EXPECT_TRUE(names_damage(views)) << "watermark " << watermark << ": " << views.substr(0, 200);
      damage = true;
    }
    return damage ? "damage" : "harmless";
  }

  void run(const std::string& folder, std::uint64_t seed) {
    const char* const wanted = std::getenv("FENMING_STORE_FLIPS");
    const std::uint64_t flips = wanted == nullptr ? 60 : std::strtoull(wanted, nullptr, 10) / 2;
    const char* const drawn = std::getenv("FENMING_SEED");
    std::mt19937_64 random(drawn == nullptr ? seed : std::strtoull(drawn, nullptr, 10) + seed);
    std::map<std::string, int> found;
    for (std::uint64_t i = 0; i < flips && !HasFailure(); ++i) {
      copy(folder, folder_ / "damaged");
      const std::string place = flip(folder_ / "damaged", random);
      SCOPED_TRACE(place);
      ++found[look(folder_ / "damaged")];
    }
    EXPECT_GT(found["damage"], static_cast<int>(flips / 8));
    std::printf("%d bits told as damage, %d harmless\n", found["damage"], found["harmless"]);
  }

  TestFolder folder_;
  std::string journal_;
  std::map<std::uint64_t, std::string> views_;
};

// LAW 1.6, LAW 2, REQ PLT-05, REQ SEC-05
TEST_F(FlippedBits, law_2_of_a_store_that_was_closed) {
  {
    ASSERT_TRUE(open_embedded(folder_ / "killed", quick_options()));
  }
  ASSERT_FALSE(fs::exists(folder_ / "killed/journal.db-wal"));
  run(folder_ / "killed", 1);
}

TEST_F(FlippedBits, law_2_of_a_store_that_was_killed) {
  ASSERT_GT(fs::file_size(folder_ / "killed/journal.db-wal"), 10'000U);
  run(folder_ / "killed", 2);
}

}  // namespace
}  // namespace fenming
