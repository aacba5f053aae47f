#include "base/sign.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

TEST(Sign, ThePublicKeyAloneChecks) {
  const SigningKeys keys = new_signing_keys();
  const auto signer = Signer::open(keys.private_pem);
  const auto verifier = Verifier::open(keys.public_pem);
  ASSERT_TRUE(signer);
  ASSERT_TRUE(verifier);
  EXPECT_EQ(signer->public_pem(), keys.public_pem);
  for (const std::string& message :
       {std::string(), std::string("fenming head 1"), std::string(100'000, 'm')}) {
    const std::string signature = signer->sign(message);
    EXPECT_TRUE(verifier->verify(message, signature));
    EXPECT_FALSE(verifier->verify(message + "x", signature));
    EXPECT_NE(signer->sign(message), signature) << "a nonce was used twice";
  }
}

TEST(Sign, AnotherKeyOrAnAlteredSignatureIsRefused) {
  const SigningKeys keys = new_signing_keys(), others = new_signing_keys();
  EXPECT_NE(keys.private_pem, others.private_pem);
  const std::string signature = Signer::open(keys.private_pem)->sign("message");
  EXPECT_FALSE(Verifier::open(others.public_pem)->verify("message", signature));
  const auto verifier = Verifier::open(keys.public_pem);
  for (std::size_t at = 0; at < signature.size(); ++at) {
    std::string altered = signature;
    altered[at] = static_cast<char>(altered[at] ^ 1);
    EXPECT_FALSE(verifier->verify("message", altered)) << at;
    EXPECT_FALSE(verifier->verify("message", signature.substr(0, at))) << at;
  }
  EXPECT_FALSE(verifier->verify("message", signature + '\0'));
}

// The example of GB/T 32918.5, annex A.2, for the recommended curve: key, "message digest", r and s.
TEST(Sign, KnownAnswerOfTheStandard) {
  const auto verifier = Verifier::open(
      "-----BEGIN PUBLIC KEY-----\n"
      "MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAECfnfMR5UIaFQ3X0WHkvFxnIXn60Y\n"
      "M/wHa7CP81bzUCDM6kkM4md1pS3G6nGMwapgCu0F+/NeCEpmMvYHLamtEw==\n"
      "-----END PUBLIC KEY-----\n");
  ASSERT_TRUE(verifier);
  const std::string zero(1, '\0');  // both numbers have their highest bit set
  const std::string signature = "\x30\x46\x02\x21" + zero +
                                "\xF5\xA0\x3B\x06\x48\xD2\xC4\x63\x0E\xEA\xC5\x13\xE1\xBB\x81\xA1"
                                "\x59\x44\xDA\x38\x27\xD5\xB7\x41\x43\xAC\x7E\xAC\xEE\xE7\x20\xB3"
                                "\x02\x21" +
                                zero +
                                "\xB1\xB6\xAA\x29\xDF\x21\x2F\xD8\x76\x31\x82\xBC\x0D\x42\x1C\xA1"
                                "\xBB\x90\x38\xFD\x1F\x7F\x42\xD4\x84\x0B\x69\xC4\x85\xBB\xC1\xAA";
  EXPECT_TRUE(verifier->verify("message digest", signature));
  EXPECT_FALSE(verifier->verify("message digesT", signature));
}

TEST(Sign, StrangeTextsAreNoKeys) {
  const SigningKeys keys = new_signing_keys();
  EXPECT_FALSE(Signer::open(""));
  EXPECT_FALSE(Signer::open(keys.public_pem));
  EXPECT_FALSE(Verifier::open(keys.private_pem));
  EXPECT_FALSE(Verifier::open(keys.public_pem.substr(0, 60)));
}

}  // namespace
}  // namespace fenming
