#include "store/receipt.h"

#include <gtest/gtest.h>

#include "base/sign.h"
#include "store/fake/fake_store.h"

namespace fenming {
namespace {

class ReceiptTest : public testing::Test {
 protected:
  void append(int records) {
    std::vector<NewRecord> batch;
    for (int i = 0; i < records; ++i) {
      bytes_.push_back("record " + std::to_string(bytes_.size() + 1));
      batch.push_back({bytes_.back(), merkle_leaf(bytes_.back())});
    }
    const auto head = store_->append(batch, head_);
    ASSERT_TRUE(head);
    head_ = *head;
  }
  void sign() {
    SignedHead head{head_.position, head_.root, Instant{1'700'000'000'000}, {}};
    head.signature = signer_->sign(head_message(head.position, head.root, head.time));
    ASSERT_TRUE(store_->put_signed_head(head));
  }
  bool holds(const Receipt& receipt, std::string_view record) {
    return receipt_holds(receipt, record, [&](std::string_view message, std::string_view signature) {
      return verifier_->verify(message, signature);
    });
  }

  std::unique_ptr<Store> store_ = open_fake(make_fake_disk());
  SigningKeys keys_ = new_signing_keys();
  std::optional<Signer> signer_ = Signer::open(keys_.private_pem);
  std::optional<Verifier> verifier_ = Verifier::open(keys_.public_pem);
  Head head_;
  std::vector<std::string> bytes_;
};

std::string big_endian(std::uint8_t last, std::size_t bytes) {
  std::string text(bytes, '\0');
  text.back() = static_cast<char>(last);
  return text;
}

// Written down again from docs/journal-format.md, with SM3 alone.
TEST(Chain, IsOverTheBytesThatTheFormatNames) {  // REQ SEC-05, LAW 2
  const std::string zero(1, '\0'), one(1, '\1');
  const auto text = [](const Digest& digest) { return std::string(bytes_of(digest)); };
  const auto leaf = [&](const std::string& record) { return text(sm3(zero + record)); };
  const auto node = [&](const std::string& left, const std::string& right) {
    return text(sm3(one + left + right));
  };
  const auto store = open_fake(make_fake_disk());
  const auto append = [&](std::initializer_list<const char*> records) {
    std::vector<NewRecord> batch;
    for (const char* record : records) batch.push_back({record, merkle_leaf(record)});
    return *store->append(batch, *store->head());
  };
  const std::string batch_root = node(node(leaf("a"), leaf("b")), leaf("c"));
  const std::string root =
      text(sm3(std::string(32, '\0') + batch_root + big_endian(1, 8) + big_endian(3, 4)));
  EXPECT_EQ(text(append({"a", "b", "c"}).root), root);
  const Head second = append({"d"});
  EXPECT_EQ(text(second.root), text(sm3(root + leaf("d") + big_endian(4, 8) + big_endian(1, 4))));
  EXPECT_EQ(head_message(second.position, second.root, Instant{7}),
            "fenming head 1" + big_endian(4, 8) + text(second.root) + big_endian(7, 8));
}

TEST_F(ReceiptTest, EveryRecordHasOneThatThePublicKeyAloneChecks) {  // REQ SEC-05, LAW 2
  for (const int records : {1, 5, 8, 3}) append(records);
  sign();
  append(2);
  for (std::uint64_t position = 1; position <= 17; ++position) {
    const auto made = make_receipt(*store_, position);
    ASSERT_TRUE(made) << position;
    const auto receipt = read_receipt(write_receipt(*made));
    ASSERT_TRUE(receipt);
    EXPECT_TRUE(holds(*receipt, bytes_[position - 1])) << position;
    EXPECT_FALSE(holds(*receipt, bytes_[position % 17])) << "another record";
  }
  EXPECT_EQ(make_receipt(*store_, 18).error().code, Code::store_no_receipt);
  EXPECT_EQ(make_receipt(*store_, 20).error().code, Code::store_no_receipt);
}

TEST_F(ReceiptTest, CarriesTheRecordWhenAskedAndNothingOfItsNeighbours) {  // REQ SEC-05, LAW 2
  append(3);
  sign();
  const auto check = [&](std::string_view message, std::string_view signature) {
    return verifier_->verify(message, signature);
  };
  const std::string bare = write_receipt(*make_receipt(*store_, 2));
  EXPECT_EQ(receipt_fault(*read_receipt(bare), check), "") << "a leaf is enough to be found";
  EXPECT_EQ(bare.find("record "), std::string::npos);
  const std::string whole = write_receipt(*make_receipt(*store_, 2, true));
  auto receipt = *read_receipt(whole);
  EXPECT_EQ(receipt.record, bytes_[1]);
  EXPECT_EQ(whole.find(bytes_[0]), std::string::npos);
  EXPECT_EQ(receipt_fault(receipt, check), "");
  EXPECT_EQ(receipt_fault(receipt, [](std::string_view, std::string_view) { return false; }), "signature");
  receipt.record += "!";
  EXPECT_EQ(receipt_fault(receipt, check), "record");
  receipt.record.clear();
  receipt.leaf[0] ^= 1;
  EXPECT_EQ(receipt_fault(receipt, check), "path");
}

TEST_F(ReceiptTest, AnyByteChangedIsNoticed) {
  append(3);
  append(2);
  sign();
  const std::string written = write_receipt(*make_receipt(*store_, 2));
  for (std::size_t at = 0; at < written.size(); ++at) {
    std::string changed = written;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    const auto receipt = read_receipt(changed);
    EXPECT_FALSE(receipt && holds(*receipt, bytes_[1])) << at;
  }
}

}  // namespace
}  // namespace fenming
