#include "identity/gateway.h"

#include <gtest/gtest.h>

#include <map>

namespace fenming {
namespace {

constexpr Instant at{1'700'000'000'000};

SignedHeaders from(const std::map<std::string, std::string_view>& headers) {
  return signed_headers([&](std::string_view name) {
    const auto found = headers.find(std::string(name));
    return found == headers.end() ? std::string_view() : found->second;
  });
}

Credential tif() {
  Credential credential;
  credential.access_key = "ak", credential.secret = "K", credential.provider = "H1";
  return credential;
}

Credential csb() {
  Credential credential = tif();
  credential.access_key = "testak", credential.secret = "testsk", credential.variant = SignVariant::csb;
  return credential;
}

// printf 1700000000KN1700000000 | sha256sum
constexpr std::string_view vector_signature =
    "133af70602ae0fef7c3f24f3b6c642231113f7f57147761958b1cc846e4ba344";

// REQ SEC-03
TEST(Gateway, tif_is_sha256_of_time_secret_nonce_time) {
  EXPECT_EQ(sign_tif("K", "1700000000", "N"), vector_signature);
  SignedHeaders headers =
      from({{"x-tif-paasid", "ak"}, {"x-tif-timestamp", "1700000000"}, {"x-tif-nonce", "N"}});
  const std::string signature = sign_tif("K", "1700000000", "N");
  headers.signature = signature;
  const Credential credential = tif();
  Nonces nonces;
  EXPECT_EQ(check_signature(headers, &credential, nonces, at), std::nullopt);
}

TEST(Gateway, a_replayed_nonce_is_refused_until_its_time_is_over) {
  const std::string signature = sign_tif("K", "1700000000", "N");
  const SignedHeaders headers = from({{"x-tif-paasid", "ak"},
                                      {"x-tif-timestamp", "1700000000"},
                                      {"x-tif-nonce", "N"},
                                      {"x-tif-signature", signature}});
  Credential credential = tif();
  Nonces nonces;
  EXPECT_EQ(check_signature(headers, &credential, nonces, at), std::nullopt);
  EXPECT_EQ(check_signature(headers, &credential, nonces, at), SignFault::replayed);
  EXPECT_EQ(check_signature(headers, &credential, nonces, Instant{at.ms + 1'799'000}), SignFault::replayed);
  EXPECT_EQ(check_signature(headers, &credential, nonces, Instant{at.ms + 1'801'000}), SignFault::time_off);
  credential.nonce_once = false;
  EXPECT_EQ(check_signature(headers, &credential, nonces, at), std::nullopt);
}

TEST(Gateway, a_nonce_is_remembered_while_its_signature_holds) {
  Nonces nonces(8);
  EXPECT_TRUE(nonces.fresh("ak", "1", "a", {1000}, {0}));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(nonces.fresh("ak", "1", std::to_string(i), {1000}, {0}));
  EXPECT_FALSE(nonces.fresh("ak", "1", "a", {1000}, {0}));
  EXPECT_TRUE(nonces.fresh("ak", "1", "next", {1000}, {1}));  // a new generation
  EXPECT_FALSE(nonces.fresh("ak", "1", "a", {1000}, {2}));
  EXPECT_TRUE(nonces.fresh("other", "1", "a", {1000}, {2}));
}

// REQ SEC-12, SEC-03. Signed before the nonces are known: it may have been used before.
TEST(Gateway, what_was_signed_before_the_start_is_late) {
  Credential credential = tif();
  Nonces nonces;
  const auto fault = [&](std::int64_t ms) {
    const std::string time = std::to_string(ms), signature = sign_tif(credential.secret, time, "N");
    return check_signature(from({{"x-tif-paasid", "ak"},
                                 {"x-tif-timestamp", time},
                                 {"x-tif-nonce", "N"},
                                 {"x-tif-signature", signature}}),
                           &credential, nonces, at);
  };
  nonces.remember_from({at.ms - 5});
  EXPECT_EQ(fault(at.ms - 6), SignFault::time_off);
  EXPECT_EQ(fault(at.ms - 5), std::nullopt);
  EXPECT_EQ(fault(at.ms - 5), SignFault::replayed);
  credential.nonce_once = false;  // no promise that it is good once
  EXPECT_EQ(fault(at.ms - 6), std::nullopt);
}

// REQ SEC-12. Messages whose time is nearly past used to make the others be forgotten.
TEST(Gateway, late_clocks_do_not_make_nonces_forgotten) {
  Nonces nonces;
  EXPECT_TRUE(nonces.fresh("ak", "1", "kept", {3'600'000}, {0}));
  for (int i = 1; i < 100; ++i)
    EXPECT_TRUE(nonces.fresh("late", "1", std::to_string(i), {i * 10 + 1}, {i * 10}));
  EXPECT_FALSE(nonces.fresh("ak", "1", "kept", {3'600'000}, {1'000}));
  EXPECT_FALSE(nonces.fresh("ak", "1", "kept", {3'600'000}, {3'600'000}));
  EXPECT_TRUE(nonces.fresh("ak", "1", "kept", {9'999'999}, {9'000'000}));  // past its time twice over
}

// The signature that a client of Hunan sent with access key testak, secret testsk (spec/nhsa/captured).
TEST(Gateway, csb_is_the_signature_of_a_real_client) {
  const SignedHeaders headers = from({{"_api_name", "api_1101"},
                                      {"_api_version", "1.0"},
                                      {"_api_timestamp", "1795373842262"},
                                      {"_api_access_key", "testak"},
                                      {"_api_signature", "tw76G+NA3ACJf/bznLc7ewba8lA="}});
  const Credential credential = csb();
  Nonces nonces;
  const Instant then{1'795'373'842'262};
  EXPECT_EQ(sign_csb("testsk", headers), "tw76G+NA3ACJf/bznLc7ewba8lA=");
  EXPECT_EQ(check_signature(headers, &credential, nonces, then), std::nullopt);
  EXPECT_EQ(check_signature(headers, &credential, nonces, then),
            std::nullopt);  // no nonce: the message id settles once
  EXPECT_EQ(check_signature(headers, &credential, nonces, {then.ms + 1'800'001}), SignFault::time_off);
}

TEST(Gateway, csb_time_in_seconds) {
  SignedHeaders headers = from({{"_api_name", "api-test-pri"},
                                {"_api_version", "1.0.0"},
                                {"_api_timestamp", "1795373714"},
                                {"_api_access_key", "testak"},
                                {"_api_signature", "9Nd/0YvXyxgg13JsCcqmowqnHw4="}});
  Credential credential = csb();
  Nonces nonces;
  EXPECT_EQ(check_signature(headers, &credential, nonces, {1'795'373'714'000}), std::nullopt);
  credential.unit = TimeUnit::milliseconds;
  EXPECT_EQ(check_signature(headers, &credential, nonces, {1'795'373'714'000}), SignFault::time_off);
}

TEST(Gateway, faults_in_their_order) {
  const Credential credential = tif();
  Nonces nonces;
  EXPECT_EQ(check_signature(from({}), &credential, nonces, at), SignFault::header_missing);
  std::map<std::string, std::string_view> headers{{"x-tif-paasid", "ak"},
                                                  {"x-tif-timestamp", "1700000000"},
                                                  {"x-tif-nonce", "N"},
                                                  {"x-tif-signature", "00"}};
  EXPECT_EQ(check_signature(from(headers), &credential, nonces, at), SignFault::differs);
  EXPECT_EQ(check_signature(from(headers), nullptr, nonces, at), SignFault::user_unknown);
  headers["x-tif-timestamp"] = "1699998000";
  EXPECT_EQ(check_signature(from(headers), nullptr, nonces, at), SignFault::time_off);
  headers["x-tif-timestamp"] = "now";
  EXPECT_EQ(check_signature(from(headers), &credential, nonces, at), SignFault::time_off);
  headers["x-tif-timestamp"] = "99999999999999999999";
  EXPECT_EQ(check_signature(from(headers), &credential, nonces, at), SignFault::time_off);
  headers.erase("x-tif-nonce");
  EXPECT_EQ(check_signature(from(headers), &credential, nonces, at), SignFault::header_missing);
}

TEST(Gateway, another_variant_than_agreed_is_an_unknown_user) {
  const SignedHeaders headers = from({{"_api_name", "api_1101"},
                                      {"_api_version", "1.0"},
                                      {"_api_timestamp", "1795373842262"},
                                      {"_api_access_key", "testak"},
                                      {"_api_signature", "tw76G+NA3ACJf/bznLc7ewba8lA="}});
  const Credential credential = tif();
  Nonces nonces;
  EXPECT_EQ(check_signature(headers, &credential, nonces, {1'795'373'842'262}), SignFault::user_unknown);
}

}  // namespace
}  // namespace fenming
