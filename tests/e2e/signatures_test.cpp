// Who may send a message, tried by forged, replayed and borrowed credentials; sign-in.
#include <fmt/format.h>

#include "cli/store_desk.h"
#include "e2e/region.h"

namespace fenming::e2e {
namespace {

std::string post(std::string_view body, std::string_view headers) {
  return fmt::format(
      "POST /fsi/api/rsfComIfsService/callService HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n{}\r\n{}",
      body.size(), headers, body);
}

std::string tif(std::string_view key, std::string_view secret, std::int64_t seconds, std::string_view nonce) {
  const std::string time = std::to_string(seconds);
  return fmt::format("x-tif-paasid: {}\r\nx-tif-timestamp: {}\r\nx-tif-nonce: {}\r\nx-tif-signature: {}\r\n",
                     key, time, nonce, sign_tif(secret, time, nonce));
}

std::string gateway(std::string_view message) {
  return fmt::format(R"({{"code":401,"message":"{}"}})", message);
}

struct Door {
  Region region;
  WireClient client = region.client();
  HttpConnection line{"127.0.0.1", region.running->port()};
  std::int64_t now = system_clock_now().wall.ms / 1000;
  std::string body = client.envelope("2101", purchase(employee), client.next_msgid(system_clock_now().wall),
                                     system_clock_now().wall);
  std::string said(std::string_view headers) {
    const WireAnswer answer = line.exchange(post(body, headers));
    EXPECT_EQ(answer.status == 200, answer.body.find("infcode") != std::string::npos) << answer.body;
    return answer.status == 401 ? answer.body : answer.ok() ? "ok" : refusal_of(answer);
  }
};

// REQ SEC-12, SEC-03
TEST(Signatures, the_four_bodies_of_401) {
  Door door;
  const std::string good = tif("key-H99000000001", "secret-H99000000001", door.now, "n1");
  const std::string missing = gateway("缺少服务网关的请求头!");
  EXPECT_EQ(door.said(""), missing);
  EXPECT_EQ(door.said("x-tif-paasid: key-H99000000001\r\n"), missing);
  EXPECT_EQ(door.said("_api_name: x\r\n_api_access_key: key-H99000000002\r\n"), missing);
  EXPECT_EQ(door.said(tif("key-H99000000001", "secret-H99000000001", door.now - 1'900, "n2")),
            gateway("签名时间戳超时!"));
  EXPECT_EQ(door.said(tif("key-H99000000001", "secret-H99000000001", door.now + 1'900, "n2")),
            gateway("签名时间戳超时!"));
  EXPECT_EQ(door.said(tif("nobody", "secret-H99000000001", door.now, "n2")), gateway("非法用户!"));
  EXPECT_EQ(door.said(tif("key-H99000000001", "guess", door.now, "n2")), gateway("签名不一致!"));
  EXPECT_EQ(door.said(good), "ok");
}

TEST(Signatures, a_signature_is_good_once) {
  Door door;
  const std::string once = tif("key-H99000000001", "secret-H99000000001", door.now, "once");
  EXPECT_EQ(door.said(once), "ok");
  EXPECT_NE(door.said(once).find("\"code\":401"), std::string::npos);
  EXPECT_EQ(door.said(tif("key-H99000000001", "secret-H99000000001", door.now, "twice")), "ok");
}

// REQ SEC-12, SEC-03, LAW 5. The nonces of a node end with it; what it took is not taken again by the next one.
TEST(Signatures, LAW_5_a_captured_message_is_not_taken_after_a_restart) {
  Region region;
  WireClient client = region.client();
  const Instant signed_at = system_clock_now().wall;
  const std::string msgid = client.next_msgid(signed_at);
  const std::string captured =
      client.request(client.envelope("2102", purchase(employee), msgid, signed_at), signed_at);
  const WireAnswer first = good(HttpConnection("127.0.0.1", region.running->port()).exchange(captured));
  const std::string late = client.request(
      client.envelope("2101", purchase(employee), client.next_msgid(signed_at), signed_at), signed_at);
  region.restart();
  for (const std::string& message : {captured, late}) {
    const WireAnswer answer = HttpConnection("127.0.0.1", region.running->port()).exchange(message);
    EXPECT_EQ(answer.status, 401U) << answer.body;
    EXPECT_EQ(answer.body, gateway("签名时间戳超时!"));
  }
  WireClient again = region.client();
  EXPECT_EQ(again.call("2102", purchase(employee), msgid).body, first.body);  // the same message, signed anew
}

// Without nonces there is no promise to keep: what such a provider signed before a restart is still good.
TEST(Signatures, who_signs_without_nonces_is_heard_at_once) {
  Region region("", "nonce_once = false");
  WireClient tif_client = region.client(), csb = region.client(SignVariant::csb);
  const Instant before{system_clock_now().wall.ms - 60'000};
  region.restart();
  for (WireClient* client : {&tif_client, &csb}) {
    const std::string message = client->request(
        client->envelope("2101", purchase(employee), client->next_msgid(before), before), before);
    good(HttpConnection("127.0.0.1", region.running->port()).exchange(message));
  }
}

TEST(Signatures, what_is_forged_or_borrowed_is_refused) {
  Door door;
  const std::string before = metric(door.region, "fenming_journal_position");
  EXPECT_FALSE(before.empty());
  // Another's key under the own name, the own key under another's, a key that is csb's under tif, no signature where one is agreed.
  EXPECT_EQ(door.said(tif("key-P99000000001", "secret-P99000000001", door.now, "a")), "WIR-017");
  EXPECT_EQ(door.said(tif("key-P99000000001", "secret-H99000000001", door.now, "b")), gateway("签名不一致!"));
  EXPECT_EQ(door.said(tif("key-H99000000002", "secret-H99000000002", door.now, "c")), gateway("非法用户!"));
  EXPECT_EQ(door.said(tif("key-H99000000003", "", door.now, "d")), gateway("非法用户!"));
  // A signature taken from another time or nonce.
  std::string moved = tif("key-H99000000001", "secret-H99000000001", door.now, "e");
  moved.replace(moved.find("nonce: e"), 8, "nonce: f");
  EXPECT_EQ(door.said(moved), gateway("签名不一致!"));
  EXPECT_EQ(metric(door.region, "fenming_journal_position"), before);
}

// The front-end machine of a provider without signature cannot speak for one who signs.
TEST(Signatures, no_signature_is_only_for_whom_it_is_agreed) {
  Region region;
  WireClient none = region.client(SignVariant::none);
  EXPECT_TRUE(none.call("2101", purchase(employee)).ok());
  none.identity().provider = "H99000000001";
  EXPECT_EQ(none.call("2101", purchase(employee)).body, gateway("缺少服务网关的请求头!"));
  none.identity().provider = "H99999999999";
  EXPECT_EQ(none.call("2101", purchase(employee)).body, gateway("缺少服务网关的请求头!"));
}

// Who need not sign is told that his message cannot be read, not that his signature is wrong.
TEST(Signatures, what_cannot_be_read_is_no_fault_of_a_signature) {
  Door door;
  for (const char* body :
       {"{\"infno\":\"1101\",\"fixmedins_code\":\"H99000000003\"", "{'infno':1}", "[]", ""}) {
    const WireAnswer answer = door.line.exchange(post(body, ""));
    EXPECT_EQ(answer.status, 400U) << body << " " << answer.body;
    EXPECT_NE(answer.value("err_msg").find("[WIR-00"), std::string::npos) << answer.body;
  }
}

// REQ SEC-02
TEST(Signatures, work_begins_with_9001_and_ends_with_9002) {
  Region region("", "sign_in = true");
  const std::string in = R"({"signIn":{"opter_no":"op1","mac":"00-00","ip":"127.0.0.1"}})";
  WireClient client = region.client();
  EXPECT_EQ(refusal_of(client.call("2101", purchase(employee))), "WIR-018");
  EXPECT_EQ(refusal_of(client.call("2102", purchase(employee))), "WIR-018");
  EXPECT_EQ(refusal_of(client.call("1101", person_02(certno_of(employee)))), "WIR-018");
  const WireAnswer signed_in = client.call("9001", in);
  EXPECT_TRUE(signed_in.ok()) << signed_in.body;
  const std::string msgid = client.last_msgid();
  EXPECT_TRUE(client.call("2101", purchase(employee)).ok());
  WireClient other = region.client(SignVariant::csb);
  EXPECT_EQ(refusal_of(other.call("2101", purchase(employee))), "WIR-018");  // each provider for itself
  region.restart();
  WireClient later = region.client();
  EXPECT_TRUE(later.call("2102", purchase(employee)).ok());
  const WireAnswer out = later.call(
      "9002", R"({"signOut":{"sign_no":")" + signed_in.value("sign_no") + R"(","opter_no":"op1"}})");
  EXPECT_TRUE(out.ok()) << out.body;
  EXPECT_EQ(refusal_of(later.call("2101", purchase(employee))), "WIR-018");
  // The answer to a sign-in of before, given again, signs nobody in.
  EXPECT_EQ(later.call("9001", in, msgid).body, signed_in.body);
  EXPECT_EQ(refusal_of(later.call("2101", purchase(employee))), "WIR-018");
  region.restart();
  WireClient last = region.client();
  EXPECT_EQ(refusal_of(last.call("2101", purchase(employee))), "WIR-018");
  EXPECT_TRUE(last.call("9001", in).ok());
  EXPECT_TRUE(last.call("2101", purchase(employee)).ok());
}

}  // namespace
}  // namespace fenming::e2e
