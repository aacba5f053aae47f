// Registrations, visits, admissions, their changes and lines.
#include "server/node.h"
#include "server/setlinfo.h"
#include "server/transactions.h"
#include "server/tx_words.h"

namespace fenming {
namespace {

std::string nothing(const Call&, const Decided&) { return {}; }

// The row under whatever name this transaction has it.
WireRow main_row(const Call& call) {
  for (const WireNode& node : call.request().transaction().input)
    if (const WireRow row = call.request().row(node.name); row.node() != nullptr) return row;
  return {};
}

std::string made_visit(const Call&, const Decided& decided) {
  const auto& open = std::get<OpenVisit>(decided.decision.command.action);
  JsonOut json;
  json.open_object().key("data").open_object();
  json.field("mdtrt_id", decided.decision.made).field("psn_no", open.psn_no).field("ipt_otp_no", open.number);
  return json.close_object().close_object().take();
}

std::string made_stay(const Call&, const Decided& decided) {
  JsonOut json;
  json.open_object().key("result").open_object().field("mdtrt_id", decided.decision.made);
  return json.close_object().close_object().take();
}

Result<std::string> priced_lines(const Call& call, const Decided& decided) {
  const Decision& decision = decided.decision;
  const auto& upload = std::get<UploadLines>(decision.command.action);
  const auto rows = LineRows::of(call, decision, civil_day(decision.time));
  if (!rows) return std::unexpected(rows.error());
  JsonOut json;
  json.open_object().key("result").open_array();
  for (std::size_t i = 0; i < upload.lines.size(); ++i) {
    const BillLine& line = upload.lines[i].line;
    rows->write(json, line,
                i < decision.priced.size() ? decision.priced[i] : LineResult{line.amount.fen(), 0, 0, 0, 0});
  }
  return json.close_array().close_object().take();
}

void open(const CallPtr& call, const WireRow& row, std::string kind, std::string number,
          Call::Render render) {
  OpenVisit visit;
  visit.psn_no = row.text("psn_no");
  visit.kind = std::move(kind);
  visit.number = std::move(number);
  visit.begin = row.date("begntime").value_or(Date());  // without one the message was refused
  auto facts = facts_of(call->node().words(), row);
  if (!facts) return call->refuse(facts.error());
  visit.facts = std::move(*facts);
  visit.rest = rest_of(*call, visit.psn_no, {"psn_no", "ipt_otp_no", "ipt_no"});
  call->submit(std::move(visit), std::move(render));
}

void change(const CallPtr& call, const WireRow& row) {
  if (const std::string_view type = row.text("med_type"); !type.empty()) {
    const auto kind = kind_of(call->node().words(), type, visit_family(call->request().envelope().infno),
                              row.pointer("med_type"));
    if (!kind) return call->refuse(kind.error());
  }
  ChangeVisit changed;
  changed.visit = row.text("mdtrt_id");
  auto facts = facts_of(call->node().words(), row);
  if (!facts) return call->refuse(facts.error());
  changed.facts = std::move(*facts);
  changed.rest = rest_of(*call, row.text("psn_no"), {"mdtrt_id"});
  call->submit_for_person(std::move(changed), nothing);
}

void remove(const CallPtr& call, std::string visit, std::vector<std::string> lines, std::string batch = {}) {
  call->submit_for_person(RemoveLines{std::move(visit), std::move(lines), std::move(batch)}, nothing);
}

// One message is about one visit.
Error other_visit(const WireRow& row, const std::string& visit) {
  return {
      Code::wire_other_row, row.pointer("mdtrt_id"), std::string(row.text("mdtrt_id")), {"mdtrt_id", visit}};
}

}  // namespace

// REQ SET-01. The kind is an ordinary visit until 2207 says otherwise.
void register_visit(const CallPtr& call) {
  const WireRow row = main_row(*call);
  const auto kind = kind_of(call->node().words(), "11", VisitFamily::outpatient, row.pointer());
  if (!kind) return call->refuse(kind.error());
  open(call, row, *kind, std::string(row.text("ipt_otp_no")), made_visit);
}

void cancel_registration(const CallPtr& call) {
  call->submit_for_person(CancelVisit{std::string(main_row(*call).text("mdtrt_id"))}, nothing);
}

void upload_visit(const CallPtr& call) { change(call, call->request().row("mdtrtinfo")); }

void upload_lines(const CallPtr& call) {
  UploadLines upload;
  const std::vector<WireRow> rows = call->request().rows("feedetail");
  upload.visit = rows.empty() ? "" : std::string(rows.front().text("mdtrt_id"));
  for (const WireRow& row : rows) {
    if (row.text("mdtrt_id") != upload.visit) return call->refuse(other_visit(row, upload.visit));
    upload.lines.push_back(fee_line(row));
  }
  if (!rows.empty())
    upload.rest = rest_of(*call, rows.front().text("psn_no"),
                          {"feedetl_sn", "init_feedetl_sn", "mdtrt_id", "psn_no", "chrg_bchno",
                           "fee_ocur_time", "med_list_codg", "det_item_fee_sumamt", "cnt", "pric"});
  call->submit_for_person(std::move(upload), priced_lines);
}

// 0000: all that are not settled.
void withdraw_lines(const CallPtr& call) {
  const WireRow row = main_row(*call);
  std::string batch(row.text("chrg_bchno"));
  remove(call, std::string(row.text("mdtrt_id")), {}, batch == "0000" ? std::string() : std::move(batch));
}

void withdraw_stay_lines(const CallPtr& call) {
  const std::vector<WireRow> rows = call->request().rows("data");
  const std::string visit(rows.empty() ? std::string_view() : rows.front().text("mdtrt_id"));
  bool all = false;
  std::vector<std::string> lines;
  for (const WireRow& row : rows) {
    if (row.text("mdtrt_id") != visit) return call->refuse(other_visit(row, visit));
    all = all || row.text("feedetl_sn") == "0000";
    lines.emplace_back(row.text("feedetl_sn"));
  }
  remove(call, visit, all ? std::vector<std::string>() : std::move(lines));
}

// REQ SET-02
void admit(const CallPtr& call) {
  const WireRow row = call->request().row("mdtrtinfo");
  const auto kind =
      kind_of(call->node().words(), row.text("med_type"), VisitFamily::stay, row.pointer("med_type"));
  if (!kind) return call->refuse(kind.error());
  open(call, row, *kind, std::string(row.text("ipt_no")), made_stay);
}

void discharge(const CallPtr& call) {
  const WireRow row = main_row(*call);
  CloseVisit close;
  close.visit = row.text("mdtrt_id");
  close.end = row.date("endtime").value_or(Date());
  auto facts = facts_of(call->node().words(), row);
  if (!facts) return call->refuse(facts.error());
  close.facts = std::move(*facts);
  close.rest = rest_of(*call, row.text("psn_no"), {"mdtrt_id", "endtime"});
  call->submit_for_person(std::move(close), nothing);
}

void change_stay(const CallPtr& call) { change(call, main_row(*call)); }

void cancel_admission(const CallPtr& call) {
  call->submit_for_person(CancelVisit{std::string(main_row(*call).text("mdtrt_id"))}, nothing);
}

void cancel_discharge(const CallPtr& call) {
  call->submit_for_person(ReopenVisit{std::string(main_row(*call).text("mdtrt_id"))}, nothing);
}

}  // namespace fenming
