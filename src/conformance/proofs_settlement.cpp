// Proofs of visits and settlements: each case on its own visit, each shown by another transaction.
#include <fmt/format.h>

#include <optional>

#include "conformance/messages.h"
#include "conformance/proofs.h"
#include "money/decimal.h"

namespace fenming {
namespace {

constexpr std::int64_t line_fen = 2'000;
bool nothing(ProofStage&) { return true; }

std::vector<FeeLine> lines_for(const ProofStage& stage, std::size_t count = 2) {
  std::vector<FeeLine> lines(count);
  for (std::size_t i = 0; i < count; ++i) {
    BillLine& line = lines[i].line;
    line.id = std::to_string(i + 1), line.item = stage.persons.item, line.amount = Money::from_fen(line_fen);
    line.quantity = parse_decimal("2"), line.price = parse_decimal("10"), line.date = stage.today;
  }
  return lines;
}

Settle sale_of(const ProofStage& stage) {
  Settle sale;
  sale.psn_no = stage.persons.with_account;
  sale.from = sale.to = stage.today;
  sale.lines = lines_for(stage);
  sale.total = Money::from_fen(2 * line_fen);
  return sale;
}

std::string about(std::string_view psn_no, std::string_view mdtrt_id, std::string_view setl_id = {}) {
  return cancel_input(psn_no, mdtrt_id, setl_id);
}

std::string days_of(const ProofStage& stage, std::string_view psn_no, std::string_view mdtrt_id,
                    std::string_view med_type) {
  return fmt::format(
      R"({{"data":{{"psn_no":"{}","begntime":"{} 00:00:00","endtime":"{} 23:59:59","med_type":"{}","mdtrt_id":"{}"}}}})",
      psn_no, to_text(stage.today), to_text(stage.today), med_type, mdtrt_id);
}

// ---- Outpatients

bool registered(ProofStage& stage, const std::string& note) {
  if (!stage.good("2201", registration_input(sale_of(stage), "P" + note))) return false;
  stage.notes[note] = stage.last.value("mdtrt_id");
  return !stage.notes[note].empty();
}

bool with_lines(ProofStage& stage, const std::string& note) {
  return registered(stage, note) &&
         stage.good("2204",
                    lines_input(stage.persons.with_account, stage.notes[note], "B1", lines_for(stage)));
}

std::string settling(ProofStage& stage, const std::string& note) {
  return settle_input(sale_of(stage), stage.notes[note], "B1", "11");
}

// A settlement of a fresh visit, by the transaction named.
bool settled(ProofStage& stage, const std::string& note, std::string_view infno = "2207") {
  if (!with_lines(stage, note) || !stage.good(infno, settling(stage, note))) return false;
  stage.notes[note + ".setl"] = stage.last.value("setl_id");
  stage.notes[note + ".fund"] = stage.last.value("fund_pay_sumamt");
  return true;
}

bool sold(ProofStage& stage, const std::string& note) {
  if (!stage.good("2102", purchase_input(sale_of(stage)))) return false;
  stage.notes[note + ".setl"] = stage.last.value("setl_id");
  stage.notes[note + ".fund"] = stage.last.value("fund_pay_sumamt");
  stage.notes[note + ".balc"] = stage.last.value("balc");
  return true;
}

bool shows_settlement(ProofStage& stage, const std::string& note, std::string_view total = "40.00") {
  return stage.good("5203", about(stage.persons.with_account, "x", stage.notes[note + ".setl"])) &&
         stage.last.value("medfee_sumamt") == total &&
         (total != "40.00" || stage.last.value("fund_pay_sumamt") == stage.notes[note + ".fund"]);
}

// The trial has said what the settlement then did.
bool tried(ProofStage& stage, const std::string& note, std::string_view trial) {
  if (!with_lines(stage, note) || !stage.good(trial, settling(stage, note))) return false;
  const std::string fund = stage.last.value("fund_pay_sumamt");
  if (!stage.good("2207", settling(stage, note))) return false;
  stage.notes[note + ".setl"] = stage.last.value("setl_id");
  stage.notes[note + ".fund"] = fund;
  return true;
}

bool cancelled(ProofStage& stage, const std::string& note, std::string_view infno) {
  const std::string setl_id = stage.notes[note + ".setl"];  // of a sale its mdtrt_id too
  if (!stage.good(infno,
                  about(stage.persons.with_account, infno == "2103" ? setl_id : stage.notes[note], setl_id)))
    return false;
  stage.notes[note + ".setl"] = stage.last.value("setl_id");
  return true;
}

bool shows_visit(ProofStage& stage, const std::string& note, std::string_view state) {
  return stage.good("5201", days_of(stage, stage.persons.with_account, stage.notes[note], "11")) &&
         stage.last.value("inhosp_stas") == state;
}

bool shows_diagnosis(ProofStage& stage, std::string_view psn_no, const std::string& note,
                     std::string_view code) {
  return stage.good("5202", about(psn_no, stage.notes[note])) &&
         stage.last.body.find(code) != std::string::npos;
}

Proof visit_upload(const std::string& infno) {
  return {infno,
          [infno](ProofStage& stage) {
            return registered(stage, infno) &&
                   stage.good(infno, visit_input(sale_of(stage), stage.notes[infno], "11"));
          },
          [infno](ProofStage& stage) {
            return shows_diagnosis(stage, stage.persons.with_account, infno, "J06.900");
          }};
}

void add_outpatients(std::vector<Proof>& all) {
  all.push_back({"2201", [](ProofStage& s) { return registered(s, "2201"); },
                 [](ProofStage& s) { return shows_visit(s, "2201", "1"); }});
  all.push_back({"2202",
                 [](ProofStage& s) {
                   return registered(s, "2202") &&
                          s.good("2202", about(s.persons.with_account, s.notes["2202"]));
                 },
                 [](ProofStage& s) { return shows_visit(s, "2202", "9"); }});
  for (const char* infno : {"2203", "2203A"}) all.push_back(visit_upload(infno));
  all.push_back({"2204", [](ProofStage& s) { return with_lines(s, "2204"); },
                 [](ProofStage& s) { return s.good("2206", settling(s, "2204")); }});
  all.push_back(
      {"2205",
       [](ProofStage& s) {
         return with_lines(s, "2205") &&
                s.good("2205",
                       fmt::format(R"({{"data":{{"mdtrt_id":"{}","chrg_bchno":"0000","psn_no":"{}"}}}})",
                                   s.notes["2205"], s.persons.with_account));
       },
       [](ProofStage& s) { return !s.good("2207", settling(s, "2205")); }});
  for (const char* infno : {"2206", "2206A"})
    all.push_back({infno, [infno](ProofStage& s) { return tried(s, infno, infno); },
                   [infno](ProofStage& s) { return shows_settlement(s, infno); }});
  for (const char* infno : {"2207", "2207A"})
    all.push_back({infno, [infno](ProofStage& s) { return settled(s, infno, infno); },
                   [infno](ProofStage& s) { return shows_settlement(s, infno); }});
  all.push_back({"2208", [](ProofStage& s) { return settled(s, "2208") && cancelled(s, "2208", "2208"); },
                 [](ProofStage& s) { return shows_settlement(s, "2208", "-40.00"); }});
}

// ---- Stays

bool admitted(ProofStage& stage, const std::string& note) {
  if (!stage.good("2401", admission_input(stage.persons.other, stage.today, "P" + note))) return false;
  stage.notes[note] = stage.last.value("mdtrt_id");
  return true;
}

// One person has one stay at a time: each case ends its own before the next begins.
bool left(ProofStage& stage, const std::string& note) {
  return stage.good("2404", about(stage.persons.other, stage.notes[note]));
}

bool stay_lines(ProofStage& stage, const std::string& note) {
  return admitted(stage, note) &&
         stage.good("2301", lines_input(stage.persons.other, stage.notes[note], "", lines_for(stage)));
}

bool stay_settled(ProofStage& stage, const std::string& note, std::string_view trial = {}) {
  if (!stay_lines(stage, note) ||
      !stage.good("2402", discharge_input(stage.persons.other, stage.notes[note], stage.today)))
    return false;
  const std::string input =
      stay_input(stage.persons.other, stage.notes[note], Money::from_fen(2 * line_fen), false);
  if (!trial.empty()) {
    if (!stage.good(trial, input)) return false;
    stage.notes[note + ".fund"] = stage.last.value("fund_pay_sumamt");
  }
  if (!stage.good("2304", input)) return false;
  stage.notes[note + ".setl"] = stage.last.value("setl_id");
  if (trial.empty()) stage.notes[note + ".fund"] = stage.last.value("fund_pay_sumamt");
  return true;
}

bool shows_stay_settlement(ProofStage& stage, const std::string& note, std::string_view total) {
  return stage.good("5203", about(stage.persons.other, stage.notes[note], stage.notes[note + ".setl"])) &&
         stage.last.value("medfee_sumamt") == total;
}

bool shows_stay(ProofStage& stage, const std::string& note, bool in_hospital) {
  return stage.good("5303", days_of(stage, stage.persons.other, "", "21")) &&
         (stage.last.body.find(stage.notes[note]) != std::string::npos) == in_hospital;
}

bool shows_open_stays(ProofStage& stage) {
  return admitted(stage, "5303") && shows_stay(stage, "5303", true) && shows_stay(stage, "2404", false) &&
         left(stage, "5303") && shows_stay(stage, "5303", false);
}

bool shows_stay_state(ProofStage& stage, const std::string& note, std::string_view state) {
  return stage.good("5201", days_of(stage, stage.persons.other, stage.notes[note], "21")) &&
         stage.last.value("inhosp_stas") == state;
}

void add_stays(std::vector<Proof>& all) {
  all.push_back({"2301", [](ProofStage& s) { return stay_settled(s, "2301"); },
                 [](ProofStage& s) {
                   return s.good("5204", about(s.persons.other, s.notes["2301"], s.notes["2301.setl"])) &&
                          s.last.value("det_item_fee_sumamt") == "20.00";
                 }});
  all.push_back(
      {"2302",
       [](ProofStage& s) {
         return stay_lines(s, "2302") &&
                s.good("2302",
                       fmt::format(R"({{"data":[{{"feedetl_sn":"0000","mdtrt_id":"{}","psn_no":"{}"}}]}})",
                                   s.notes["2302"], s.persons.other)) &&
                left(s, "2302");  // refused while there are lines
       },
       [](ProofStage& s) { return shows_stay_state(s, "2302", "9"); }});
  all.push_back({"2303", [](ProofStage& s) { return stay_settled(s, "2303", "2303"); },
                 [](ProofStage& s) {
                   return shows_stay_settlement(s, "2303", "40.00") &&
                          s.last.value("fund_pay_sumamt") == s.notes["2303.fund"];
                 }});
  all.push_back({"2304", [](ProofStage& s) { return stay_settled(s, "2304"); },
                 [](ProofStage& s) { return shows_stay_settlement(s, "2304", "40.00"); }});
  all.push_back({"2305",
                 [](ProofStage& s) {
                   if (!stay_settled(s, "2305") ||
                       !s.good("2305", about(s.persons.other, s.notes["2305"], s.notes["2305.setl"])))
                     return false;
                   s.notes["2305.setl"] = s.last.value("setl_id");
                   return true;
                 },
                 [](ProofStage& s) { return shows_stay_settlement(s, "2305", "-40.00"); }});
  all.push_back({"2402", [](ProofStage& s) { return stay_settled(s, "2402"); },
                 [](ProofStage& s) { return shows_stay_state(s, "2402", "0"); }});
  all.push_back({"2404", [](ProofStage& s) { return admitted(s, "2404") && left(s, "2404"); },
                 [](ProofStage& s) { return shows_stay_state(s, "2404", "9"); }});
  all.push_back({"2405",
                 [](ProofStage& s) {
                   return admitted(s, "2405") &&
                          s.good("2402", discharge_input(s.persons.other, s.notes["2405"], s.today)) &&
                          s.good("2405", about(s.persons.other, s.notes["2405"]));
                 },
                 [](ProofStage& s) { return shows_stay(s, "2405", true) && left(s, "2405"); }});
  all.push_back({"2403",
                 [](ProofStage& s) {
                   const std::string& psn_no = s.persons.other;
                   std::string input = admission_input(psn_no, s.today, "P2403");
                   const auto replace = [&](std::string_view from, const std::string& to) {
                     input.replace(input.find(from), from.size(), to);
                   };
                   s.notes["stay"] = s.notes["2403"] = s.notes["2405"];  // still in hospital
                   replace("\"mdtrtinfo\":{", "\"adminfo\":{\"mdtrt_id\":\"" + s.notes["2403"] + "\",");
                   replace("J18.900\",\"diag_name", "J15.900\",\"diag_name");
                   return s.good("2403", input);
                 },
                 [](ProofStage& s) { return shows_diagnosis(s, s.persons.other, "2403", "J15.900"); }});
  all.push_back({"2401", nothing,
                 [](ProofStage& s) { return shows_diagnosis(s, s.persons.other, "2301", "J18.900"); }});
}

// ---- Settlement lists

bool list_sent(ProofStage& stage, const std::string& infno) {
  return settled(stage, infno + "s") &&
         stage.good(infno == "4101A" ? infno : "4101",
                    filled_input(*find_transaction(infno == "4101A" ? infno : "4101"),
                                 {{"psn_no", stage.persons.with_account},
                                  {"mdtrt_id", stage.notes[infno + "s"]},
                                  {"setl_id", stage.notes[infno + "s.setl"]},
                                  {"stas_type", "0"}}));
}

bool shows_list(ProofStage& stage, const std::string& infno, std::string_view state) {
  return stage.good("4103", about(stage.persons.with_account, "x", stage.notes[infno + "s.setl"])) &&
         stage.last.value("stas_type") == state && stage.last.body.find("X-medcasno") != std::string::npos;
}

void add_lists(std::vector<Proof>& all) {
  for (const char* infno : {"4101", "4101A"})
    all.push_back({infno, [infno](ProofStage& s) { return list_sent(s, infno); },
                   [infno](ProofStage& s) { return shows_list(s, infno, "0"); }});
  all.push_back(
      {"4102",
       [](ProofStage& s) {
         return list_sent(s, "4102") &&
                s.good("4102",
                       fmt::format(
                           R"({{"data":{{"stastinfo":[{{"psn_no":"{}","setl_id":"{}","stas_type":"1"}}]}}}})",
                           s.persons.with_account, s.notes["4102s.setl"]));
       },
       [](ProofStage& s) { return shows_list(s, "4102", "1"); }});
  all.push_back({"4103", nothing, [](ProofStage& s) { return shows_list(s, "4102", "1"); }});
  all.push_back(
      {"4105", nothing, [](ProofStage& s) {
         const std::string day = to_text(s.today);
         return s.good(
                    "4105",
                    fmt::format(
                        R"({{"data":{{"fixmedins_code":"{}","stt_begntime":"{} 00:00:00","stt_endtime":"{} 23:59:59"}}}})",
                        s.client->identity().provider, day, day)) &&
                s.last.value("uploadedCnt") == "3";
       }});
}

// ---- Counter sales, reversal, books, queries, sign-in

void add_sales(std::vector<Proof>& all) {
  all.push_back({"2101",
                 [](ProofStage& s) {
                   if (!s.good("2101", purchase_input(sale_of(s)))) return false;
                   const std::string fund = s.last.value("fund_pay_sumamt");
                   return sold(s, "2101") && s.notes["2101.fund"] == fund;
                 },
                 [](ProofStage& s) { return shows_settlement(s, "2101"); }});
  all.push_back({"2102", [](ProofStage& s) { return sold(s, "2102"); },
                 [](ProofStage& s) { return shows_settlement(s, "2102"); }});
  all.push_back({"2103", [](ProofStage& s) { return sold(s, "2103") && cancelled(s, "2103", "2103"); },
                 [](ProofStage& s) { return shows_settlement(s, "2103", "-40.00"); }});
  all.push_back({"2601",
                 [](ProofStage& s) {
                   if (!sold(s, "2601")) return false;
                   return s.good("2601",
                                 reverse_input(s.persons.with_account, "2102", s.client->last_msgid()));
                 },
                 [](ProofStage& s) {  // what is reversed cannot be cancelled
                   const std::string& setl_id = s.notes["2601.setl"];
                   return !s.good("2103", about(s.persons.with_account, setl_id, setl_id));
                 }});
  all.push_back({"1101", [](ProofStage& s) { return sold(s, "1101"); },
                 [](ProofStage& s) {
                   return s.good("1101", person_input(s.persons.with_account)) &&
                          s.last.value("balc") == s.notes["1101.balc"];
                 }});
}

std::string totals_input(const ProofStage& stage, std::string_view total, std::string_view fund,
                         std::string_view account, std::string_view count) {
  return fmt::format(
      R"({{"data":{{"insutype":"310","clr_type":"41","setl_optins":"990000","stmt_begndate":"{0}","stmt_enddate":"{0}",)"
      R"("medfee_sumamt":"{1}","fund_pay_sumamt":"{2}","acct_pay":"{3}","fixmedins_setl_cnt":"{4}"}}}})",
      to_text(stage.today), total, fund, account, count);
}

// The node says its own totals where they differ; with these it must be equal.
bool totals_agree(ProofStage& stage) {
  if (!stage.good("3201", totals_input(stage, "0.01", "0.01", "0.01", "99999")) ||
      stage.last.value("stmt_rslt") != "1")
    return false;
  const std::string said = stage.last.value("stmt_rslt_dscr");
  const auto figure = [&](std::string_view name) {
    const std::size_t at = said.find(std::string(name) + " ");
    return at == std::string::npos
               ? std::string()
               : said.substr(at + name.size() + 1, said.find("；", at) - at - name.size() - 1);
  };
  return figure("medfee_sumamt") != "0.00" &&
         stage.good("3201", totals_input(stage, figure("medfee_sumamt"), figure("fund_pay_sumamt"),
                                         figure("acct_pay"), figure("fixmedins_setl_cnt"))) &&
         stage.last.value("stmt_rslt") == "0";
}

bool details_agree(ProofStage& stage) {
  if (!stage.good("5203", about(stage.persons.with_account, "x", stage.notes["2102.setl"]))) return false;
  const WireAnswer& shown = stage.last;
  std::string row = fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t0\n", shown.value("setl_id"),
                                shown.value("mdtrt_id"), shown.value("psn_no"), shown.value("medfee_sumamt"),
                                shown.value("fund_pay_sumamt"), shown.value("acct_pay")),
              bytes;
  for (const char one : row)
    bytes += (bytes.empty() ? "" : ",") + std::to_string(static_cast<unsigned char>(one));
  if (!stage.good(
          "9101",
          fmt::format(R"({{"fsUploadIn":{{"in":[{}],"filename":"a.txt","fixmedins_code":"x"}}}})", bytes)))
    return false;
  const std::string day = to_text(stage.today), file = stage.last.value("file_qury_no");
  return stage.good(
             "3202",
             fmt::format(
                 R"({{"data":{{"clr_type":"41","setl_optins":"990000","file_qury_no":"{}","stmt_begndate":"{}",)"
                 R"("stmt_enddate":"{}","medfee_sumamt":"0","fund_pay_sumamt":"0","cash_payamt":"0",)"
                 R"("fixmedins_setl_cnt":"1","REFD_SETL_FLAG":"1"}}}})",
                 file, day, day)) &&
         !stage.download(stage.last.value("file_qury_no")).empty();
}

void add_queries(std::vector<Proof>& all) {
  const auto person = [](const ProofStage& s) { return about(s.persons.with_account, "x"); };
  all.push_back(
      {"2001", nothing, [](ProofStage& s) {
         return s.good(
                    "2001",
                    fmt::format(
                        R"({{"data":{{"psn_no":"{}","insutype":"310","fixmedins_code":"x","med_type":"11",)"
                        R"("begntime":"{} 00:00:00"}}}})",
                        s.persons.with_account, to_text(s.today))) &&
                s.last.value("trt_enjymnt_flag") == "1";
       }});
  all.push_back({"3201", nothing, totals_agree});
  all.push_back({"3202", nothing, details_agree});
  all.push_back({"5201", nothing, [](ProofStage& s) { return shows_visit(s, "2201", "1"); }});
  all.push_back({"5202", nothing, [](ProofStage& s) {
                   return shows_diagnosis(s, s.persons.with_account, "2203", "J06.900");
                 }});
  all.push_back({"5203", nothing, [](ProofStage& s) { return shows_settlement(s, "2207"); }});
  all.push_back({"5204", nothing, [](ProofStage& s) {
                   return s.good("5204", about(s.persons.with_account, "x", s.notes["2102.setl"])) &&
                          s.last.value("det_item_fee_sumamt") == "20.00";
                 }});
  all.push_back({"5205",
                 [](ProofStage& s) {
                   if (!with_lines(s, "5205")) return false;
                   std::string input = settle_input(sale_of(s), s.notes["5205"], "B1", "14");
                   input.insert(input.find("\"psn_setlway\""), "\"dise_codg\":\"M03900\",");
                   return s.good("2207", input);
                 },
                 [](ProofStage& s) {
                   return s.good("5205", days_of(s, s.persons.with_account, "", "14")) &&
                          s.last.value("med_list_codg") == s.persons.item;
                 }});
  all.push_back({"5206", nothing, [person](ProofStage& s) {
                   return s.good("5206", person(s)) && !s.last.value("cum").empty();
                 }});
  all.push_back({"5301", nothing, [person](ProofStage& s) {
                   return s.good("5301", person(s)) && s.last.value("opsp_dise_code") == "M03900";
                 }});
  all.push_back({"5303", nothing, shows_open_stays});
  all.push_back(
      {"9001",
       [](ProofStage& s) {
         const bool in = s.good("9001", R"({"signIn":{"opter_no":"proof1","mac":"00-00","ip":"127.0.0.1"}})");
         s.notes["sign"] = s.last.value("sign_no");
         return in && !s.notes["sign"].empty();
       },
       [](ProofStage& s) {
         return s.good("9002", R"({"signOut":{"opter_no":"proof1","sign_no":")" + s.notes["sign"] + "\"}}");
       }});
  all.push_back(
      {"9002",
       [](ProofStage& s) {
         return s.good("9001", R"({"signIn":{"opter_no":"proof2","mac":"00-00","ip":"127.0.0.1"}})") &&
                s.good("9002", R"({"signOut":{"opter_no":"proof2","sign_no":""}})");
       },
       [](ProofStage& s) { return !s.good("9002", R"({"signOut":{"opter_no":"proof2","sign_no":""}})"); }});
}

}  // namespace

std::vector<Proof> settlement_proofs() {
  std::vector<Proof> all;
  add_outpatients(all);
  add_stays(all);
  add_queries(all);
  add_lists(all);
  add_sales(all);
  return all;
}

}  // namespace fenming
