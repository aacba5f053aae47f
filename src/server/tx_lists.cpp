// Settlement lists (the case abstract with its fees): their states, one of them, how many are there. The upload is an ordinary one (4101,
// uploads.h).
#include <algorithm>
#include <set>

#include "server/documents.h"
#include "server/node.h"
#include "server/setlinfo.h"
#include "server/transactions.h"
#include "server/tx_words.h"
#include "settlement/statement.h"

namespace fenming {
namespace {

constexpr std::string_view family = "4101";

// ---- States of a settlement list: 0 not submitted, 1 submitted, 2 approved, 3 refused

std::string state_of(const std::vector<KeptDocument>& documents, std::string_view setl_id) {
  std::string state;
  for (const KeptDocument& document : documents)
    for (const KeptRow& row : document.rows) {
      if (row.own("setl_id") != setl_id || (row.node != "setlinfo" && row.node != "data.stastinfo")) continue;
      const std::string_view said = row.own("stas_type");
      if (document.infno == "4102" || !said.empty()) state = said;
      if (state.empty()) state = "0";
    }
  return state;
}

bool allowed(std::string_view from, std::string_view to) {
  return (from == "0" && to == "1") || (from == "3" && (to == "0" || to == "1"));
}

std::optional<Error> wrong_state(const Call& call) {
  const auto documents = documents_of(call.node(), call.provider(), family);
  if (!documents) return documents.error();
  for (const WireRow& row : call.request().rows("data.stastinfo")) {
    const std::string state = state_of(*documents, row.text("setl_id"));
    if (state.empty())
      return Error{
          Code::desk_settlement_unknown, row.pointer("setl_id"), std::string(row.text("setl_id")), {}};
    if (!allowed(state, row.text("stas_type")))
      return Error{Code::wire_code,
                   row.pointer("stas_type"),
                   std::string(row.text("stas_type")),
                   {"stas_type", "0→1, 3→0, 3→1", " (" + state + ")"}};
  }
  return std::nullopt;
}

// ---- 4103

const KeptDocument* newest_list(const std::vector<KeptDocument>& documents, std::string_view setl_id,
                                std::string_view psn_no) {
  const KeptDocument* newest = nullptr;
  for (const KeptDocument& document : documents)
    if (document.infno != "4102" && document.subject == setl_id && document.psn_no == psn_no)
      newest = &document;
  return newest;
}

void write_row(JsonOut& json, const WireNode& node, const KeptDocument& list, const KeptRow& row,
               std::string_view state) {
  json.open_object();
  for (const WireField& field : node.fields) {
    std::string_view value = row.own(field.name);
    if (value.empty() && (field.name == "setl_id" || field.name == "setl_list_sn")) value = list.subject;
    if (value.empty() && field.name == "psn_no") value = list.psn_no;
    if (value.empty() && field.name == "fixmedins_code") value = list.provider;
    if (field.name == "stas_type") value = state;
    json.field(field.name, value);
  }
  json.close_object();
}

Checked<std::string> list_of(const Call& call) {
  const WireRow data = call.request().row("data");
  const std::string_view setl_id = data.text("setl_id"), psn_no = data.text("psn_no");
  if (const auto known = known_person(call, psn_no, data.pointer("psn_no")); !known)
    return one(known.error());
  const auto documents = documents_of(call.node(), call.provider(), family);
  if (!documents) return one(documents.error());
  const KeptDocument* list = newest_list(*documents, setl_id, psn_no);
  if (list == nullptr)
    return one({Code::desk_settlement_unknown, data.pointer("setl_id"), std::string(setl_id), {}});
  const std::string state = state_of(*documents, setl_id);
  JsonOut json;
  json.open_object();
  for (const WireNode& node : call.request().transaction().output) {
    json.key(node.name);
    if (node.repeated) json.open_array();
    for (const KeptRow& row : list->rows)
      if (row.node == node.name) write_row(json, node, *list, row, state);
    const bool empty = std::ranges::find(list->rows, node.name, &KeptRow::node) == list->rows.end();
    if (node.repeated)
      json.close_array();
    else if (empty)
      json.null();
  }
  return json.close_object().take();
}

// ---- 4105

Checked<std::string> counts(const Call& call) {
  const WireRow data = call.request().row("data");
  const auto from = data.date("stt_begntime"), to = data.date("stt_endtime");
  if (!from) return one(missing(data, "stt_begntime"));
  if (!to) return one(missing(data, "stt_endtime"));
  const auto documents = documents_of(call.node(), call.provider(), family);
  if (!documents) return one(documents.error());
  std::set<std::string, std::less<>> sent;
  for (const KeptDocument& document : *documents)
    if (document.infno != "4102") sent.insert(document.subject);
  const auto rows = statement_rows(call.node().desk().store(), {std::string(call.provider()), *from, *to});
  if (!rows) return one(rows.error());
  std::set<std::string> taken_back;
  for (const StatementRow& row : *rows)
    if (row.refund) taken_back.insert(row.corrects);
  std::int64_t wanted = 0, uploaded = 0;
  for (const StatementRow& row : *rows) {
    if (row.refund || row.standing != Standing::counts || taken_back.contains(row.setl_id)) continue;
    ++wanted;
    if (sent.contains(row.setl_id)) ++uploaded;
  }
  JsonOut json;
  return json.open_object()
      .field("needUploadCnt", wanted)
      .field("uploadedCnt", uploaded)
      .close_object()
      .take();
}

}  // namespace

// 4102. A settlement list goes from not submitted to submitted, a refused one back or again; the bureau's states are its own.
void change_list_state(const CallPtr& call) {
  call->later([call] {
    const auto answered = call->node().desk().outcome(call->key());  // a repeat gets the first answer (LAW 5)
    if (!answered) return call->refuse(answered.error());
    if (!*answered)
      if (auto error = wrong_state(*call)) return call->refuse(*error);
    const std::vector<WireRow> rows = call->request().rows("data.stastinfo");
    if (rows.empty()) return call->refuse(missing(call->request().row("data"), "stastinfo"));
    KeepDocument document;
    document.kind = "4101";
    document.psn_no = rows.front().text("psn_no");
    document.subject = subject_of_rows(rows.front().text("setl_id"), rows.size());
    keep_input(call, std::move(document), [](const Call&, const Decided&) { return std::string(); });
  });
}

void query_list(const CallPtr& call) {
  call->query([call] { return list_of(*call); });
}
void count_lists(const CallPtr& call) {
  call->query([call] { return counts(*call); });
}

}  // namespace fenming
