// Memory runs out: in a script of twenty settlements the n-th allocation fails, of ours or of SQLite. The desk may go on or end; an answer it
// gave must hold, nothing it refuses may be blamed on the caller, and the next start finds a sound store. FENMING_ALLOCATIONS_EACH: every
// so many n are tried (all in tests/soak/allocations.sh), a different set for each FENMING_SEED.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <new>
#include <set>

#include "settlement/test_desk.h"
#include "settlement/verify.h"
#include "store/embedded/embedded_store.h"

namespace {

std::atomic<std::int64_t> left = INT64_MAX;  // until one fails

bool fails() { return left.fetch_sub(1, std::memory_order_relaxed) == 1; }

}  // namespace

// Not inline: a compiler that looks into them takes malloc and free for a pair that does not match.
[[gnu::noinline]] void* operator new(std::size_t size) {
  if (!fails())
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return operator new(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace fenming::testing_desk {
namespace {

constexpr std::uint64_t sales = 20, persons = 4;
constexpr int tries_max = 3;  // one allocation fails, so the second answers

sqlite3_mem_methods sqlites;

void let_sqlite_fail() {
  ASSERT_EQ(sqlite3_shutdown(), SQLITE_OK);
  ASSERT_EQ(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlites), SQLITE_OK);
  sqlite3_mem_methods failing = sqlites;
  failing.xMalloc = [](int size) -> void* { return fails() ? nullptr : sqlites.xMalloc(size); };
  failing.xRealloc = [](void* memory, int size) -> void* {
    return fails() ? nullptr : sqlites.xRealloc(memory, size);
  };
  ASSERT_EQ(sqlite3_config(SQLITE_CONFIG_MALLOC, &failing), SQLITE_OK);
}

std::string person(std::uint64_t number) { return "P" + std::to_string(number % persons); }

Command sale(std::uint64_t number) {
  const Money amount = Money::from_fen(7'000 + static_cast<std::int64_t>(number * 7919 % 5000));
  return {{"H1", "2207", std::to_string(number)}, "", TestDesk::sale(amount, person(number))};
}

std::unique_ptr<SettlementDesk> open(const std::string& folder) {
  EmbeddedOptions small;
  small.sync = false;  // kills are another test's
  small.journal_cache_bytes = small.views_cache_bytes = small.reading_cache_bytes = 1 << 20;
  auto store = open_embedded(folder, small);
  if (!store) return nullptr;
  DeskOptions options;
  options.clock = [] { return Now{Instant{day_begin(TestDesk::day("2025-03-01")).ms}, 1000}; };
  auto desk = SettlementDesk::open(std::move(*store), options);
  return desk ? std::move(*desk) : nullptr;
}

struct Told {  // by the child: an answer, a refusal, or how many allocations there were
  std::uint64_t sale = 0, position = 0;
  std::int64_t funds = 0, account = 0, cash = 0, allocations = 0;
  std::int32_t code = -1;
  friend bool operator==(const Told&, const Told&) = default;
};

Told told_of(std::uint64_t number, const Outcome& outcome) {
  const SettlementResult& result = TestDesk::result(outcome);
  return {number, outcome.position, result.funds, result.account, result.cash, 0, -1};
}

// The store's own troubles are no answer; whatever else is refused here would blame the caller.
bool is_no_answer(Code code) {
  return code == Code::store_failed || code == Code::store_full || code == Code::store_unknown ||
         code == Code::desk_stopped;
}

void tell(int pipe, const Told& told) {
  if (::write(pipe, &told, sizeof told) != sizeof told) ::_exit(5);
}

[[noreturn]] void child(const std::string& folder, std::int64_t fails_at, int pipe) {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  std::fclose(stderr);
  left = fails_at;
  try {
    auto desk = open(folder);
    if (!desk) ::_exit(2);  // it said that it could not
    for (std::uint64_t number = 1; number <= sales; ++number)
      for (int attempt = 0; attempt < tries_max; ++attempt) {
        try {
          const auto outcome = desk->call(sale(number));
          if (outcome) {
            tell(pipe, told_of(number, *outcome));
            break;
          }
          if (!is_no_answer(outcome.error().code)) {
            tell(pipe, {number, 0, 0, 0, 0, 0, static_cast<std::int32_t>(outcome.error().code)});
            break;
          }
        } catch (const std::bad_alloc&) {  // the caller's own memory: asked again
          continue;
        }
      }
    desk.reset();
  } catch (const std::bad_alloc&) {
    ::_exit(3);
  }
  tell(pipe, {0, 0, 0, 0, 0, fails_at - left.load(), -1});
  ::_exit(0);
}

class Allocations : public testing::Test {
 protected:
  static void SetUpTestSuite() { let_sqlite_fail(); }
  void SetUp() override {
    std::string name = testing::TempDir() + "fenming-allocations-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    const auto desk = open(folder_ + "/prepared");
    ASSERT_TRUE(desk);
    register_persons(*desk, persons, person, yuan(100));
    ASSERT_TRUE(desk->catch_up());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // What the child told, on a store of its own.
  std::vector<Told> run(std::int64_t fails_at) {
    std::filesystem::remove_all(store());
    std::filesystem::copy(folder_ + "/prepared", store(), std::filesystem::copy_options::recursive);
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::close(ends[0]);
      child(store(), fails_at, ends[1]);
    }
    ::close(ends[1]);
    std::vector<Told> told;
    for (Told one; ::read(ends[0], &one, sizeof one) == sizeof one;) told.push_back(one);
    ::close(ends[0]);
    int status = 0;
    ::waitpid(pid, &status, 0);
    const bool ended = WIFEXITED(status) &&
                       (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 2 || WEXITSTATUS(status) == 3);
    const bool gave_up = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
    EXPECT_TRUE(ended || gave_up) << "ended with " << status;
    gave_up_ += gave_up;
    return told;
  }
  std::string store() const { return folder_ + "/store"; }

  void starts_soundly(const std::vector<Told>& told, const std::map<std::uint64_t, Told>& right) {
    std::set<std::uint64_t> answered;
    for (const Told& one : told) {
      if (one.sale == 0) continue;
      answered.insert(one.sale);
      EXPECT_EQ(one, right.at(one.sale)) << "a false answer to sale " << one.sale;
    }
    auto desk = open(store());
    ASSERT_TRUE(desk) << "the next start is refused";
    for (std::uint64_t number = 1; number <= sales; ++number) {
      const auto outcome = desk->call(sale(number));
      ASSERT_TRUE(outcome) << to_text(outcome.error(), Language::en);
      EXPECT_EQ(told_of(number, *outcome), right.at(number));
      EXPECT_TRUE(outcome->repeated || !answered.contains(number))
          << "sale " << number << " was answered and is lost";
    }
    ASSERT_TRUE(desk->catch_up());
    const auto report = verify_store(desk->store());
    ASSERT_TRUE(report) << to_text(report.error(), Language::en);
    EXPECT_EQ(report->settlements, sales);
  }

  std::string folder_;
  std::int64_t gave_up_ = 0;
};

std::int64_t setting(const char* name, std::int64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::atoll(text);
}

TEST_F(Allocations, AnyOneMayFail) {  // REQ PLT-05, LAW 1.2, 1.3
  std::map<std::uint64_t, Told> right;
  std::int64_t count = 0;
  for (const Told& one : run(INT64_MAX)) {
    if (one.sale == 0)
      count = one.allocations;
    else
      right[one.sale] = one;
  }
  ASSERT_EQ(right.size(), sales);
  ASSERT_GT(count, 1000);
  const std::int64_t each = setting("FENMING_ALLOCATIONS_EACH", 199);
  std::int64_t tried = 0;
  for (std::int64_t n = 1 + setting("FENMING_SEED", 0) % each; n <= count && !HasFailure(); n += each) {
    const std::vector<Told> told = run(n);
    starts_soundly(told, right);
    EXPECT_FALSE(HasFailure()) << "when allocation " << n << " of " << count << " fails";
    ++tried;
  }
  std::printf("%lld of %lld allocations failing one at a time, %lld ended the program: no false answer\n",
              static_cast<long long>(tried), static_cast<long long>(count), static_cast<long long>(gave_up_));
}

}  // namespace
}  // namespace fenming::testing_desk
