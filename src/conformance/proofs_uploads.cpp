// Proofs of uploads by the national query that shows them, of catalogues and files.
#include <fmt/format.h>

#include <utility>

#include "conformance/proofs.h"

namespace fenming {
namespace {

struct UploadProof {
  std::string_view infno, field, value;  // what this upload alone says: hosp_dept_codg P3401
  std::string_view query, input;         // how it is asked for; {} in the input is the value, <> the person
  std::string_view taken_back_by = {};   // then this is what is proved: the value is no longer shown
};

constexpr std::string_view period = R"("begndate":"2026-01-01","enddate":"2026-12-31")";
constexpr std::string_view goods =
    R"({"data":{"fixmedins_code":"","medins_list_codg":"","fixmedins_bchno":"{}",)";
constexpr std::string_view pages = R"("page_num":"1","page_size":"50")",
                           reports = R"({"psn_no":"<>","pageNum":"1","pageSize":"50"})";
constexpr std::string_view filings =
    R"({"data":{"psn_no":"<>","begntime":"2026-01-01 00:00:00","endtime":"2026-12-31 00:00:00"}})";
constexpr std::string_view persons = R"({"data":{"psn_no":"<>"}})", everything = "{}";

constexpr UploadProof table[] = {
    {"2406", "ipt_otp_no", "P2406", "2407", R"({"data":{"page_num":"1","page_size":"50"}})"},
    {"2501", "reflin_medins_no", "P2501", "5304", filings},
    {"2501A", "reflin_medins_no", "P2501A", "5304", filings},
    {"2501", "reflin_medins_no", "P2502", "5304", filings, "2502"},
    {"2505", "fix_srt_no", "F05", "5302", R"({"data":{"psn_no":"<>","biz_appy_type":""}})"},
    {"2505", "fix_srt_no", "F06", "5302", R"({"data":{"psn_no":"<>","biz_appy_type":""}})", "2506"},
    {"3301", "fixmedins_hilist_id", "P3301", "1317", R"({"data":{"page_num":"1","page_size":"50"}})"},
    {"3301", "fixmedins_hilist_id", "P3302", "1317", R"({"data":{"page_num":"1","page_size":"50"}})", "3302"},
    {"3301", "fixmedins_hilist_id", "P3360", "1317", R"({"data":{"page_num":"1","page_size":"50"}})", "3360"},
    {"3401", "hosp_dept_codg", "P3401", "5101", everything},
    {"3401A", "hosp_dept_codg", "P3401A", "5101", everything},
    {"3402", "hosp_dept_codg", "P3402", "5101", everything},
    {"3401", "hosp_dept_codg", "P3403", "5101", everything, "3403"},
    {"3467", "dr_codg", "P3467", "5102", R"({"data":{"prac_psn_type":"1"}})"},
    {"3468", "dr_codg", "P3468", "5102", R"({"data":{"prac_psn_type":"1"}})"},
    {"3467", "dr_codg", "P3469", "5102", R"({"data":{"prac_psn_type":"1"}})", "3469"},
    {"3501", "fixmedins_bchno", "P3501", "3508", goods},
    {"3501A", "fixmedins_bchno", "P3501A", "3508", goods},
    {"3502", "fixmedins_bchno", "P3502", "3509", goods},
    {"3502A", "fixmedins_bchno", "P3502A", "3509", goods},
    {"3503", "fixmedins_bchno", "P3503", "3510", goods},
    {"3503A", "fixmedins_bchno", "P3503A", "3510", goods},
    {"3504", "fixmedins_bchno", "P3504", "3510", goods},
    {"3504A", "fixmedins_bchno", "P3504A", "3510", goods},
    {"3505", "fixmedins_bchno", "P3505", "3511", goods},
    {"3505A", "fixmedins_bchno", "P3505A", "3511", goods},
    {"3506", "fixmedins_bchno", "P3506", "3511", goods},
    {"3506A", "fixmedins_bchno", "P3506A", "3511", goods},
    {"3501", "fixmedins_bchno", "P3507", "3508", goods, "3507"},
    {"4201A", "fixmedins_mdtrt_id", "P4201A", "4207",
     R"({"fixmedins_mdtrt_id":"{}","page_num":"1","page_size":"50"})"},
    {"4202", "fixmedins_mdtrt_id", "P4202", "4209",
     R"({"fixmedins_mdtrt_id":"{}","page_num":"1","page_size":"50"})"},
    {"4205", "fixmedins_mdtrt_id", "P4205", "4207",
     R"({"fixmedins_mdtrt_id":"{}","page_num":"1","page_size":"50"})"},
    {"4205", "fixmedins_mdtrt_id", "P4206", "4207",
     R"({"fixmedins_mdtrt_id":"{}","page_num":"1","page_size":"50"})", "4206"},
    {"4503", "rpotc_no", "P4503", "4509", reports},
    {"4504", "rpotc_no", "P4504", "4510", reports},
    {"4505", "palg_no", "P4505", "4511", reports},
    {"4506", "appy_no", "P4506", "4512", reports},
    {"90201", "agnter_name", "P90201", "90101", persons},
    {"90202", "agnter_name", "P90202", "90102", persons},
    {"90203", "agnter_name", "P90203", "90103", persons},
};

std::string filled(std::string_view text, std::string_view value, std::string_view psn_no) {
  std::string input(text);
  if (text == goods) input += std::string(period) + "}}";
  for (const auto& [mark, by] : {std::pair<std::string_view, std::string_view>{"{}", value}, {"<>", psn_no}})
    for (std::size_t at = input.find(mark); input.size() > 2 && at != std::string::npos;
         at = input.find(mark, at + by.size()))
      input.replace(at, mark.size(), by);
  return input;
}

FilledValues values_for(ProofStage& stage, const UploadProof& proof) {
  return {{"psn_no", stage.persons.other},
          {"mdtrt_id", stage.notes["stay"]},
          {std::string(proof.field), std::string(proof.value)},
          {"invdate", "2026-01-05"},
          {"inv_data_type", "1"},
          {"trt_dcla_detl_sn", stage.notes["number"]},
          {"vali_flag", "1"}};
}

bool upload(ProofStage& stage, const UploadProof& proof) {
  stage.notes["number"] = "";
  if (!stage.good(proof.infno, filled_input(*find_transaction(proof.infno), values_for(stage, proof))))
    return false;
  if (proof.taken_back_by.empty()) return true;
  stage.notes["number"] = stage.last.value("trt_dcla_detl_sn");
  return stage.good(proof.taken_back_by,
                    filled_input(*find_transaction(proof.taken_back_by), values_for(stage, proof)));
}

bool shown(ProofStage& stage, const UploadProof& proof) {
  if (!stage.good(proof.query, filled(proof.input, proof.value, stage.persons.other))) return false;
  const bool there = stage.last.body.find("\"" + std::string(proof.value) + "\"") != std::string::npos;
  return there == proof.taken_back_by.empty();
}

// The query of an upload is proved by showing it.
Proof query_proof(const UploadProof& proof) {
  UploadProof own = proof;
  return {std::string(proof.query), [](ProofStage&) { return true; },
          [own](ProofStage& stage) { return shown(stage, own); }};
}

// ---- Catalogues, code tables, files

Proof file_proof(std::string_view infno) {
  const std::string number(infno);
  const auto asked = [number](ProofStage& stage) {
    return stage.good(number, R"({"data":{"ver":"v0000"}})") && !stage.last.value("file_qury_no").empty();
  };
  return {number, asked, [asked](ProofStage& stage) {
            return asked(stage) && stage.last.value("data_cnt") != "0" &&
                   !stage.download(stage.last.value("file_qury_no")).empty();
          }};
}

Proof page_proof(std::string_view infno, std::string_view member) {
  const std::string number(infno), field(member);
  const auto shows = [number, field](ProofStage& stage) {
    return stage.good(number,
                      fmt::format(R"({{"data":{{"hilist_code":"{}","updt_time":"2020-01-01 00:00:00",{}}}}})",
                                  stage.persons.item, pages)) &&
           !stage.last.value(field).empty();
  };
  return {number, shows, shows};
}

Proof asked_proof(std::string_view infno, std::string_view input, std::string_view member,
                  std::string_view value) {
  const std::string number(infno), question(input), field(member), wanted(value);
  const auto shows = [=](ProofStage& stage) {
    return stage.good(number, question) && stage.last.value(field) == wanted;
  };
  return {number, shows, shows};
}

}  // namespace

std::vector<Proof> upload_proofs() {
  std::vector<Proof> all;
  std::map<std::string_view, bool> queries;
  for (const UploadProof& one : table) {
    const UploadProof proof = one;
    const std::string_view proved = proof.taken_back_by.empty() ? proof.infno : proof.taken_back_by;
    all.push_back({std::string(proved), [proof](ProofStage& stage) { return upload(stage, proof); },
                   [proof](ProofStage& stage) { return shown(stage, proof); }});
    if (proof.taken_back_by.empty() && !std::exchange(queries[proof.query], true))
      all.push_back(query_proof(proof));
  }
  UploadProof other = table[0];
  for (const UploadProof& one : table)
    if (one.infno == "4202") other = one;
  other.query = "4208", other.value = "P4202";
  other.input = R"({"psn_name":"","page_num":"1","page_size":"50"})";
  all.push_back(query_proof(other));
  all.push_back({"3512", [](ProofStage&) { return true; },
                 [](ProofStage& stage) {
                   return stage.good("3512", filled(goods, "P3501", "")) &&
                          !stage.last.value("drugTracCodg").empty();
                 }});
  all.push_back({"3513", [](ProofStage&) { return true; },
                 [](ProofStage& stage) {
                   return stage.good("3513", filled(goods, "P3505", "")) &&
                          !stage.last.value("drugTracCodg").empty();
                 }});
  for (const Transaction& transaction : transactions())
    if (!transaction.file_columns.empty() && transaction.infno != "1304" && transaction.infno != "1312" &&
        !transaction.infno.starts_with("1316") && !transaction.infno.starts_with("1317"))
      all.push_back(file_proof(transaction.infno));
  all.push_back(page_proof("1312", "hilist_name"));
  all.push_back(page_proof("1316", "med_list_codg"));
  all.push_back(page_proof("1318", "hilist_pric_uplmt_amt"));
  all.push_back(asked_proof(
      "1901",
      R"({"data":{"type":"vali_flag","parentValue":"","admdvs":"990000","date":"2026-01-01","valiFlag":"1"}})",
      "label", "无效"));
  all.push_back(
      {"1201", [](ProofStage&) { return true; },
       [](ProofStage& stage) {
         const std::string code = stage.client->identity().provider;
         return stage.good("1201",
                           fmt::format(R"({{"medinsinfo":{{"fixmedins_type":"1","fixmedins_code":"{}"}}}})",
                                       code)) &&
                stage.last.value("fixmedins_code") == code;
       }});
  const auto downloaded = [](ProofStage& stage) { return stage.download(stage.notes["file"]) == "a\tb\n"; };
  const auto uploaded = [](ProofStage& stage) {
    const bool done =
        stage.good("9101", R"({"fsUploadIn":{"in":[97,9,98,10],"filename":"a.txt","fixmedins_code":")" +
                               stage.client->identity().provider + "\"}}");
    stage.notes["file"] = stage.last.value("file_qury_no");
    return done;
  };
  all.push_back({"9101", uploaded, downloaded});
  all.push_back({"9102", [](ProofStage&) { return true; }, downloaded});
  return all;
}

}  // namespace fenming
