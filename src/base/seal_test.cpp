#include "base/seal.h"

#include <gtest/gtest.h>

#include <set>

#include "base/key_ring.h"

namespace fenming {
namespace {

// REQ SEC-04
TEST(Seal, OpensWithItsKeyAndPersonOnly) {
  const SecretKey key = SecretKey::random(), other = SecretKey::random();
  for (const std::string& plain : {std::string(), std::string("x"), std::string(5000, 'p')}) {
    const std::string envelope = seal(key, "k1", "1001", plain);
    EXPECT_EQ(open_sealed(key, "1001", envelope), plain);
    EXPECT_EQ(open_sealed(other, "1001", envelope), std::unexpected(SealFault::wrong));
    EXPECT_EQ(open_sealed(key, "1002", envelope), std::unexpected(SealFault::wrong));
    EXPECT_EQ(sealed_key_id(envelope), "k1");
  }
}

// REQ SEC-04
TEST(Seal, Law4NothingOfThePlainTextIsInTheEnvelope) {  // LAW 4
  const SecretKey key = SecretKey::random();
  const std::string plain = "invented name, 990000198002030023, 19900000000";
  std::set<std::string> seen;
  for (int i = 0; i < 50; ++i) {
    const std::string envelope = seal(key, "k1", "1001", plain);
    for (std::size_t at = 0; at + 4 <= plain.size(); ++at)
      EXPECT_EQ(envelope.find(plain.substr(at, 4)), std::string::npos);
    EXPECT_TRUE(seen.insert(envelope).second) << "a nonce was used twice";
  }
}

// REQ SEC-04
TEST(Seal, EveryAlteredByteAndEveryCutIsFound) {
  const SecretKey key = SecretKey::random();
  const std::string envelope = seal(key, "group-7", "1001", "some personal data");
  for (std::size_t at = 0; at < envelope.size(); ++at)
    for (const int bit : {0, 3, 7}) {
      std::string altered = envelope;
      altered[at] = static_cast<char>(altered[at] ^ (1 << bit));
      EXPECT_FALSE(open_sealed(key, "1001", altered)) << at;
    }
  for (std::size_t size = 0; size < envelope.size(); ++size)
    EXPECT_FALSE(open_sealed(key, "1001", envelope.substr(0, size))) << size;
  EXPECT_FALSE(open_sealed(key, "1001", envelope + "x"));
}

TEST(Seal, KeysOfTheRightSizeOnly) {
  EXPECT_TRUE(SecretKey::from_bytes(std::string(32, 'k')));
  EXPECT_FALSE(SecretKey::from_bytes(std::string(31, 'k')));
  EXPECT_TRUE(SecretKey::from_hex(std::string(64, 'a') + "\n"));
  EXPECT_EQ(SecretKey::from_hex(std::string(64, '6'))->bytes(), std::string(32, 'f'));
  EXPECT_FALSE(SecretKey::from_hex(std::string(63, 'a')));
  EXPECT_FALSE(SecretKey::from_hex(std::string(64, 'g')));
  EXPECT_NE(SecretKey::random().bytes(), SecretKey::random().bytes());
}

// The example of GM/T 0042 for HMAC with SM3.
// REQ SEC-04
TEST(BlindIndex, KnownAnswer) {
  std::string key;
  for (int i = 1; i <= 32; ++i) key += static_cast<char>(i);
  const std::string once = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  EXPECT_EQ(to_hex(bytes_of(hmac_sm3(key, once + once))),
            "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a");
}

// REQ SEC-04
TEST(BlindIndex, SameNumberSameIndexHoweverWritten) {
  const SecretKey key = SecretKey::random();
  const Digest index = blind_index(key, "certno", "99000019491231078X");
  EXPECT_EQ(blind_index(key, "certno", " 990000 1949-1231 078x"), index);
  EXPECT_NE(blind_index(key, "certno", "990000194912310781"), index);
  EXPECT_NE(blind_index(key, "phone", "99000019491231078X"), index);
  EXPECT_NE(blind_index(SecretKey::random(), "certno", "99000019491231078X"), index);
}

struct Ring {
  SecretKey master = SecretKey::random();
  KeyRing ring;
  Ring() {
    EXPECT_TRUE(ring.add("g1", master, "m1"));
    EXPECT_TRUE(ring.add("g2", master, "m1"));
  }
};

// REQ SEC-04
TEST(KeyRing, Law4RotationChangesNoCiphertext) {  // LAW 4
  Ring r;
  const std::string sealed = *r.ring.seal("g1", r.master, "1001", "data");
  const SecretKey renewed = SecretKey::random();
  EXPECT_EQ(r.ring.rewrap(SecretKey::random(), renewed, "m2"), std::unexpected(SealFault::wrong));
  EXPECT_EQ(r.ring.open(r.master, "1001", sealed), "data") << "a refused rotation changes nothing";
  EXPECT_EQ(r.ring.rewrap(r.master, renewed, "m2"), 2u);
  EXPECT_EQ(r.ring.open(renewed, "1001", sealed), "data");
  EXPECT_EQ(r.ring.open(r.master, "1001", sealed), std::unexpected(SealFault::wrong));
}

// REQ SEC-04
TEST(KeyRing, Law4AnErasedKeyErasesItsPersonsOnly) {  // LAW 4
  Ring r;
  const std::string one = *r.ring.seal("g1", r.master, "1001", "data"),
                    two = *r.ring.seal("g2", r.master, "2", "more");
  EXPECT_TRUE(r.ring.erase("g1"));
  EXPECT_FALSE(r.ring.erase("g1"));
  EXPECT_EQ(r.ring.open(r.master, "1001", one), std::unexpected(SealFault::key_erased));
  EXPECT_EQ(r.ring.open(r.master, "2", two), "more");
  EXPECT_FALSE(r.ring.add("g1", r.master, "m1")) << "the id is not used again";
  EXPECT_EQ(r.ring.rewrap(r.master, SecretKey::random(), "m2"), 1u);
  EXPECT_EQ(r.ring.seal("g9", r.master, "1", "x"), std::unexpected(SealFault::key_unknown));
}

// REQ SEC-04
TEST(KeyRing, ItsTextComesBackAndHoldsNoKey) {
  Ring r;
  r.ring.erase("g2");
  const std::string text = r.ring.write();
  const auto again = KeyRing::read(text);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->write(), text);
  const std::string sealed = *r.ring.seal("g1", r.master, "1", "data");
  EXPECT_EQ(again->open(r.master, "1", sealed), "data");
  EXPECT_EQ(again->key("g2", r.master).error(), SealFault::key_erased);
  EXPECT_EQ(text.find(to_hex(r.master.bytes())), std::string::npos);
  EXPECT_EQ(text.find(to_hex(r.ring.key("g1", r.master)->bytes())), std::string::npos);
}

TEST(KeyRing, NamesTheFirstLineThatCannotBeRead) {
  Ring r;
  const std::string text = r.ring.write();
  EXPECT_EQ(KeyRing::read(text + "erased g1\n").error(), 3u) << "an id stands once";
  EXPECT_EQ(KeyRing::read("\n" + text + "else x\n").error(), 4u);
  EXPECT_EQ(KeyRing::read("key g1 m1 00\n").error(), 1u);
  EXPECT_EQ(KeyRing::read("key g1 m1\n").error(), 1u);
  EXPECT_EQ(KeyRing::read("erased a b\n").error(), 1u);
  EXPECT_EQ(KeyRing::read("erased a/b\n").error(), 1u);
}

}  // namespace
}  // namespace fenming

namespace fenming {
namespace {

TEST(Seal, the_same_text_sealed_to_be_compared_gives_the_same_bytes) {
  const SecretKey key = SecretKey::random();
  const std::string one = seal_same(key, "k", "P1", "plain");
  EXPECT_EQ(one, seal_same(key, "k", "P1", "plain"));
  EXPECT_NE(one, seal_same(key, "k", "P1", "plain."));
  EXPECT_NE(one, seal_same(key, "k", "P2", "plain"));
  EXPECT_NE(one.substr(3, 12), seal_same(key, "k", "P1p", "lain").substr(3, 12));  // the border counts
  EXPECT_EQ(open_sealed(key, "P1", one), "plain");
  EXPECT_EQ(open_sealed(key, "P2", one).error(), SealFault::wrong);
}

TEST(Seal, what_was_sealed_in_one_way_under_one_key_is_alike) {
  const SecretKey key = SecretKey::random();
  const std::string one = seal_same(key, "k", "P1", "plain");
  EXPECT_TRUE(sealed_alike(one, seal_same(key, "k", "P1", "other")));
  EXPECT_FALSE(sealed_alike(one, seal_same(key, "k2", "P1", "plain")));
  EXPECT_FALSE(sealed_alike(one, seal(key, "k", "P1", "plain"))) << "the other version";
  EXPECT_FALSE(sealed_alike(one, "plain"));
  EXPECT_FALSE(sealed_alike("", ""));
  std::string moved = one;
  moved[0] = 1;
  EXPECT_EQ(open_sealed(key, "P1", moved).error(), SealFault::wrong) << "the version is authenticated";
  moved[0] = 3;
  EXPECT_EQ(open_sealed(key, "P1", moved).error(), SealFault::malformed);
}

}  // namespace
}  // namespace fenming
