// Uploads that decide nothing: kept sealed as they came, found again by what they are about (REQ HOS-07, SET-03).
#include <algorithm>
#include <map>

#include "server/documents.h"
#include "server/node.h"
#include "server/transactions.h"
#include "server/tx_words.h"
#include "server/uploads.h"

namespace fenming {
namespace {

std::string nothing(const Call&, const Decided&) { return {}; }

// {"result":{"trt_dcla_detl_sn":"..."}}, from the record: a repeat says the same.
std::string said_subject(const Call& call, const Decided& decided) {
  const std::string_view answer = find_upload(call.request().envelope().infno)->answer;
  if (answer.empty()) return {};
  const auto& kept = std::get<KeepDocument>(decided.decision.command.action);
  const std::size_t dot = answer.find('.');
  JsonOut json;
  json.open_object();
  if (dot != 0) json.key(answer.substr(0, dot)).open_object();
  json.field(answer.substr(dot + 1), kept.subject);
  if (dot != 0) json.close_object();
  return json.close_object().take();
}

// REQ SEC-12: who filed it withdraws it, in the name of the same person, once; the same message again hears what it heard.
Checked<void> may_withdraw(const Call& call, const KeepDocument& withdrawal, const std::string& place) {
  const auto filings = documents_about(call.node(), withdrawal.psn_no, withdrawal.kind);
  if (!filings) return one(filings.error());
  const MessageKey key = call.key();
  bool stands = false;
  for (const KeptDocument& filing : *filings) {
    if (filing.provider != key.provider || filing.subject != withdrawal.subject) continue;
    if (filing.withdraw && filing.msgid == key.msgid && filing.infno == key.infno) return {};
    stands = !filing.withdraw;
  }
  if (stands) return {};
  return one(Error{Code::wire_filing_unknown, place, withdrawal.subject, {}});
}

// REQ SEC-12. An upload that rests on a visit or settlement is about that one: no row of it speaks of another, or of another person.
std::optional<Error> row_of_another(const Request& request) {
  for (const std::string_view field : {"psn_no", "mdtrt_id", "setl_id"}) {
    const std::string_view first = first_filled(request, field).value;
    for (const WireNode& node : request.transaction().input)
      for (const WireRow& row : request.rows(node.name)) {
        const std::string_view named = row.text(field);
        if (named.empty() || named == first) continue;
        const Code code = field == "psn_no" ? Code::desk_visit_of_other : Code::wire_other_row;
        std::vector<std::string> details{std::string(first)};
        if (code == Code::wire_other_row) details.emplace(details.begin(), field);
        return Error{code, row.pointer(field), std::string(named), std::move(details)};
      }
  }
  return std::nullopt;
}

}  // namespace

void keep_document(const CallPtr& call) {
  const Upload& upload = *find_upload(call->request().envelope().infno);
  if (upload.on != Upload::Rests::nowhere) {
    if (auto other = row_of_another(call->request())) return call->refuse(std::move(*other));
    const FilledField visit = first_filled(call->request(), "mdtrt_id");
    if (upload.on == Upload::Rests::visit && visit.value.empty())
      return call->refuse(missing(visit.row, "mdtrt_id"));
  }
  KeepDocument document;
  document.kind = upload.family;
  document.withdraw = upload.withdraw;
  std::string subject_place;
  if (upload.person) {
    const FilledField person = first_filled(call->request(), "psn_no");
    if (person.value.empty()) return call->refuse(missing(person.row, "psn_no"));
    document.psn_no = person.value;
  }
  if (upload.subject == "=") {
    document.subject = call->request().envelope().msgid;
  } else {
    const FilledField subject = first_filled(call->request(), upload.subject);
    if (subject.value.empty())
      return call->refuse(missing(subject.row, subject.field.empty() ? upload.subject : subject.field));
    document.subject = subject_of_rows(subject.value, subject.rows);
    subject_place = subject.row.pointer(subject.field);
  }
  if (!upload.withdraw || !upload.person) return keep_input(call, std::move(document), said_subject);
  call->later([call, document = std::move(document), subject_place] {
    const auto allowed = may_withdraw(*call, document, subject_place);
    if (!allowed) return call->refuse(allowed.error());
    keep_input(call, document, said_subject);
  });
}

// 3507: inv_data_type says what was uploaded by mistake.
void delete_goods(const CallPtr& call) {
  static const std::map<std::string_view, std::string_view> families = {
      {"1", "3501"}, {"2", "3502"}, {"3", "3503"}, {"4", "3505"}};
  const WireRow row = call->request().row("data");
  const auto family = families.find(row.text("inv_data_type"));
  if (family == families.end())
    return call->refuse(Error{Code::wire_code,
                              row.pointer("inv_data_type"),
                              std::string(row.text("inv_data_type")),
                              {"inv_data_type", "1, 2, 3, 4", ""}});
  if (!row.has("fixmedins_bchno")) return call->refuse(missing(row, "fixmedins_bchno"));
  KeepDocument document;
  document.kind = family->second;
  document.subject = row.text("fixmedins_bchno");
  document.withdraw = true;
  keep_input(call, std::move(document), nothing);
}

// ---- GET /documents?infno=3401&subject=A02, or &msgid=..: the newest input as it was kept. fixmedins_code=.. where the contract has no
// signature.

namespace {

struct Wanted {
  std::string provider, infno, subject, msgid;
};

struct Newest {
  const KeptDocument* document = nullptr;
  bool withdrawn = false;
};
Newest newest_of(const std::vector<KeptDocument>& documents, const Wanted& wanted) {
  Newest newest;
  for (const KeptDocument& document : documents) {
    const bool asked = wanted.msgid.empty() ? about_subject(document.subject, wanted.subject)
                                            : document.msgid == wanted.msgid;
    if (document.infno == wanted.infno && asked)
      newest = {&document, false};
    else if (document.withdraw && newest.document != nullptr && document.subject == newest.document->subject)
      newest.withdrawn = true;
  }
  return newest;
}

std::string document_text(const Newest& newest) {
  const KeptDocument& document = *newest.document;
  JsonOut json;
  json.open_object()
      .field("infno", document.infno)
      .field("msgid", document.msgid)
      .field("subject", document.subject);
  json.field("time", to_text(document.time))
      .key("withdrawn")
      .boolean(newest.withdrawn)
      .key("input")
      .raw(document.json);
  return json.close_object().take();
}

std::string access_line(Instant now, const std::string& provider, const KeptDocument& document) {
  JsonOut line;
  line.open_object()
      .field("time", to_text(now))
      .field("provider", provider)
      .field("opter", "")
      .field("infno", document.infno);
  return line.field("msgid", document.msgid).field("psn_no", document.psn_no).close_object().take();
}

}  // namespace

void Node::show_document(const std::shared_ptr<Exchange>& exchange) {
  const auto call = std::make_shared<Call>(*this, exchange);
  bool underscored = false;  // read either way: no message of the interface
  const SignedHeaders headers = headers_of(*exchange, underscored);
  const bool unsigned_call = headers.variant == SignVariant::none;
  const auto& table = unsigned_call ? by_code_ : by_key_;
  const auto found = table.find(unsigned_call ? exchange->query("fixmedins_code") : headers.key);
  const ProviderContract* contract = found == table.end() ? nullptr : found->second;
  if (!authorised(*call, headers, contract)) return;
  const Wanted wanted{contract->credential.provider, std::string(exchange->query("infno")),
                      std::string(exchange->query("subject")), std::string(exchange->query("msgid"))};
  const auto refuse = [call](unsigned status, const Error& error) {
    call->exchange_->answer(call->said(status, refusal_text(call->own_head(), {&error, 1}), Ending::refused));
  };
  {
    const std::lock_guard lock(door_);
    if (!rates_.find(wanted.provider)->second.take(clock_().steady_ms))
      return refuse(429, {Code::server_rate, "", std::to_string(contract->per_second), {}});
  }
  const bool taken = lane_.add(
      [this, call, wanted, refuse] {
        const auto documents = documents_of(*this, wanted.provider, family_of(wanted.infno), wanted.subject);
        if (!documents) return refuse(503, documents.error());
        const Newest newest = newest_of(*documents, wanted);
        if (newest.document == nullptr || newest.document->erased)
          return refuse(
              404, {Code::wire_file_unknown, "", wanted.infno + " " + wanted.subject + wanted.msgid, {}});
        const Instant now = clock_().wall;
        if (access_ != nullptr && !newest.document->psn_no.empty())
          access_->add(now, access_line(now, wanted.provider, *newest.document));
        call->exchange_->answer(call->said(200, document_text(newest), Ending::answered));
      },
      wanted.provider);
  if (!taken) refuse(503, {Code::server_busy, "", "1000", {}});
}

}  // namespace fenming
