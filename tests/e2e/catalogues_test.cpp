// What a provider's system uploads to be kept, downloads and compares, over a real socket and after a restart.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "cli/store_desk.h"
#include "conformance/filled_input.h"
#include "e2e/region.h"
#include "protocol/interface.h"
#include "server/uploads.h"
#include "server/zip_text.h"

namespace fenming::e2e {
namespace {

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

std::string download(WireClient& client, std::string_view number, std::string_view code = "plc") {
  const WireAnswer file = client.call(
      "9102",
      fmt::format(R"({{"fsDownloadIn":{{"file_qury_no":"{}","filename":"x","fixmedins_code":"{}"}}}})",
                  number, code));
  EXPECT_NE(file.head.find("application/octet-stream"), std::string::npos) << file.body;
  return file.body;
}

std::string department(std::string_view code, std::string_view name) {
  return fmt::format(
      R"({{"hosp_dept_codg":"{}","caty":"A02","hosp_dept_name":"{}","begntime":"2026-01-01 00:00:00","itro":"x",)"
      R"("dept_resper_name":"张三","dept_resper_tel":"10000","dept_estbdat":"2020-01-01","aprv_bed_cnt":10,)"
      R"("poolarea_no":"990000","dr_psncnt":3,"phar_psncnt":1,"nurs_psncnt":5,"tecn_psncnt":1}})",
      code, name);
}

// REQ HOS-07
TEST(Kept, departments_are_uploaded_changed_withdrawn_and_asked_for) {
  Region region;
  WireClient client = region.client();
  good(client.call("3401", R"({"deptinfo":)" + department("A02", "内科") + "}"));
  good(client.call(
      "3401A", R"({"deptinfo":[)" + department("A03", "呼吸内科") + "," + department("A04", "骨科") + "]}"));
  good(client.call("3402", R"({"deptinfo":)" + department("A02", "普通内科") + "}"));
  good(client.call(
      "3403",
      R"({"data":{"hosp_dept_codg":"A04","hosp_dept_name":"骨科","begntime":"2026-01-01 00:00:00"}})"));
  for (const bool restarted : {false, true}) {
    if (restarted) region.restart();
    WireClient later = region.client();
    const WireAnswer asked = good(later.call("5101", "{}"));
    EXPECT_EQ(count(asked.body, "hosp_dept_codg"), 2U) << asked.body;
    EXPECT_NE(asked.body.find("普通内科"), std::string::npos);
    EXPECT_EQ(asked.body.find("骨科"), std::string::npos);
    WireClient other = region.client(SignVariant::csb);
    EXPECT_EQ(count(good(other.call("5101", "{}")).body, "hosp_dept_codg"), 0U);
  }
}

// REQ HOS-07: the whole input, field by field, to nobody but its provider.
TEST(Kept, is_given_back_to_its_provider_alone) {
  Region region;
  WireClient client = region.client();
  const std::string input = R"({"deptinfo":)" + department("A02", "内科") + "}";
  good(client.call("3401", input));
  region.restart();
  WireClient later = region.client();
  const WireAnswer kept = later.get("/documents?infno=3401&subject=A02");
  EXPECT_EQ(kept.status, 200U);
  EXPECT_NE(kept.body.find(R"("hosp_dept_name":"内科")"), std::string::npos) << kept.body;
  EXPECT_NE(kept.body.find(R"("dept_estbdat":"2020-01-01")"), std::string::npos) << kept.body;
  EXPECT_NE(kept.body.find(R"("withdrawn":false)"), std::string::npos) << kept.body;
  EXPECT_EQ(later.get("/documents?infno=3401&subject=A0").status, 404U);
  EXPECT_EQ(region.client(SignVariant::csb).get("/documents?infno=3401&subject=A02").status, 404U);
  EXPECT_EQ(
      later.connection().exchange("GET /documents?infno=3401&subject=A02 HTTP/1.1\r\nHost: n\r\n\r\n").status,
      401U);
  WireClient bare = region.client(SignVariant::none);
  EXPECT_EQ(bare.get("/documents?infno=3401&subject=A02&fixmedins_code=H99000000001").status, 401U);
  EXPECT_EQ(bare.get("/documents?infno=3401&subject=A02&fixmedins_code=H99000000003").status, 404U);
}

// REQ SET-03
TEST(Kept, goods_with_trace_codes) {
  Region region;
  WireClient client = region.client();
  const Transaction& sale = *find_transaction("3505");
  const FilledValues batch = {
      {"fixmedins_bchno", "B1"}, {"psn_no", ""}, {"setl_id", ""}, {"fixmedins_hilist_id", "JG1"}};
  good(client.call("3505", filled_input(sale, batch)));
  good(client.call("3501", filled_input(*find_transaction("3501"), batch)));
  region.restart();
  WireClient later = region.client();
  const std::string query =
      R"({"data":{"fixmedins_code":"H99000000001","medins_list_codg":"JG1","fixmedins_bchno":"B1",)"
      R"("begndate":"2026-01-01","enddate":"2026-12-31"}})";
  EXPECT_EQ(good(later.call("3511", query)).value("medinsListCodg"), "JG1");
  EXPECT_EQ(good(later.call("3513", query)).value("drugTracCodg"), "X-drug_trac_");
  EXPECT_EQ(good(later.call("3508", query)).value("invCnt"), "1.00");
  good(later.call("3507", R"({"data":{"fixmedins_bchno":"B1","inv_data_type":"4"}})"));
  EXPECT_EQ(good(later.call("3511", query)).value("medinsListCodg"), "");
  EXPECT_EQ(good(later.call("3508", query)).value("medinsListCodg"), "JG1");
}

TEST(Kept, filings_of_a_person_and_their_withdrawal) {
  Region region;
  WireClient client = region.client();
  const FilledValues about = {{"psn_no", std::string(resident)}, {"refl_date", "2026-01-05"}};
  const std::string number =
      good(client.call("2501", filled_input(*find_transaction("2501"), about))).value("trt_dcla_detl_sn");
  good(client.call("2505", filled_input(*find_transaction("2505"),
                                        {{"psn_no", std::string(resident)}, {"biz_appy_type", "03"}})));
  EXPECT_EQ(
      refused(client.call("2501", filled_input(*find_transaction("2501"), {{"psn_no", "990000000099"}}))),
      "[DSK-002]");
  region.restart();
  WireClient later = region.client();
  const std::string query =
      R"({"data":{"begntime":"2026-01-01 00:00:00","endtime":"2026-12-31 00:00:00","psn_no":"990000000002"}})";
  const WireAnswer referral = good(later.call("5304", query));
  EXPECT_EQ(referral.value("psn_name"), name_of(resident));
  EXPECT_EQ(referral.value("reflin_medins_no"), "X-reflin_med");
  EXPECT_EQ(good(later.call("5302", R"({"data":{"psn_no":"990000000002","biz_appy_type":"03"}})"))
                .value("fix_srt_no"),
            "X-f");
  good(later.call("2502",
                  R"({"data":{"trt_dcla_detl_sn":")" + number + R"(","psn_no":"990000000002","memo":""}})"));
  EXPECT_EQ(good(later.call("5304", query)).value("psn_name"), "");
}

// LAW 5
TEST(Kept, LAW_5_a_settlement_list_is_submitted_once_and_a_repeat_hears_the_same) {
  Region region;
  WireClient client = region.client();
  const std::string setl_id = good(client.call("2102", purchase(employee))).value("setl_id");
  const Transaction& list = *find_transaction("4101");
  good(client.call("4101", filled_input(list, {{"psn_no", std::string(employee)},
                                               {"mdtrt_id", setl_id},
                                               {"setl_id", setl_id},
                                               {"stas_type", "0"}})));
  const std::string submit =
      R"({"data":{"stastinfo":[{"psn_no":"990000000001","setl_id":")" + setl_id + R"(","stas_type":"1"}]}})";
  const WireAnswer first = good(client.call("4102", submit));
  const std::string msgid = client.last_msgid();
  region.restart();
  WireClient later = region.client();
  EXPECT_EQ(later.call("4102", submit, msgid).body, first.body);
  EXPECT_EQ(refused(later.call("4102", submit)), "[WIR-009]");
  const std::string query = R"({"data":{"psn_no":"990000000001","setl_id":")" + setl_id + "\"}}";
  EXPECT_EQ(good(later.call("4103", query)).value("stas_type"), "1");
  EXPECT_EQ(refused(region.client(SignVariant::csb).call("4103", query)), "[DSK-024]");
  EXPECT_EQ(
      refused(later.call(
          "4102", R"({"data":{"stastinfo":[{"psn_no":"990000000001","setl_id":"S1","stas_type":"1"}]}})")),
      "[DSK-024]");
  const WireAnswer counted =
      good(later.call("4105", R"({"data":{"fixmedins_code":"H99000000001","stt_begntime":")" + today() +
                                  R"( 00:00:00","stt_endtime":")" + today() + R"( 23:59:59"}})"));
  EXPECT_EQ(counted.value("needUploadCnt"), "1");
  EXPECT_EQ(counted.value("uploadedCnt"), "1");
}

// REQ HOS-07
TEST(Catalogues, files_of_the_catalogue_in_force) {
  Region region;
  WireClient client = region.client();
  const WireAnswer drugs = good(client.call("1301", R"({"data":{"ver":"v0000"}})"));
  EXPECT_EQ(drugs.value("file_qury_no"), "1301-v0000-v0001");
  const auto text = text_of_zip(download(client, drugs.value("file_qury_no")), 1 << 20);
  ASSERT_TRUE(text);
  EXPECT_EQ(std::to_string(count(*text, "\n")), drugs.value("data_cnt"));
  EXPECT_TRUE(text->starts_with("XA02BC01\t奥美拉唑肠溶胶囊 20mg×14粒\tnull\t")) << *text;
  const std::string first = text->substr(0, text->find('\n'));
  const Transaction& table = *find_transaction("1301");
  EXPECT_EQ(count(first, "\t"), count(table.file_columns, " "));
  EXPECT_EQ(good(client.call("1301", R"({"data":{"ver":"v0001"}})")).value("data_cnt"), "0");
  EXPECT_EQ(good(client.call("1307", R"({"data":{"ver":"v0000"}})")).value("data_cnt"), "0");
  EXPECT_EQ(refused(client.call("1301", R"({"data":{"ver":""}})")), "[WIR-006]");
  EXPECT_EQ(
      refused(client.call(
          "9102",
          R"({"fsDownloadIn":{"file_qury_no":"1301-v0000-v0009","filename":"x","fixmedins_code":"plc"}})")),
      "[WIR-022]");
  region.restart();
  WireClient later = region.client();
  EXPECT_EQ(text_of_zip(download(later, drugs.value("file_qury_no")), 1 << 20), text);
  const WireAnswer page = good(later.call(
      "1312",
      R"({"data":{"hilist_code":"XA02BC01","updt_time":"2025-01-01 00:00:00","page_num":1,"page_size":10}})"));
  EXPECT_EQ(page.value("hilist_name"), "奥美拉唑肠溶胶囊 20mg×14粒");
  EXPECT_EQ(page.value("recordCounts"), "1");
  EXPECT_EQ(
      good(
          later.call(
              "1318",
              R"({"data":{"hilist_code":"XA02BC01","updt_time":"2025-01-01 00:00:00","page_num":1,"page_size":10}})"))
          .value("hilist_pric_uplmt_amt"),
      "16.8");
  const std::string codes = R"("parentValue":"","admdvs":"990000","date":"2026-01-01","valiFlag":"1")";
  EXPECT_EQ(good(later.call("1901", R"({"data":{"type":"VALI_FLAG",)" + codes + "}}")).value("label"),
            "无效");
  EXPECT_EQ(refused(later.call("1901", R"({"data":{"type":"no_such",)" + codes + "}}")), "[WIR-009]");
  EXPECT_EQ(
      good(
          later.call(
              "1201",
              R"({"medinsinfo":{"fixmedins_type":"2","fixmedins_name":"","fixmedins_code":"P99000000001"}})"))
          .value("fixmedins_type"),
      "2");
}

// REQ HOS-07: only what is newer travels, what is gone comes as no longer valid.
TEST(Catalogues, a_newer_catalogue_sends_what_changed) {
  Region region;
  std::string csv;
  {
    std::ifstream file(std::string(FENMING_SOURCE_DIR) + "/sandbox/catalog.csv");
    csv.assign(std::istreambuf_iterator<char>(file), {});
  }
  const std::string gone = "ZY101,", cheaper = "XA02BC01,", other = "16.80";
  const std::size_t line = csv.find("\n" + gone) + 1, price = csv.find(other, csv.find("\n" + cheaper));
  ASSERT_NE(price, std::string::npos);
  csv.replace(price, other.size(), "15.80");
  csv.erase(line, csv.find('\n', line) + 1 - line);
  const auto digest = region.running->desk().put_artifact(csv);
  ASSERT_TRUE(digest);
  ASSERT_TRUE(region.running->desk().call({{}, "test", AdoptCatalogue{std::string(bytes_of(*digest))}}));
  WireClient client = region.client();
  const WireAnswer newer = good(client.call("1301", R"({"data":{"ver":"v0001"}})"));
  EXPECT_EQ(newer.value("data_cnt"), "2") << newer.body;
  region.restart();
  WireClient later = region.client();
  const auto text = text_of_zip(download(later, newer.value("file_qury_no")), 1 << 20);
  ASSERT_TRUE(text);
  EXPECT_TRUE(text->starts_with(cheaper.substr(0, cheaper.size() - 1) + "\t")) << *text;
  const std::string last = text->substr(text->find('\n') + 1);
  EXPECT_TRUE(last.starts_with("ZY101\t")) << last;
  EXPECT_NE(last.find("\t0\tZY101-"), std::string::npos) << last;  // 有效标志, 唯一记录号
  EXPECT_NE(last.find("\tv0002\t"), std::string::npos) << last;
  EXPECT_EQ(
      refused(later.call(
          "9102",
          R"({"fsDownloadIn":{"file_qury_no":"1301-v0000-v0001","filename":"x","fixmedins_code":"plc"}})")),
      "[WIR-022]");
}

TEST(History, diagnoses_of_a_visit_and_drugs_of_a_chronic_disease) {
  Region region;
  WireClient client = region.client();
  const std::string stay = good(client.call("2401", admission(resident, today()))).value("mdtrt_id");
  const std::string visit = good(client.call("2201", register_outpatient(employee))).value("mdtrt_id");
  good(client.call("2204", lines_of(employee, visit, "B1", 2, "40.00")));
  std::string chronic = settle_outpatient(employee, visit, "B1", "80.00", "14");
  chronic.insert(chronic.find("\"psn_setlway\""), "\"dise_codg\":\"M03900\",");
  good(client.call("2207", chronic));
  region.restart();
  WireClient later = region.client();
  const WireAnswer diagnoses =
      good(later.call("5202", R"({"data":{"mdtrt_id":")" + stay + R"(","psn_no":"990000000002"}})"));
  EXPECT_EQ(diagnoses.value("diag_code"), "J18.9");
  EXPECT_EQ(diagnoses.value("inout_diag_type"), "1");
  EXPECT_EQ(refused(region.client(SignVariant::csb)
                        .call("5202", R"({"data":{"mdtrt_id":")" + stay + R"(","psn_no":"990000000002"}})")),
            "[DSK-004]");
  const WireAnswer drugs =
      good(later.call("5205", R"({"data":{"psn_no":"990000000001","begntime":")" + today() +
                                  R"( 00:00:00","endtime":")" + today() + R"( 23:59:59"}})"));
  EXPECT_EQ(count(drugs.body, "feedetl_sn"), 2U) << drugs.body;
  EXPECT_EQ(drugs.value("hilist_name"), "奥美拉唑肠溶胶囊 20mg×14粒");
}

// ---- The books

struct Bought {
  std::string setl_id, mdtrt_id, psn_no, total, funds, account;
};
Bought bought(WireClient& client, std::string_view psn_no, std::string_view yuan) {
  const WireAnswer sold = good(client.call("2102", purchase(psn_no, 1, yuan)));
  return {sold.value("setl_id"),       sold.value("mdtrt_id"),        std::string(psn_no),
          sold.value("medfee_sumamt"), sold.value("fund_pay_sumamt"), sold.value("acct_pay")};
}

std::string row_of(const Bought& sale, const std::string& total = {}) {
  return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t0\n", sale.setl_id, sale.mdtrt_id, sale.psn_no,
                     total.empty() ? sale.total : total, sale.funds, sale.account);
}

std::string form_upload(WireClient& client, const std::string& file) {
  const Instant now = system_clock_now().wall;
  const std::string message =
      client.envelope("9101", R"({"fsUploadIn":{"filename":"3202.zip","fixmedins_code":"H99000000001"}})",
                      client.next_msgid(now), now);
  const std::string body =
      "--b1\r\nContent-Disposition: form-data; name=\"jsonStr\"\r\n\r\n" + message +
      "\r\n--b1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"3202.zip\"\r\n\r\n" + file +
      "\r\n--b1--\r\n";
  return good(client.connection().exchange(client.request(body, now, "multipart/form-data; boundary=b1")))
      .value("file_qury_no");
}

std::string bytes_upload(WireClient& client, const std::string& file) {
  std::string numbers;
  for (const char one : file)
    numbers += (numbers.empty() ? "" : ",") + std::to_string(static_cast<unsigned char>(one));
  return good(client.call("9101", R"({"fsUploadIn":{"in":[)" + numbers +
                                      R"(],"filename":"3202.zip","fixmedins_code":"H99000000001"}})"))
      .value("file_qury_no");
}

std::string total_query(std::int64_t fen, std::int64_t funds, std::int64_t account, int rows) {
  return fmt::format(
      R"({{"data":{{"insutype":"310","clr_type":"41","setl_optins":"990000","stmt_begndate":"{}","stmt_enddate":"{}",)"
      R"("medfee_sumamt":{},"fund_pay_sumamt":{},"acct_pay":{},"fixmedins_setl_cnt":{},"refd_setl_flag":"1"}}}})",
      today(), today(), to_text(Money::from_fen(fen)), to_text(Money::from_fen(funds)),
      to_text(Money::from_fen(account)), rows);
}

std::string detail_query(std::string_view file) {
  return fmt::format(
      R"({{"data":{{"clr_type":"41","setl_optins":"990000","file_qury_no":"{}","stmt_begndate":"{}","stmt_enddate":"{}",)"
      R"("medfee_sumamt":0,"fund_pay_sumamt":0,"cash_payamt":0,"fixmedins_setl_cnt":0,"REFD_SETL_FLAG":"1"}}}})",
      file, today(), today());
}

std::string result_of(WireClient& client, const std::string& file) {
  const std::string number =
      good(client.call("3202", detail_query(form_upload(client, file)))).value("file_qury_no");
  return text_of_zip(download(client, number, "H99000000001"), 1 << 20).value_or("?");
}

// What an answer said, as a row of the provider's file; negated: what it took back.
std::string row_of_answer(const WireAnswer& answer, bool refund, bool negated = false) {
  const auto amount = [&](std::string_view field) {
    const Money money = parse_money(answer.value(field)).value_or(Money());
    return to_text(negated ? -money : money);
  };
  return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\n", answer.value("setl_id"), answer.value("mdtrt_id"),
                     employee, amount("medfee_sumamt"), amount("fund_pay_sumamt"), amount("acct_pay"),
                     refund ? 1 : 0);
}

// REQ SET-06: a sale, its refund; a sale, what it was when a line was taken back, what is left of it.
TEST(Books, what_was_answered_is_equal) {
  Region region;
  WireClient client = region.client();
  const WireAnswer sold = good(client.call("2102", purchase(employee)));
  const WireAnswer undone =
      good(client.call("2103", cancel(employee, sold.value("mdtrt_id"), sold.value("setl_id"))));
  const WireAnswer two = good(client.call("2102", purchase(employee, 2)));
  const WireAnswer left = good(client.call(
      "2103",
      fmt::format(R"({{"data":{{"setl_id":"{}","mdtrt_id":"{}","psn_no":"{}",)"
                  R"("exp_content":{{"REFD_DETAIL":[{{"feedetl_sn":"1","cnt":1,"amt":"10.00"}}]}}}}}})",
                  two.value("setl_id"), two.value("mdtrt_id"), employee)));
  const std::string result =
      result_of(client, row_of_answer(sold, false) + row_of_answer(undone, true) + row_of_answer(two, false) +
                            row_of_answer(two, true, true) + row_of_answer(left, false));
  EXPECT_EQ(std::ranges::count(result, '\n'), 5) << result;
  EXPECT_EQ(result.find("；"), std::string::npos) << result;  // no difference is said
}

// REQ SEC-07. A small zip of millions of rows, and one of a single row of millions of columns.
TEST(Books, a_file_too_large_is_refused_before_it_costs) {
  Region region;
  WireClient client = region.client();
  std::string rows;
  while (rows.size() < 9'000'000) rows += "\t\t\t0\t0\t0\t\n";
  EXPECT_EQ(refused(client.call("3202", detail_query(form_upload(client, zip_text("a.txt", rows))))),
            "[WIR-015]");
  rows = "\t\t\tx" + std::string(9'000'000, '\t');
  EXPECT_EQ(refused(client.call("3202", detail_query(form_upload(client, zip_text("a.txt", rows))))),
            "[WIR-011]");
  rows.assign(16'000'000, '\t');
  EXPECT_EQ(refused(client.call("3202", detail_query(form_upload(client, zip_text("a.txt", rows))))),
            "[WIR-002]");
}

// Columns that hold nothing come as null, amounts too.
TEST(Books, an_amount_of_null_is_nothing) {
  Region region;
  WireClient client = region.client();
  const std::string result = result_of(client, "S1\tnull\t990000000001\t20.00\tnull\tnull\t0\n");
  EXPECT_NE(result.find("\t20.00\t0.00\t0.00"), std::string::npos) << result;
}

// REQ SET-06: a lost answer, one counted twice, one cancelled here, one with another amount, one that is equal.
TEST(Books, totals_and_every_difference_classed) {
  Region region;
  WireClient client = region.client();
  const Bought equal = bought(client, employee, "20.00"), lost = bought(client, employee, "21.00"),
               doubled = bought(client, employee, "22.00"), cancelled = bought(client, employee, "23.00"),
               other = bought(client, employee, "24.00");
  const std::int64_t before = 11'000;
  good(client.call("2103", cancel(employee, cancelled.setl_id, cancelled.setl_id)));
  region.restart();
  WireClient later = region.client();
  std::int64_t funds = 0, account = 0;
  for (const Bought& sale : {equal, lost, doubled, other})
    funds += parse_money(sale.funds)->fen(), account += parse_money(sale.account)->fen();
  const WireAnswer right = good(later.call("3201", total_query(before - 2'300, funds, account, 6)));
  EXPECT_EQ(right.value("stmt_rslt"), "0") << right.body;
  EXPECT_EQ(good(later.call("3201", total_query(before, funds, account, 6))).value("stmt_rslt"), "1");
  const std::string text =
      row_of(equal) + row_of(doubled) + row_of(doubled) + row_of(cancelled) + row_of(other, "99.00");
  const std::string zipped = zip_text("3202.txt", text);
  std::vector<std::pair<std::string, std::string>> results;
  for (const std::string& number : {form_upload(later, zipped), bytes_upload(later, zipped)}) {
    EXPECT_EQ(download(later, number, "H99000000001"), zipped);
    const std::string result = good(later.call("3202", detail_query(number))).value("file_qury_no");
    results.push_back({result, download(later, result, "H99000000001")});
    const auto rows = text_of_zip(results.back().second, 1 << 20);
    ASSERT_TRUE(rows);
    const auto line_with = [&](std::string_view part) {
      const std::size_t at = rows->find(part);
      if (at == std::string::npos) return std::string();
      const std::size_t begin = rows->rfind('\n', at) + 1;
      return rows->substr(begin, rows->find('\n', at) - begin);
    };
    EXPECT_EQ(line_with(equal.setl_id),
              fmt::format("{}\t{}\t{}\tnull\t0\t0\tnull\t20.00\t{}\t{}", employee, equal.mdtrt_id,
                          equal.setl_id, equal.funds, equal.account));
    EXPECT_TRUE(line_with("医保中心有").starts_with("990000000001\tnull\tnull\tH99000000001")) << *rows;
    EXPECT_NE(line_with("医保中心有").find("21.00"), std::string::npos) << *rows;
    EXPECT_NE(line_with("重复").find(doubled.setl_id), std::string::npos) << *rows;
    EXPECT_NE(rows->find("\t1\t1\t"), std::string::npos)
        << *rows;  // the refund of the cancelled one is not in their books
    EXPECT_NE(line_with("金额").find("medfee_sumamt"), std::string::npos) << *rows;
  }
  region.restart();  // uploads and results outlive the node
  WireClient last = region.client();
  for (const auto& [number, bytes] : results) EXPECT_EQ(download(last, number, "H99000000001"), bytes);
  EXPECT_NE(results[0].first, results[1].first);
  WireClient stranger = region.client(SignVariant::csb);
  EXPECT_EQ(refused(stranger.call("9102", R"({"fsDownloadIn":{"file_qury_no":")" + results[0].first +
                                              R"(","filename":"x","fixmedins_code":"H99000000002"}})")),
            "[WIR-022]");
  EXPECT_EQ(refused(last.call("3202", detail_query("H99000000001202601010000000001"))), "[WIR-022]");
  EXPECT_EQ(refused(region.client(SignVariant::csb).call("3202", detail_query(form_upload(last, zipped)))),
            "[WIR-022]");
}

}  // namespace
}  // namespace fenming::e2e
