#include "e2e/region.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "cli/files.h"
#include "cli/keys.h"
#include "cli/store_desk.h"
#include "protocol/json.h"
#include "registry/identity_number.h"

namespace fenming::e2e {
namespace {

namespace fs = std::filesystem;

const fs::path source = FENMING_SOURCE_DIR;

std::string provider_toml(std::string_view code, std::string_view variant, const std::string& more) {
  std::string text = fmt::format("[[provider]]\ncode = \"{}\"\nvariant = \"{}\"\n", code, variant);
  if (variant != "none") text += fmt::format("key = \"key-{}\"\nsecret = \"secret-{}\"\n", code, code);
  return text + more + "\n";
}

void good(SettlementDesk& desk, Action action) {
  const auto outcome = desk.call({{}, "test", std::move(action)});
  if (!outcome) ADD_FAILURE() << to_text(outcome.error(), Language::en);
}

FactValue fact(std::string name, std::string text, FactValue::Kind kind = FactValue::Kind::text) {
  return {std::move(name), kind, std::move(text), {}};
}

void person(SettlementDesk& desk, const Vault& vault, std::string_view psn_no, std::string_view scheme,
            std::string_view type, std::string_view aid) {
  JsonOut plain;
  plain.open_object().field("name", name_of(psn_no)).field("certno", certno_of(psn_no));
  plain.field("phone", "").field("address", "").close_object();
  good(desk, RegisterPerson{std::string(psn_no),
                            vault.seal_same(psn_no, plain.str()),
                            {fact("born", "1980-05-05"), fact("sex", "male")},
                            {vault.found_by(certno_of(psn_no))}});
  const Date from = *parse_date("2025-01-01");
  const auto status = [&](FactValue value) {
    good(desk, SetStatus{std::string(psn_no), std::move(value), from, date_max, false});
  };
  status(fact("insured", "yes", FactValue::Kind::boolean));
  status(fact("scheme", std::string(scheme)));
  status(fact("person", std::string(type)));
  if (!aid.empty()) status(fact("aid", std::string(aid)));
  FactValue diseases{"diseases", FactValue::Kind::list, {}, {"hypertension"}};
  status(std::move(diseases));
  if (scheme == "employees")
    good(desk, CreditAccount{std::string(psn_no), Money::from_fen(100'000), "contribution"});
}

void fill(const fs::path& folder, std::function<Now()> clock) {
  auto store = open_store((folder / "store").string(), true);
  ASSERT_TRUE(store) << to_text(store.error(), Language::en);
  auto desk = open_desk(std::move(*store), {.clock = clock ? std::move(clock) : system_clock_now});
  ASSERT_TRUE(desk) << to_text(desk.error(), Language::en);
  const auto adopted = adopt(**desk, (source / "rules/990000-mingzhou").string(),
                             (source / "sandbox/catalog.csv").string(), "test");
  ASSERT_TRUE(adopted) << to_text(adopted.error().front(), Language::en);
  for (const char* code : {"H99000000001", "H99000000002", "H99000000003", "P99000000001"})
    good(**desk, RegisterProvider{code, code, {fact("level", "L2")}, 30});
  const auto vault = open_vault((folder / "keys").string());
  ASSERT_TRUE(vault) << to_text(vault.error(), Language::en);
  person(**desk, **vault, employee, "employees", "active", "");
  person(**desk, **vault, resident, "residents", "adult", "");
  person(**desk, **vault, poor, "residents", "adult", "low_income");
}

}  // namespace

Region::Region(const std::string& more, const std::string& provider, std::function<Now()> its_clock)
    : clock(std::move(its_clock)) {
  std::string name = (fs::temp_directory_path() / "fenming-e2e-XXXXXX").string();
  folder = ::mkdtemp(name.data());
  fill(folder, clock);
  std::string text = *read_file(source / "sandbox/node.toml");
  text.replace(text.find("port = 8080"), 11, "port = 0");
  text += "\n" + more + "\n";
  text += provider_toml("H99000000001", "tif", provider) + provider_toml("H99000000002", "csb", provider) +
          provider_toml("H99000000003", "none", provider) + provider_toml("P99000000001", "tif", provider);
  config_text = text;
  auto read = read_config(text, "node.toml");
  if (!read) {
    ADD_FAILURE() << to_text(read.error().front(), Language::en);
    return;
  }
  config = std::move(*read);
  restart();
}

Region::~Region() {
  running.reset();
  std::error_code ignored;
  fs::remove_all(folder, ignored);
}

void Region::restart() {
  running.reset();
  auto started = RunningNode::start(config, folder.string(), clock);
  if (!started) {
    ADD_FAILURE() << to_text(started.error(), Language::en);
    return;
  }
  running = std::move(*started);
}

void Region::catch_up() { EXPECT_TRUE(running->desk().catch_up()); }

// Two clients of one provider within a second must not number their messages alike.
void Region::number_apart(WireIdentity& identity) {
  identity.sequence_count = messages_of_a_client;
  identity.sequence_from = clients++ % clients_apart * messages_of_a_client;
}

WireClient Region::client(SignVariant variant) {
  const std::string code = variant == SignVariant::tif   ? "H99000000001"
                           : variant == SignVariant::csb ? "H99000000002"
                                                         : "H99000000003";
  WireIdentity identity{code, code, "op1", "990000", {}};
  identity.credential.variant = variant;
  identity.credential.access_key = "key-" + code, identity.credential.secret = "secret-" + code;
  number_apart(identity);
  return {"127.0.0.1", running->port(), std::move(identity)};
}

WireClient Region::pharmacy() {
  WireIdentity identity{"P99000000001", "P99000000001", "op1", "990000", {}};
  identity.credential.access_key = "key-P99000000001", identity.credential.secret = "secret-P99000000001";
  number_apart(identity);
  return {"127.0.0.1", running->port(), std::move(identity)};
}

// ---- Inputs

// The day on which the test began: a message that is sent again after midnight is the same.
std::string today() {
  static const std::string day = to_text(civil_day(system_clock_now().wall));
  return day;
}

std::string certno_of(std::string_view psn_no) {
  const std::string first17 = "99000119800505" + std::string(psn_no.substr(psn_no.size() - 2)) + "1";
  return first17 + identity_check_character(first17);
}

std::string name_of(std::string_view psn_no) {
  return "测试" + std::string(psn_no.substr(psn_no.size() - 2));
}

namespace {

std::string_view insutype_of(std::string_view psn_no) { return psn_no == employee ? "310" : "390"; }

std::string lines_json(std::string_view fields, int count, std::string_view yuan_each, int first) {
  std::string rows;
  for (int i = 0; i < count; ++i)
    rows += fmt::format(
        R"({}{{"feedetl_sn":"{}",{}"fee_ocur_time":"{} 09:00:00","med_list_codg":"{}","medins_list_codg":"JG1",)"
        R"("det_item_fee_sumamt":{},"cnt":2,"pric":{},"bilg_dept_codg":"A02","bilg_dept_name":"内科","bilg_dr_codg":"D1","bilg_dr_name":"医生甲"}})",
        i == 0 ? "" : ",", first + i, fields, today(),
        parse_money(yuan_each)->fen() < 100'000 ? "XA02BC01" : "XL01FC01", yuan_each,
        to_text(Money::from_fen(parse_money(yuan_each)->fen() / 2)));
  return rows;
}

std::string total_of(int count, std::string_view yuan_each) {
  return to_text(Money::from_fen(parse_money(yuan_each)->fen() * count));
}

}  // namespace

std::string purchase(std::string_view psn_no, int lines, std::string_view yuan_each) {
  return fmt::format(
      R"({{"druginfo":{{"psn_no":"{}","mdtrt_cert_type":"02","mdtrt_cert_no":"x","begntime":"{} 09:00:00","medfee_sumamt":{},)"
      R"("insutype":"{}","acct_used_flag":"1","med_type":"41"}},"drugdetail":[{}]}})",
      psn_no, today(), total_of(lines, yuan_each), insutype_of(psn_no),
      lines_json("\"rx_circ_flag\":\"0\",", lines, yuan_each, 1));
}

std::string person_02(std::string_view certno, std::string_view name) {
  return fmt::format(
      R"({{"data":{{"mdtrt_cert_type":"02","mdtrt_cert_no":"{}","card_sn":"","begntime":"","psn_cert_type":"01","certno":"{}","psn_name":"{}"}}}})",
      certno, certno, name);
}

std::string register_outpatient(std::string_view psn_no, std::string_view number) {
  return fmt::format(
      R"({{"data":{{"psn_no":"{}","insutype":"{}","begntime":"{} 08:00:00","mdtrt_cert_type":"02","mdtrt_cert_no":"x",)"
      R"("ipt_otp_no":"{}","atddr_no":"D1","dr_name":"医生甲","dept_code":"A02","dept_name":"内科","caty":"A02"}}}})",
      psn_no, insutype_of(psn_no), today(), number);
}

std::string lines_of(std::string_view psn_no, std::string_view mdtrt_id, std::string_view batch, int count,
                     std::string_view yuan_each, int first) {
  const std::string fields = fmt::format(
      R"("mdtrt_id":"{}","psn_no":"{}","chrg_bchno":"{}","rx_circ_flag":"0","hosp_appr_flag":"1",)", mdtrt_id,
      psn_no, batch);
  return "{\"feedetail\":[" + lines_json(fields, count, yuan_each, first) + "]}";
}

std::string settle_outpatient(std::string_view psn_no, std::string_view mdtrt_id, std::string_view batch,
                              std::string_view total, std::string_view med_type) {
  return fmt::format(
      R"({{"data":{{"psn_no":"{}","mdtrt_cert_type":"02","mdtrt_cert_no":"x","med_type":"{}","medfee_sumamt":"{}",)"
      R"("psn_setlway":"01","mdtrt_id":"{}","chrg_bchno":"{}","insutype":"{}","acct_used_flag":"1"}}}})",
      psn_no, med_type, total, mdtrt_id, batch, insutype_of(psn_no));
}

std::string admission(std::string_view psn_no, std::string_view day) {
  return fmt::format(
      R"({{"mdtrtinfo":{{"psn_no":"{}","insutype":"{}","begntime":"{} 08:00:00","mdtrt_cert_type":"02","mdtrt_cert_no":"x",)"
      R"("med_type":"21","ipt_no":"ZY1","atddr_no":"D1","chfpdr_name":"医生甲","adm_diag_dscr":"肺炎","adm_dept_codg":"A03",)"
      R"("adm_dept_name":"呼吸内科","adm_bed":"12","dscg_maindiag_code":"J18.9","dscg_maindiag_name":"肺炎"}},)"
      R"("diseinfo":[{{"psn_no":"{}","diag_type":"1","maindiag_flag":"1","diag_srt_no":"1","diag_code":"J18.9","diag_name":"肺炎",)"
      R"("diag_dept":"A03","dise_dor_no":"D1","dise_dor_name":"医生甲","diag_time":"{} 08:00:00"}}]}})",
      psn_no, insutype_of(psn_no), day, psn_no, day);
}

std::string settle_stay(std::string_view psn_no, std::string_view mdtrt_id, std::string_view total,
                        bool interim) {
  return fmt::format(
      R"({{"data":{{"psn_no":"{}","mdtrt_cert_type":"02","mdtrt_cert_no":"x","medfee_sumamt":{},"psn_setlway":"01",)"
      R"("mdtrt_id":"{}","insutype":"{}","acct_used_flag":"1","mid_setl_flag":"{}"}}}})",
      psn_no, total, mdtrt_id, insutype_of(psn_no), interim ? 1 : 0);
}

std::string cancel(std::string_view psn_no, std::string_view mdtrt_id, std::string_view setl_id) {
  return fmt::format(R"({{"data":{{"setl_id":"{}","mdtrt_id":"{}","psn_no":"{}"}}}})", setl_id, mdtrt_id,
                     psn_no);
}

WireAnswer good(WireAnswer answer) {
  EXPECT_TRUE(answer.ok()) << answer.status << " " << answer.body;
  return answer;
}

std::string refused(const WireAnswer& answer) {
  EXPECT_EQ(answer.value("infcode"), "-1") << answer.status << " " << answer.body;
  const std::string message = answer.value("err_msg");
  return message.substr(0, message.find(']') + 1);
}

bool reads_as_answer(const WireAnswer& answer) {
  JsonReader reader;
  const auto json = reader.read(answer.body, {std::size_t{64} << 20U, 64});
  if (!json || json->kind() != Json::Kind::object) return false;
  int seen = 0;
  for (auto member = json->first(); member; member = member->next()) {
    const std::string_view key = member->key();
    if (key == "infcode") seen += member->kind() == Json::Kind::number ? 1 : 0;
    if (key == "err_msg") seen += member->kind() == Json::Kind::text ? 1 : 0;
    if (key == "inf_refmsgid") seen += member->text().size() == 30 ? 1 : 0;
    if (key == "refmsg_time" || key == "respond_time") seen += member->text().size() == 17 ? 1 : 0;
    if (key == "output")
      seen += member->kind() == Json::Kind::object || member->kind() == Json::Kind::array ||
                      member->kind() == Json::Kind::null
                  ? 1
                  : 0;
  }
  return seen == 6;
}

std::string refusal_of(const WireAnswer& answer) {
  const std::string message = answer.value("err_msg");
  return message.size() > 8 && message.front() == '[' ? message.substr(1, message.find(']') - 1) : message;
}

std::string metric(Region& region, const std::string& name) {
  HttpConnection connection("127.0.0.1", region.running->port());
  const WireAnswer answer = connection.exchange("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::size_t at = answer.body.find("\n" + name + " ");
  if (at == std::string::npos) return {};
  const std::size_t from = at + name.size() + 2;
  return answer.body.substr(from, answer.body.find('\n', from) - from);
}

}  // namespace fenming::e2e
