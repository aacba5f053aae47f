#include "protocol/interface.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace fenming {
namespace {

TEST(Interface, HoldsEveryTransactionAndField) {
  std::size_t nodes = 0, fields = 0, files = 0;
  for (const Transaction& one : transactions()) {
    for (const auto side : {one.input, one.output})
      for (const WireNode& node : side) {
        ++nodes;
        fields += node.fields.size();
      }
    files += one.file_columns.empty() ? 0 : 1;
  }
  EXPECT_EQ(transactions().size(), 282U);
  EXPECT_GE(nodes, 730U);
  EXPECT_GE(fields, 9'450U);
  EXPECT_EQ(files, 22U);
  EXPECT_EQ(code_tables().size(), 320U);
}

TEST(Interface, FindsByName) {
  const Transaction* settle = find_transaction("2207");
  ASSERT_NE(settle, nullptr);
  EXPECT_EQ(settle->name, "门诊结算");
  EXPECT_EQ(find_transaction("9999"), nullptr);
  const WireNode* node = find_node(settle->input, "mdtrtinfo");
  ASSERT_NE(node, nullptr);
  EXPECT_EQ(node->name, "data");
  const WireField* amount = find_field(*node, "medfee_sumamt");
  ASSERT_NE(amount, nullptr);
  EXPECT_EQ(amount->type, WireType::decimal);
  EXPECT_EQ(amount->length, 16);
  EXPECT_EQ(amount->decimals, 2);
  EXPECT_EQ(amount->need, Need::always);
  EXPECT_EQ(find_field(*node, "expContent"), find_field(*node, "exp_content"));
  EXPECT_EQ(find_field(*node, "medfee"), nullptr);
  EXPECT_EQ(nearest_transaction("90O1"), "9001");
  EXPECT_EQ(nearest_transaction("zzzzzzzz"), "");
}

TEST(Interface, EveryNameIsFoundAgain) {
  for (const Transaction& one : transactions()) {
    EXPECT_EQ(find_transaction(one.infno), &one);
    for (const auto side : {one.input, one.output})
      for (const WireNode& node : side)
        for (const WireField& field : node.fields) {
          EXPECT_EQ(find_field(node, field.name), &field) << one.infno << " " << field.name;
          const std::string_view other = field.alias.empty() ? field.name : field.alias;
          EXPECT_EQ(find_field(node, other), &field) << one.infno << " " << other;
        }
  }
  for (const CodeTable& table : code_tables()) {
    EXPECT_EQ(find_table(table.name), &table);
    for (const WireCode& code : table.codes) EXPECT_TRUE(has_code(table, code.code)) << table.name;
  }
}

TEST(Interface, KnowsLocalCodesAndLeadingZeros) {
  const CodeTable& kinds = *find_table("med_type");
  EXPECT_TRUE(has_code(kinds, "11"));
  EXPECT_TRUE(has_code(kinds, "110105"));  // a region's own
  EXPECT_FALSE(has_code(kinds, "00"));
  EXPECT_FALSE(has_code(kinds, "1a1"));
  EXPECT_FALSE(has_code(kinds, ""));
  const CodeTable& classes = *find_table("chrgitm_lv");
  EXPECT_TRUE(has_code(classes, "01"));
  EXPECT_TRUE(has_code(classes, "1"));
  EXPECT_FALSE(has_code(*find_table("mdtrt_cert_type"), "1"));
}

// What the edition calls the envelope's own members.
TEST(Interface, DescribesTheEnvelope) {
  EXPECT_EQ(wire_envelope().input.front().fields.size(), 18U);
  EXPECT_EQ(wire_envelope().output.front().fields.size(), 10U);
}

}  // namespace
}  // namespace fenming
