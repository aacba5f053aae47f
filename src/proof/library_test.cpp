#include "proof/library.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "proof/cells.h"

namespace fenming {
namespace {

std::shared_ptr<const ProofLibrary> library(const std::string& region, const std::string& base = "") {
  std::vector<ProofFile> files = {{"region.yaml", region}};
  if (!base.empty()) files.push_back({"000000-base/region.yaml", base});
  return *read_proof_library(files);
}

bool refused(const std::string& text) {
  const auto read = read_proof_library({{"region.yaml", text}});
  return !read && read.error().front().code == Code::trace_library;
}

TEST(ProofLibrary, RefusesWhatDecision0001Refuses) {
  EXPECT_TRUE(refused("a: &x 1\nb: *x\n"));
  EXPECT_TRUE(refused("a: !!int 1\n"));
  EXPECT_TRUE(refused("a: 1\na: 2\n"));
  EXPECT_TRUE(refused("a: {b: 1, b: 2}\n"));
  EXPECT_TRUE(refused("<<: {a: 1}\n"));
  EXPECT_TRUE(refused("[1]: 2\n"));
  EXPECT_TRUE(refused("{[1]: 2}\n"));
  EXPECT_TRUE(refused("a: [1\n"));
  EXPECT_TRUE(refused(std::string(70, '[') + std::string(70, ']')));
  EXPECT_TRUE(refused(std::string(20'000, '[')));
  EXPECT_FALSE(refused(""));
  EXPECT_FALSE(refused("a: 1\n---\nb: [1, 'x', \"y\"]\n"));
}

TEST(ProofLibrary, ReadsTheRegionBeforeItsBase) {
  const auto both = library("region: 990100\nround: down\nfunds: {a: hifp_pay}\n",
                            "region: 000000\nround: up\ncalendar: {year_starts: '07-01'}\nfunds: {a: "
                            "maf_pay, b: {field: hifmi_pay}}\nkeep: {year: {per: [year], of: [x]}}\n");
  EXPECT_EQ(both->region(), "990100");
  EXPECT_TRUE(both->allows(Rounding::down));
  EXPECT_FALSE(both->allows(Rounding::up));
  EXPECT_FALSE(both->allows(Rounding::half_up));
  EXPECT_FALSE(both->year_starts(6, 30));
  EXPECT_TRUE(both->year_starts(7, 1));
  EXPECT_EQ(both->fund_field("a"), "hifp_pay");
  EXPECT_EQ(both->fund_field("b"), "hifmi_pay");
  EXPECT_EQ(both->fund_field("c"), "oth_pay");
  EXPECT_EQ(both->fund_field("family"), "acct_pay");
  EXPECT_TRUE(both->keeps("year.x"));
  EXPECT_FALSE(both->keeps("year.y"));
  EXPECT_EQ(both->file("region.yaml")->digest,
            "sm3:" + sm3_hex("region: 990100\nround: down\nfunds: {a: hifp_pay}\n"));
  EXPECT_EQ(both->file("nothing"), nullptr);
}

TEST(ProofLibrary, AModeThatARoundNamesIsAllowed) {
  const auto one = library("region: 990100\nsteps: [{let: {x: \"round(total, 1元, up)\"}}]\n");
  EXPECT_TRUE(one->allows(Rounding::up));
  EXPECT_TRUE(one->allows(Rounding::half_up));
  EXPECT_FALSE(one->allows(Rounding::down));
  EXPECT_TRUE(one->has_policy("main"));
}

TEST(ProofTree, FollowsPointers) {
  const auto one = library("a/b: {~c: [x, {d: y}]}\n");
  const ProofTree& documents = one->file("region.yaml")->documents;
  EXPECT_EQ(documents.at("/0/a~1b/~0c/0")->text, "x");
  EXPECT_EQ(documents.at("/0/a~1b/~0c/1/d")->text, "y");
  for (const std::string_view wrong :
       {"0", "/1", "/00", "/-1", "/0/a", "/0/a~1b/~0c/2", "/0/a~1b/~0c/0/x", "/99999999999999999999"})
    EXPECT_EQ(documents.at(wrong), nullptr) << wrong;
  EXPECT_EQ(pointer_part("a/~b"), "a~1~0b");
  EXPECT_EQ(pointer_last("/x/a~1~0b"), "a/~b");
}

TEST(ProofCells, TokensAreCountedInCodePoints) {
  const std::string_view text = "限额 + 12.5% * x.y - 'a b'..3";
  const auto token = [&](std::size_t begin, std::size_t end) {
    const auto found = token_at(text, begin, end);
    return std::string(found ? found->text : "-");
  };
  EXPECT_EQ(token(0, 2), "限额");
  EXPECT_EQ(token(5, 10), "12.5%");
  EXPECT_EQ(token(5, 9), "-");
  EXPECT_EQ(token(13, 16), "x.y");
  EXPECT_EQ(token(19, 24), "'a b'");
  EXPECT_EQ(token(26, 27), "3");
  EXPECT_EQ(token(26, 28), "-");
  EXPECT_EQ(token(0, 0), "-");
}

TEST(ProofCells, BaseConstantsAlone) {
  const auto shown = [](ProofType type, std::string_view text, bool alone) {
    const auto value = parse_proof_constant(type, text, alone);
    return value ? to_text(*value) : "-";
  };
  EXPECT_EQ(shown(ProofType::money, "1300", true), "1300.00");
  EXPECT_EQ(shown(ProofType::money, "1300", false), "-");
  EXPECT_EQ(shown(ProofType::money, "1300.50元", false), "1300.50");
  EXPECT_EQ(shown(ProofType::money, "85%", true), "-");
  EXPECT_EQ(shown(ProofType::ratio, "0.2%", false), "0.002");
  EXPECT_EQ(shown(ProofType::ratio, "0.2", true), "-");
  EXPECT_EQ(shown(ProofType::integer, "3", false), "3");
  EXPECT_EQ(shown(ProofType::integer, "3.5", false), "-");
  EXPECT_EQ(shown(ProofType::dec, "3.5", false), "3.5");
  EXPECT_EQ(shown(ProofType::code, "'L3'", false), "L3");
  EXPECT_EQ(shown(ProofType::code, "L3", false), "-");
  EXPECT_EQ(shown(ProofType::code, "L3", true), "L3");
  EXPECT_EQ(shown(ProofType::date, "'2024-01-01'", false), "2024-01-01");
  EXPECT_EQ(shown(ProofType::date, "2024-02-30", true), "-");
  EXPECT_EQ(shown(ProofType::boolean, "yes", false), "yes");
  EXPECT_EQ(shown(ProofType::boolean, "true", false), "-");
}

}  // namespace
}  // namespace fenming
