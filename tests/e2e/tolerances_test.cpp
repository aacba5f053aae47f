// Each tolerance over the wire, on and off for a provider (docs/interface.md, "What is tolerated").
#include <fmt/format.h>

#include "cli/store_desk.h"
#include "e2e/region.h"
#include "protocol/charset.h"
#include "protocol/tolerance.h"

namespace fenming::e2e {
namespace {

struct Sent {
  std::string infno = "2101", input = purchase(employee), path = "/fsi/api/rsfComIfsService/callService";
  std::string type = "application/json;charset=utf-8", msgid;
  bool underscored = false, gbk = false;
  std::string from, to;  // replaced in the whole message
};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::string bytes_of(WireClient& client, const Sent& sent) {
  const Instant now = system_clock_now().wall;
  std::string body =
      client.envelope(sent.infno, sent.input, sent.msgid.empty() ? client.next_msgid(now) : sent.msgid, now);
  if (!sent.from.empty()) body = replaced(body, sent.from, sent.to);
  if (sent.gbk) body = from_utf8(body, Charset::gbk);
  std::string request = client.request(body, now);
  request = replaced(request, "/fsi/api/rsfComIfsService/callService", sent.path);
  request = replaced(request, "application/json;charset=utf-8", sent.type);
  if (sent.underscored)
    for (const char* name : {"paasid", "timestamp", "nonce", "signature"})
      request = replaced(request, std::string("x-tif-") + name, std::string("x_tif_") + name);
  return request;
}

Sent change(std::string from, std::string to) {
  Sent sent;
  sent.from = std::move(from), sent.to = std::move(to);
  return sent;
}

struct Case {
  Tolerance tolerance;
  std::function<Sent()> sent;
  const char* refusal;  // when it is off; "401" of a status
};

std::string one_line_as_object() {
  std::string input = replaced(purchase(employee), "\"drugdetail\":[", "\"drugdetail\":");
  return input.erase(input.rfind(']'), 1);
}

std::string as_text(const std::string& json) {
  JsonOut out;
  out.open_array().text(json);
  const std::string text = out.close_array().take();
  return text.substr(1, text.size() - 2);
}

const Case cases[] = {
    {Tolerance::number_form, [] { return change("\"medfee_sumamt\":20.00", "\"medfee_sumamt\":\"20.00\""); },
     "WIR-020"},
    {Tolerance::input_as_text,
     [] {
       Sent sent;
       sent.input = as_text(purchase(employee));
       return sent;
     },
     "WIR-020"},
    {Tolerance::input_capital, [] { return change("\"input\":", "\"Input\":"); }, "WIR-020"},
    {Tolerance::node_shape,
     [] {
       Sent sent;
       sent.input = one_line_as_object();
       return sent;
     },
     "WIR-020"},
    {Tolerance::node_alias,
     [] {
       Sent sent;
       sent.infno = "9001", sent.input = R"({"data":{"opter_no":"op1","mac":"00-00","ip":"127.0.0.1"}})";
       return sent;
     },
     "WIR-020"},
    {Tolerance::unknown_envelope,
     [] { return change("{\"infno\"", "{\"fixmedins_soft_fcty\":\"x\",\"infno\""); }, "WIR-012"},
    {Tolerance::unknown_field,
     [] { return change("\"druginfo\":{", "\"druginfo\":{\"nobodys_field\":\"x\","); }, "WIR-012"},
    {Tolerance::msgid_form,
     [] {
       Sent sent;
       sent.msgid = "H9900000000120261122090807001";
       return sent;
     },
     "WIR-016"},
    {Tolerance::empty_division,
     [] { return change("\"mdtrtarea_admvs\":\"990000\"", "\"mdtrtarea_admvs\":\"\""); }, "WIR-020"},
    {Tolerance::infver_form, [] { return change("V1.0", "1.0.0"); }, "WIR-020"},
    {Tolerance::null_words, [] { return change("\"druginfo\":{", "\"druginfo\":{\"card_sn\":\"null\","); },
     "WIR-020"},
    {Tolerance::date_form, [] { return change(today() + " 09:00:00\",\"medfee", today() + "\",\"medfee"); },
     "WIR-020"},
    {Tolerance::not_listed, [] { return Sent(); }, "WIR-006"},
    {Tolerance::long_text,
     [] { return change("\"druginfo\":{", "\"druginfo\":{\"psn_name\":\"" + std::string(300, 'n') + "\","); },
     "WIR-008"},
    {Tolerance::header_underscore,
     [] {
       Sent sent;
       sent.underscored = true;
       return sent;
     },
     "401"},
    {Tolerance::path_form,
     [] {
       Sent sent;
       sent.path = "/fsi/api/rsfComIfsService/callService/2101";
       return sent;
     },
     "WIR-020"},
    {Tolerance::charset,
     [] {
       Sent sent;
       sent.gbk = true, sent.type = "application/json;charset=GBK";
       return sent;
     },
     "WIR-020"}};

// REQ HOS-07
TEST(Tolerances, each_over_the_wire_on_and_off) {
  static_assert(std::size(cases) == static_cast<std::size_t>(Tolerance::count_));
  Region region;
  WireClient on = region.client();
  for (const Case& one : cases) {
    const WireAnswer answer = on.connection().exchange(bytes_of(on, one.sent()));
    EXPECT_EQ(answer.value("infcode"), "0") << name(one.tolerance) << " " << answer.body;
  }
  for (const Case& one : cases) {
    region.config.providers[0].tolerances = {};
    region.config.providers[0].tolerances.switch_off(one.tolerance);
    region.restart();
    WireClient off = region.client();
    const WireAnswer answer = off.connection().exchange(bytes_of(off, one.sent()));
    if (std::string(one.refusal) == "401")
      EXPECT_EQ(answer.status, 401U) << name(one.tolerance) << " " << answer.body;
    else
      EXPECT_EQ(refusal_of(answer), one.refusal) << name(one.tolerance) << " " << answer.body;
  }
}

TEST(Tolerances, gbk_is_answered_in_gbk) {
  Region region;
  WireClient client = region.client();
  Sent sent;
  sent.infno = "1101", sent.input = person_02(certno_of(employee), name_of(employee));
  sent.gbk = true, sent.type = "text/plain; charset=\"gb2312\"";
  const WireAnswer answer = client.connection().exchange(bytes_of(client, sent));
  EXPECT_NE(answer.head.find("charset=gbk"), std::string::npos) << answer.head;
  const auto text = to_utf8(answer.body, Charset::gbk);
  ASSERT_TRUE(text);
  EXPECT_NE(text->find("\"psn_name\":\"" + name_of(employee) + "\""), std::string::npos) << *text;
  EXPECT_EQ(answer.body.find(name_of(employee)), std::string::npos);  // not UTF-8
  sent.input = person_02(certno_of(employee), "别人");
  const auto refused = to_utf8(client.connection().exchange(bytes_of(client, sent)).body, Charset::gbk);
  ASSERT_TRUE(refused);
  EXPECT_NE(refused->find("[WIR-025] 按所给凭证未找到参保人"), std::string::npos) << *refused;
}

TEST(Tolerances, every_path_of_the_regions_leads_to_the_same_answer) {
  Region region;
  WireClient client = region.client();
  for (const char* path :
       {"/fsi/api/rsfComIfsService/callService/", "/fsi/api/rsfComIfsService/callService/1101", "/CSB",
        "/mbs/fmi/fsi/api/callFsiService/callService", "/any/base/1101",
        "/fsi/api/fsiPsnInfoService/queryPsnInfo"}) {
    Sent sent;
    sent.infno = "1101", sent.input = person_02(certno_of(employee)), sent.path = path;
    const WireAnswer answer = client.connection().exchange(bytes_of(client, sent));
    EXPECT_EQ(answer.value("psn_no"), employee) << path << " " << answer.body;
    sent.infno = "2101", sent.input = purchase(employee);
    const std::string other = refusal_of(client.connection().exchange(bytes_of(client, sent)));
    const bool named =
        std::string_view(path).ends_with("1101") || std::string_view(path).ends_with("queryPsnInfo");
    EXPECT_EQ(other, named ? "WIR-024" : "") << path;
  }
  Sent nowhere;
  nowhere.path = "/fsi/api/outpatientSettleService/cancelSettlement";
  const WireAnswer answer = client.connection().exchange(bytes_of(client, nowhere));
  EXPECT_EQ(answer.status, 404U);
  EXPECT_TRUE(reads_as_answer(answer)) << answer.body;
}

}  // namespace
}  // namespace fenming::e2e
