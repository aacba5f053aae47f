#include "proof/expression.h"

#include <gtest/gtest.h>

#include "proof/library.h"

namespace fenming {
namespace {

class Names : public ProofNames {
 public:
  std::optional<ProofValue> name(std::string_view name) override {
    if (name == "paid") return *parse_proof_value(ProofType::money, "250.05");
    if (name == "basic.paid") return *parse_proof_value(ProofType::money, "100.00");
    if (name == "ratio") return *parse_proof_value(ProofType::ratio, "0.85");
    if (name == "age") return *parse_proof_value(ProofType::integer, "71");
    if (name == "level") return *parse_proof_value(ProofType::code, "L3");
    if (name == "poor") return proof_bool(true);
    if (name == "groups") return *parse_proof_value(ProofType::set, "low,poor");
    return std::nullopt;
  }
  std::optional<ProofValue> table(std::string_view name, std::span<const ProofValue> keys) override {
    if (name != "caps" || keys.size() != 1) return std::nullopt;
    return parse_proof_value(ProofType::money, keys[0].text == "poor" ? "300.00" : "200.00");
  }
};

// The value as text, or `?` when the expression cannot be read or computed.
std::string value(std::string_view text) {
  static const auto library = *read_proof_library({{"region.yaml", "region: 990100\nround: down\n"}});
  Names names;
  const auto expression = parse_proof_expression(text);
  const auto found = expression ? evaluate(*expression, names, *library) : std::nullopt;
  return found ? to_text(*found) : "?";
}

TEST(ProofExpression, ComputesByPrecedence) {
  EXPECT_EQ(value("paid - basic.paid"), "150.05");
  EXPECT_EQ(value("0元 - paid + 50元 * 3"), "-100.05");
  EXPECT_EQ(value("(paid - 50.05元) * 50% - 1元"), "99.00");
  EXPECT_EQ(value("-paid"), "-250.05");
  EXPECT_EQ(value("min(100元, paid, 60元)"), "60.00");
  EXPECT_EQ(value("max(0元, basic.paid - paid)"), "0.00");
  EXPECT_EQ(value("100% - (100% - ratio) * 60%"), "0.91");
}

TEST(ProofExpression, Decides) {
  EXPECT_EQ(value("if age >= 70 then 50% else 100%"), "0.5");
  EXPECT_EQ(value("not poor or level == 'L3' and age<72"), "yes");
  EXPECT_EQ(value("level!='L3' and unknown"), "no");
  EXPECT_EQ(value("poor and unknown"), "?");
  EXPECT_EQ(value("'poor' in groups"), "yes");
}

TEST(ProofExpression, ReadsTablesAndRounds) {
  EXPECT_EQ(value("caps[level]"), "200.00");
  EXPECT_EQ(value("sum_of(caps, groups)"), "500.00");
  EXPECT_EQ(value("max_of(caps, groups)"), "300.00");
  EXPECT_EQ(value("round(paid * 33%)"), "82.51");
  EXPECT_EQ(value("round(paid, 10元, up)"), "260.00");
  EXPECT_EQ(value("round(paid / 7)"), "35.72");
  EXPECT_EQ(value("paid / 7"), "?");
}

TEST(ProofExpression, RefusesWhatIsNone) {
  for (const std::string_view text :
       {"", "(", "paid +", "paid paid", "1 < 2 < 3", "caps[", "if poor then 1", "round()", "paid + 1",
        "100 - ratio", "paid * paid", "min(", "'", "$", "round(paid, 1元, up, down)"})
    EXPECT_EQ(value(text), "?") << text;
  EXPECT_EQ(value(std::string(100'000, '(')), "?");
  std::string chain = "1";
  for (int i = 0; i < 100'000; ++i) chain += "+1";
  EXPECT_EQ(value(chain), "?");
}

}  // namespace
}  // namespace fenming
