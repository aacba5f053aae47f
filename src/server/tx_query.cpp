// Queries: visits, settlements, lines, yearly totals, chronic diseases, stays. A settlement's number carries its place in the journal, so
// that what was just settled is found at once; lists come from the views, which follow by a moment.
#include <algorithm>
#include <array>

#include "registry/status.h"
#include "server/documents.h"
#include "server/node.h"
#include "server/person_numbers.h"
#include "server/person_view.h"
#include "server/setlinfo.h"
#include "server/transactions.h"
#include "server/tx_words.h"
#include "settlement/cells.h"
#include "settlement/rows.h"

namespace fenming {
namespace {

using Output = Checked<std::string>;

struct Found {
  std::shared_ptr<const Decision> decision;
  const SettlementResult* result = nullptr;
};

// Of this provider and person, or as if it were not there: nobody learns of others' settlements by trying numbers.
Result<Found> settlement_of(const Call& call, const WireRow& data) {
  const std::string setl_id(data.text("setl_id"));
  const Error unknown{Code::desk_settlement_unknown, data.pointer("setl_id"), setl_id, {}};
  const auto id = parse_id('S', call.node().words().region, setl_id);
  if (!id || id->position > call.node().desk().figures().head.position) return std::unexpected(unknown);
  const auto record = call.node().desk().record(id->position);
  if (!record) return std::unexpected(record.error());
  const auto result = std::ranges::find((*record)->results, setl_id, &SettlementResult::settlement);
  if (result == (*record)->results.end() || result->provider != call.provider())
    return std::unexpected(unknown);
  const auto same = same_person(call.node(), result->psn_no, data.text("psn_no"));
  if (!same) return std::unexpected(same.error());
  if (!*same) return std::unexpected(unknown);
  return Found{*record, &*result};
}

// Visits of a person at this provider, newest last.
Result<std::vector<std::string>> visits_of(const Call& call, std::string_view psn_no) {
  std::vector<std::string> visits;
  const auto walked = walk_person(call.node(), psn_no, [&](std::uint64_t, const Decision& decision) {
    if (std::holds_alternative<OpenVisit>(decision.command.action) &&
        decision.command.key.provider == call.provider())
      visits.push_back(decision.made);
    return true;
  });
  if (!walked) return std::unexpected(walked.error());
  std::ranges::reverse(visits);
  return visits;
}

void write_visit(JsonOut& json, const Call& call, const PersonView& person, const std::string& mdtrt_id,
                 const Visit& visit) {
  const RegionWords& words = call.node().words();
  const bool open = visit.status == static_cast<std::uint8_t>(VisitStatus::open);
  json.open_object().field("mdtrt_id", mdtrt_id);
  write_person(json, person, civil_day(call.node().now().wall));
  json.field("insutype", "").field("psn_type", "").field("cvlserv_flag", "0");
  json.field("begntime", to_text(visit.begin) + " 00:00:00")
      .field("endtime", open ? "" : to_text(visit.end) + " 00:00:00");
  json.field("begndate", to_text(visit.begin)).field("med_type", code_for(words.med_type, visit.kind));
  json.field("mdtrt_cert_type", "").field("ipt_otp_no", visit.number).field("out_flag", "0");
  json.field("inhosp_stas", visit.status == static_cast<std::uint8_t>(VisitStatus::cancelled) ? "9"
                            : open                                                            ? "1"
                                                                                              : "0");
  json.close_object();
}

Output visits(const Call& call, bool stays_only) {
  const WireRow data = call.request().row("data");
  const std::string psn_no(data.text("psn_no"));
  const auto object = known_person(call, psn_no, data.pointer("psn_no"));
  if (!object) return one(object.error());
  const auto list = visits_of(call, psn_no);
  if (!list) return one(list.error());
  const auto from = data.date("begntime"), to = data.date("endtime");
  const std::string_view med_type = data.text("med_type");
  const std::string kind =
      word(call.node().words().med_type, med_type, med_type);  // of no kind: none is shown
  const PersonView person = view_person(call.node().vault(), psn_no, object->find("rs"));
  JsonOut json;
  json.open_object().key(stays_only ? "data" : "mdtrtinfo").open_array();
  for (const std::string& mdtrt_id : *list) {
    if (const std::string_view wanted = data.text("mdtrt_id"); !wanted.empty() && wanted != mdtrt_id)
      continue;
    const auto state = call.node().desk().object(visit_object(mdtrt_id));
    if (!state) return one(state.error());
    const auto visit = read_cell<Visit>(state->find(visit_cell));
    if (!visit || (from && visit->begin < *from) || (to && visit->begin > *to)) continue;
    const bool open = visit->status == static_cast<std::uint8_t>(VisitStatus::open);
    if (!kind.empty() && visit->kind != kind) continue;
    if (stays_only && (!open || !is_stay(call.node().words(), visit->kind))) continue;
    write_visit(json, call, person, mdtrt_id, *visit);
  }
  return json.close_array().close_object().take();
}

// The settlement that took this one back, by cancellation, reversal or expiry; "" while it counts.
Result<std::string> undone_by(const Call& call, const std::string& setl_id) {
  const auto object = call.node().desk().object(settlement_object(setl_id));
  if (!object) return std::unexpected(object.error());
  const auto state = read_cell<SettlementState>(object->find(settlement_cell));
  const bool undone =
      state && (state->status == SettlementStatus::cancelled || state->status == SettlementStatus::expired);
  if (!undone) return std::string();
  const auto record = call.node().desk().record(state->position);
  if (!record) return std::unexpected(record.error());
  for (const SettlementResult& result : (*record)->results)
    if (result.kind == ResultKind::cancelled && result.corrects == setl_id) return result.settlement;
  return std::string();
}

Output settlement(const Call& call) {
  const WireRow data = call.request().row("data");
  const auto found = settlement_of(call, data);
  if (!found) return one(found.error());
  const SettlementResult& result = *found->result;
  const auto object = known_person(call, result.psn_no, data.pointer("psn_no"));
  if (!object) return one(object.error());
  const auto undone = undone_by(call, result.settlement);
  if (!undone) return one(undone.error());
  const auto provider = call.node().desk().object(provider_object(result.provider));
  if (!provider) return one(provider.error());
  const auto state = read_cell<ProviderState>(provider->find(provider_cell));
  JsonOut json;
  json.open_object().key("setlinfo").open_object();
  write_person(json, view_person(call.node().vault(), result.psn_no, object->find("rs")),
               civil_day(found->decision->time));
  if (auto done = write_setlinfo(json, call, *found->decision, result, false); !done)
    return one(std::move(done.error()));
  json.field("fixmedins_code", result.provider)
      .field("fixmedins_name", state ? state->name : "")
      .field("pay_loc", "1");
  json.field("begndate", to_text(result.from)).field("enddate", to_text(result.to));
  json.key("psn_pay")
      .raw(yuan(result.account + result.family + result.cash))
      .key("cash_payamt")
      .raw(yuan(result.cash));
  const bool refund = result.kind == ResultKind::cancelled;
  json.field("refd_setl_flag", refund || !undone->empty() ? "1" : "0");
  json.field("refd_setl_id", *undone).field("init_setl_id", refund ? result.corrects : "");
  json.field("year", std::to_string(civil(result.settle).year))
      .field("opter_id", found->decision->command.made_by);
  json.close_object().key("setldetail");
  if (auto done = write_setldetail(json, call, *found->decision, result); !done)
    return one(std::move(done.error()));
  return json.close_object().take();
}

Output lines(const Call& call) {
  const WireRow data = call.request().row("data");
  const auto found = settlement_of(call, data);
  if (!found) return one(found.error());
  const SettlementResult& result = *found->result;
  call.accessed(result.psn_no);
  const auto list = shown_lines(call, *found->decision, result);
  if (!list) return one(list.error());
  const auto rows = LineRows::of(call, *found->decision, result.to);
  if (!rows) return one(rows.error());
  JsonOut json;
  json.open_array();
  for (const ShownLine& shown : *list) rows->write(json, shown.line, shown.shares);
  return json.close_array().take();
}

// The rows that the policy keeps of a person; of several numbers of his their sums, as a settlement reads them.
Result<Object> rows_of_person(const Call& call, std::string_view psn_no) {
  const auto numbers = numbers_of(call.node(), psn_no);
  if (!numbers) return std::unexpected(numbers.error());
  Object joined;
  for (const std::string& number : *numbers) {
    const auto object = call.node().desk().object(person_object(number));
    if (!object) return object;
    for (const auto& [name, value] : object->with(row_prefix)) {
      const Row sum = less(read_row(joined.find(name)), read_row(value), {});
      joined.set(std::string(name), sum.members.empty() ? std::string() : write_row(sum));
    }
  }
  return joined;
}

// The accumulators of a person as the policy keeps them, one row for each figure of a year.
Output totals(const Call& call) {
  const WireRow data = call.request().row("data");
  const std::string psn_no(data.text("psn_no"));
  if (const auto known = known_person(call, psn_no, data.pointer("psn_no")); !known)
    return one(known.error());
  const auto rows = rows_of_person(call, psn_no);
  if (!rows) return one(rows.error());
  const auto shard = call.node().desk().object(shard_object);
  if (!shard) return one(shard.error());
  const auto library = call.node().library(std::string(shard->find(rules_cell)));
  if (!library) return one(library.error());
  const auto key_of = [](const NamedTotal& total, std::string_view name) {
    const auto found = std::ranges::find(total.key, name, &std::pair<std::string, std::string>::first);
    return found == total.key.end() ? std::string() : found->second;
  };
  const RegionWords& words = call.node().words();
  JsonOut json;
  json.open_object().key("cuminfo").open_array();
  for (const NamedTotal& total : totals_of(*rows, *shard, *library)) {
    json.open_object().field("insutype", code_for(words.insutype, key_of(total, words.scheme)));
    json.field("year", key_of(total, "year")).field("cum_ym", key_of(total, "month"));
    json.field("cum_type_code", total.name).key("cum").raw(total.value).close_object();
  }
  return json.close_array().close_object().take();
}

Output diseases(const Call& call) {
  const WireRow data = call.request().row("data");
  const std::string psn_no(data.text("psn_no"));
  const auto object = known_person(call, psn_no, data.pointer("psn_no"));
  if (!object) return one(object.error());
  const RegionWords& words = call.node().words();
  const auto rule = std::ranges::find(words.facts, "dise_codg", &FactWord::field);
  JsonOut json;
  json.open_object().key("feedetail").open_array();
  for (const Status& status : statuses(*object, "diseases")) {
    const std::string value = status.fact.list.empty() ? status.fact.text : status.fact.list.front();
    const std::string code = rule == words.facts.end() ? value : code_for(rule->values, value, value);
    json.open_object().field("opsp_dise_code", code).field("opsp_dise_name", value);
    json.field("begndate", to_text(status.from)).field("enddate", to_text(status.to)).close_object();
  }
  return json.close_array().close_object().take();
}

}  // namespace

void query_visits(const CallPtr& call) {
  call->query([call] { return visits(*call, false); });
}
void query_stays(const CallPtr& call) {
  call->query([call] { return visits(*call, true); });
}
void query_settlement(const CallPtr& call) {
  call->query([call] { return settlement(*call); });
}
void query_lines(const CallPtr& call) {
  call->query([call] { return lines(*call); });
}
void query_totals(const CallPtr& call) {
  call->query([call] { return totals(*call); });
}
void query_diseases(const CallPtr& call) {
  call->query([call] { return diseases(*call); });
}

}  // namespace fenming
