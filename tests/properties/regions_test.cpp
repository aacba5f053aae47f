// Random bills on every region of rules/: the laws hold, and two threads give what one gives.
// FENMING_BILLS: bills per region (2,000); FENMING_SEED: the seed; FENMING_REGION: only folders that contain this word;
// FENMING_EXPLAIN_EVERY: every so many bills the explanation is verified as well (10; 0: never).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "properties/bill_maker.h"
#include "properties/explained.h"
#include "properties/laws.h"
#include "properties/libraries.h"
#include "properties/shrink.h"
#include "protocol/bill_out.h"

namespace fenming::properties {
namespace {

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

const std::uint64_t bills_wanted = setting("FENMING_BILLS", 2'000);
const std::uint64_t seed = setting("FENMING_SEED", 20'240'229);
const std::uint64_t explain_every = setting("FENMING_EXPLAIN_EVERY", 10);
constexpr std::uint64_t draws_max = 40;  // of facts and dates until a policy applies

// The bill with this number: the first of some draws to which a policy applies, else the last.
Settled numbered(const Library& library, const BillMaker& maker, std::uint64_t number, Workspace& workspace,
                 Bill& bill) {
  Settled settled;
  for (std::uint64_t draw = 0; draw < draws_max; ++draw) {
    bill = maker.make(mixed(mixed(seed, number), draw));
    settled = settle(library, bill, workspace);
    if (!settled.error || !refused_rightly(*settled.error)) break;
  }
  return settled;
}

std::vector<std::uint64_t> fingerprints(const Library& library, std::uint64_t first, std::uint64_t step,
                                        std::uint64_t end) {
  const BillMaker maker(library);
  Workspace workspace;
  std::vector<std::uint64_t> prints;
  Bill bill;
  for (std::uint64_t number = first; number < end; number += step)
    prints.push_back(fingerprint(numbered(library, maker, number, workspace, bill)));
  return prints;
}

class Regions : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const char* only = std::getenv("FENMING_REGION");
    if (only != nullptr && GetParam().find(only) == std::string::npos) GTEST_SKIP();
    auto library = read_region_folder(GetParam());
    if (!library)
      for (const Error& error : library.error()) ADD_FAILURE() << to_text(error, Language::en);
    ASSERT_TRUE(library);
    library_ = *library;
    explainer_ = std::make_unique<Explainer>(*library_);
  }

  Problem problem_of(const Bill& bill, const Settled& settled, bool explained = explain_every != 0) {
    if (!settled.error) {
      const Problem broken = broken_law(*library_, bill, settled, workspace_);
      return broken || !explained ? broken : explainer_->problem(bill, settled);
    }
    if (refused_rightly(*settled.error) || charge_beyond_bound(*settled.error, bill)) return std::nullopt;
    return "refused: " + to_text(*settled.error, Language::en);
  }

  void report(const Bill& bill, const std::string& problem) {
    const bool refusal = problem.starts_with("refused");
    const auto fails = [&](const Bill& other) {
      const Problem found = problem_of(other, settle(*library_, other, workspace_));
      return found && found->starts_with("refused") == refusal;
    };
    const Bill small = shrunk(bill, fails);
    const Problem rest = problem_of(small, settle(*library_, small, workspace_));
    ADD_FAILURE() << GetParam() << ", seed " << seed << ": " << problem << "\nsmaller: " << rest.value_or("-")
                  << "\n"
                  << write_bill(small, 2);
  }

  std::shared_ptr<const Library> library_;
  std::unique_ptr<Explainer> explainer_;
  Workspace workspace_;
};

// REQ SET-04, SET-09
TEST_P(Regions, random_bills_keep_the_laws) {
  const BillMaker maker(*library_);
  std::uint64_t settled_count = 0, parts = 0, failures = 0;
  std::vector<std::uint64_t> versions(library_->versions.size());
  for (std::uint64_t number = 0; number < bills_wanted && failures < 3; ++number) {
    Bill bill;
    const Settled settled = numbered(*library_, maker, number, workspace_, bill);
    if (const Problem problem =
            problem_of(bill, settled, explain_every != 0 && number % explain_every == 0)) {
      report(bill, *problem);
      ++failures;
    }
    if (settled.error) continue;
    ++settled_count;
    parts += settled.result.part_count;
    ++versions[static_cast<std::size_t>(settled.result.parts[0].version - library_->versions.data())];
  }
  fmt::print("{}: seed {}, {} of {} bills settled, {} parts\n", GetParam(), seed, settled_count, bills_wanted,
             parts);
  EXPECT_GE(settled_count * 10, bills_wanted * 9) << "the generator meets too few policies to prove anything";
  for (std::size_t i = 0; i < versions.size(); ++i)
    if (versions[i] == 0)
      fmt::print("  no bill met {} in {}\n", library_->versions[i].policy, library_->versions[i].file);
}

TEST_P(Regions, two_threads_settle_as_one) {
  const std::uint64_t count = std::clamp<std::uint64_t>(bills_wanted / 5, 300, 20'000);
  const std::vector<std::uint64_t> alone = fingerprints(*library_, 0, 1, count);
  std::vector<std::uint64_t> even, odd;
  std::thread other([&] { odd = fingerprints(*library_, 1, 2, count); });
  even = fingerprints(*library_, 0, 2, count);
  other.join();
  for (std::size_t i = 0; i < alone.size(); ++i)
    ASSERT_EQ(alone[i], (i % 2 == 0 ? even : odd)[i / 2]) << "bill " << i << ", seed " << seed;
}

INSTANTIATE_TEST_SUITE_P(Rules, Regions, testing::ValuesIn(region_folders()), [](const auto& region) {
  std::string name = region.param;
  std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace fenming::properties
