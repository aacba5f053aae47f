// A pharmacy settlement (2102) of twelve lines as text: microseconds to read it as JSON, to read and check it as a message, to answer.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "protocol/answer.h"
#include "protocol/request.h"

namespace fenming {
namespace {

std::string message(int lines) {
  std::string text =
      R"({"infno":"2102","msgid":"P99000000001202611221855143563","mdtrtarea_admvs":"990000","insuplc_admdvs":"990000",)"
      R"("recer_sys_code":"YBXT","dev_no":"","dev_safe_info":"","cainfo":"","signtype":"","infver":"V1.0","opter_type":"1",)"
      R"("opter":"op001","opter_name":"经办员甲","inf_time":"2026-11-22 18:55:14","fixmedins_code":"P99000000001",)"
      R"("fixmedins_name":"明州第一药房","sign_no":"S00000001","input":{"druginfo":{"psn_no":"99000000000000000001",)"
      R"("mdtrt_cert_type":"02","mdtrt_cert_no":"990000199001010011","begntime":"2026-11-22 18:55:14","medfee_sumamt":)";
  text += std::to_string(lines * 25) + ".20";
  text +=
      R"(,"invono":null,"insutype":"310","dise_codg":null,"dise_name":null,"acct_used_flag":"1","med_type":"41"},)"
      R"("drugdetail":[)";
  for (int i = 0; i < lines; ++i) {
    if (i != 0) text += ',';
    text +=
        R"({"feedetl_sn":")" + std::to_string(100'000 + i) +
        R"(","rxno":null,"rx_circ_flag":"0","fee_ocur_time":"2026-11-22 18:55:14","med_list_codg":"XA11GAW043A013010100002",)"
        R"("medins_list_codg":"JG000123","det_item_fee_sumamt":25.20,"cnt":2,"pric":12.6,"sin_dos_dscr":"1片",)"
        R"("used_frqu_dscr":"每日三次","prd_days":7,"medc_way_dscr":"口服","bilg_dr_codg":"D990000000001","bilg_dr_name":"医生甲",)"
        R"("tcmdrug_used_way":null})";
  }
  return text + "]}}";
}

template <class Work>
void measure(const char* what, int rounds, Work work) {
  for (int i = 0; i < rounds / 10; ++i) work();
  const std::clock_t begin = std::clock();  // CPU time: other programs on the machine change it little
  for (int i = 0; i < rounds; ++i) work();
  const auto us = static_cast<double>(std::clock() - begin) * 1e6 / CLOCKS_PER_SEC;
  std::printf("%-28s %6.2f us\n", what, us / rounds);
}

void run(int rounds) {
  const std::string text = message(12);
  std::printf("2102, 12 lines, %zu bytes\n", text.size());
  JsonReader json;
  measure("JSON", rounds, [&] {
    if (!json.read(text)) std::abort();
  });
  RequestReader reader;
  measure("JSON, envelope, checked", rounds, [&] {
    if (!reader.read_envelope(text) || !reader.read_input({})) std::abort();
  });
  measure("and each line's values taken", rounds, [&] {
    if (!reader.read_envelope(text)) std::abort();
    const auto request = reader.read_input({});
    Money sum;
    for (const WireRow& line : request->rows("drugdetail")) {
      sum = sum + line.money("det_item_fee_sumamt");
      if (line.text("med_list_codg").empty() ||
          line.decimal("cnt").millionths * line.decimal("pric").millionths == 0 ||
          !line.date("fee_ocur_time") || line.text("feedetl_sn").empty())
        std::abort();
    }
    if (sum != Money::from_fen(12 * 2520)) std::abort();
  });
  const AnswerHead head{"990000", Instant{1'795'000'000'000}, Instant{1'795'000'000'002}, 17};
  const std::string output(1200, ' ');
  measure("envelope of the answer", rounds, [&] {
    if (answer_text(head, output).empty()) std::abort();
  });
}

}  // namespace
}  // namespace fenming

int main(int count, char** arguments) { fenming::run(count > 1 ? std::atoi(arguments[1]) : 20'000); }
