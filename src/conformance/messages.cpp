#include "conformance/messages.h"

#include "base/json_out.h"

namespace fenming {
namespace {

std::string at(Date day) { return to_text(day) + " 09:00:00"; }

void write_lines(JsonOut& json, const std::vector<FeeLine>& lines, std::string_view psn_no,
                 std::string_view mdtrt_id, std::string_view batch) {
  json.open_array();
  for (const FeeLine& fee : lines) {
    const BillLine& line = fee.line;
    json.open_object().field("feedetl_sn", line.id);
    if (!mdtrt_id.empty())
      json.field("mdtrt_id", mdtrt_id).field("psn_no", psn_no).field("chrg_bchno", batch);
    json.field("rx_circ_flag", "0").field("fee_ocur_time", line.date ? at(*line.date) : "");
    json.field("med_list_codg", line.item).field("medins_list_codg", line.item);
    json.key("det_item_fee_sumamt").raw(to_text(line.amount));
    json.key("cnt")
        .raw(line.quantity ? to_text(*line.quantity) : "0")
        .key("pric")
        .raw(line.price ? to_text(*line.price) : "0");
    json.field("bilg_dept_codg", "A02")
        .field("bilg_dept_name", "内科")
        .field("bilg_dr_codg", "D990000000001");
    json.field("bilg_dr_name", "医生甲").field("hosp_appr_flag", "1").close_object();
  }
  json.close_array();
}

JsonOut& data(JsonOut& json, std::string_view node, std::string_view psn_no) {
  return json.open_object().key(node).open_object().field("psn_no", psn_no);
}

std::string done(JsonOut& json) { return json.close_object().close_object().take(); }

std::string diagnosis(JsonOut& json, std::string_view psn_no, Date day) {
  json.open_array().open_object().field("psn_no", psn_no).field("diag_type", "1").field("maindiag_flag", "1");
  json.field("diag_srt_no", "1")
      .field("diag_code", "J18.900")
      .field("diag_name", "肺炎")
      .field("diag_dept", "A03");
  json.field("dise_dor_no", "D990000000001").field("dise_dor_name", "医生甲").field("diag_time", at(day));
  return json.close_object().close_array().close_object().take();
}

void credential(JsonOut& json, std::string_view psn_no) {
  json.field("mdtrt_cert_type", "03").field("mdtrt_cert_no", psn_no);
}

}  // namespace

std::string person_input(std::string_view psn_no) {
  JsonOut json;
  data(json, "data", psn_no);
  credential(json, psn_no);
  return done(json);
}

std::string purchase_input(const Settle& sale) {
  JsonOut json;
  data(json, "druginfo", sale.psn_no);
  credential(json, sale.psn_no);
  json.field("begntime", at(sale.from)).key("medfee_sumamt").raw(to_text(sale.total));
  json.field("acct_used_flag", sale.use_account ? "1" : "0")
      .field("med_type", "41")
      .close_object()
      .key("drugdetail");
  write_lines(json, sale.lines, sale.psn_no, "", "");
  return json.close_object().take();
}

std::string registration_input(const Settle& sale, std::string_view number) {
  JsonOut json;
  data(json, "data", sale.psn_no);
  credential(json, sale.psn_no);
  json.field("begntime", at(sale.from)).field("ipt_otp_no", number);
  json.field("atddr_no", "D990000000001").field("dr_name", "医生甲").field("dept_code", "A02");
  json.field("dept_name", "内科").field("caty", "A02");
  return done(json);
}

std::string visit_input(const Settle& sale, std::string_view mdtrt_id, std::string_view med_type) {
  JsonOut json;
  data(json, "mdtrtinfo", sale.psn_no).field("mdtrt_id", mdtrt_id).field("med_type", med_type);
  json.field("begntime", at(sale.from)).close_object().key("diseinfo").open_array().open_object();
  json.field("diag_type", "1")
      .field("diag_srt_no", "1")
      .field("diag_code", "J06.900")
      .field("diag_name", "上呼吸道感染");
  json.field("diag_dept", "A02").field("dise_dor_no", "D990000000001").field("dise_dor_name", "医生甲");
  json.field("diag_time", at(sale.from)).field("vali_flag", "1").close_object().close_array();
  return json.close_object().take();
}

std::string lines_input(std::string_view psn_no, std::string_view mdtrt_id, std::string_view batch,
                        const std::vector<FeeLine>& lines) {
  JsonOut json;
  json.open_object().key("feedetail");
  write_lines(json, lines, psn_no, mdtrt_id, batch);
  return json.close_object().take();
}

std::string settle_input(const Settle& sale, std::string_view mdtrt_id, std::string_view batch,
                         std::string_view med_type) {
  JsonOut json;
  data(json, "data", sale.psn_no);
  credential(json, sale.psn_no);
  json.field("med_type", med_type).key("medfee_sumamt").raw(to_text(sale.total)).field("psn_setlway", "01");
  json.field("mdtrt_id", mdtrt_id).field("chrg_bchno", batch);
  json.field("acct_used_flag", sale.use_account ? "1" : "0");
  return done(json);
}

std::string admission_input(std::string_view psn_no, Date day, std::string_view number) {
  JsonOut json;
  data(json, "mdtrtinfo", psn_no);
  credential(json, psn_no);
  json.field("begntime", at(day)).field("med_type", "21").field("ipt_no", number);
  json.field("atddr_no", "D990000000001").field("chfpdr_name", "医生甲").field("adm_diag_dscr", "肺炎");
  json.field("adm_dept_codg", "A03").field("adm_dept_name", "呼吸内科").field("adm_bed", "12");
  json.field("dscg_maindiag_code", "J18.900")
      .field("dscg_maindiag_name", "肺炎")
      .close_object()
      .key("diseinfo");
  return diagnosis(json, psn_no, day);
}

std::string discharge_input(std::string_view psn_no, std::string_view mdtrt_id, Date day) {
  JsonOut json;
  data(json, "dscginfo", psn_no)
      .field("mdtrt_id", mdtrt_id)
      .field("insutype", "310")
      .field("endtime", at(day));
  json.field("dscg_dept_codg", "A03")
      .field("dscg_dept_name", "呼吸内科")
      .field("dscg_way", "1")
      .close_object()
      .key("diseinfo");
  return diagnosis(json, psn_no, day);
}

std::string stay_input(std::string_view psn_no, std::string_view mdtrt_id, Money total, bool interim) {
  JsonOut json;
  data(json, "data", psn_no);
  credential(json, psn_no);
  json.key("medfee_sumamt").raw(to_text(total)).field("psn_setlway", "01").field("mdtrt_id", mdtrt_id);
  json.field("acct_used_flag", "1").field("mid_setl_flag", interim ? "1" : "0");
  return done(json);
}

std::string cancel_input(std::string_view psn_no, std::string_view mdtrt_id, std::string_view setl_id) {
  JsonOut json;
  data(json, "data", psn_no).field("mdtrt_id", mdtrt_id).field("setl_id", setl_id);
  return done(json);
}

std::string refund_input(std::string_view psn_no, std::string_view setl_id, const FeeLine& line,
                         Money amount) {
  JsonOut json;
  data(json, "data", psn_no).field("mdtrt_id", setl_id).field("setl_id", setl_id);
  json.key("exp_content").open_object().key("REFD_DETAIL").open_array().open_object();
  json.field("feedetl_sn", line.line.id)
      .key("cnt")
      .raw(line.line.quantity ? to_text(*line.line.quantity) : "0");
  json.key("amt").raw(to_text(amount)).close_object().close_array().close_object();
  return done(json);
}

std::string reverse_input(std::string_view psn_no, std::string_view infno, std::string_view msgid) {
  JsonOut json;
  data(json, "data", psn_no).field("omsgid", msgid).field("oinfno", infno);
  return done(json);
}

}  // namespace fenming
