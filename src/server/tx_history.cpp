// What stands in a person's records: the diagnoses that came with a visit, the drugs of a chronic disease.
#include <algorithm>
#include <map>
#include <tuple>

#include "server/catalogue_file.h"
#include "server/documents.h"
#include "server/node.h"
#include "server/setlinfo.h"
#include "server/transactions.h"
#include "server/tx_words.h"
#include "settlement/cells.h"

namespace fenming {
namespace {

using Output = Checked<std::string>;

// ---- 5202

struct Rest {              // of a message about the visit
  std::string_view inout;  // inout_diag_type; empty: the message says it, or it is an outpatient's
  std::string sealed;
};

std::optional<Rest> rest_about(const Decision& decision, const std::string& mdtrt_id) {
  if (const auto* open = std::get_if<OpenVisit>(&decision.command.action))
    if (decision.made == mdtrt_id) return Rest{decision.command.key.infno == "2401" ? "1" : "", open->rest};
  if (const auto* change = std::get_if<ChangeVisit>(&decision.command.action))
    if (change->visit == mdtrt_id) return Rest{decision.command.key.infno == "2403" ? "1" : "", change->rest};
  if (const auto* close = std::get_if<CloseVisit>(&decision.command.action))
    if (close->visit == mdtrt_id) return Rest{"2", close->rest};
  return std::nullopt;
}

struct Diagnosis {
  KeptRow row;
  std::string_view inout;
};
using Diagnoses = std::map<std::tuple<std::string, std::string, std::string>, Diagnosis>;

// The same place in the list again changes a diagnosis, vali_flag 0 takes it back.
void add_diagnoses(Diagnoses& diagnoses, const Call& call, const std::vector<std::string>& numbers,
                   const Rest& rest) {
  std::string json = opened_rest(call, "", rest.sealed);  // the message named no person
  for (std::size_t i = 0; i < numbers.size() && json == "{}"; ++i)
    json = opened_rest(call, numbers[i], rest.sealed);
  for (KeptRow& row : rows_of_json(json)) {
    if (row.node != "diseinfo") continue;
    const std::tuple place(std::string(rest.inout), std::string(row.own("diag_type")),
                           std::string(row.own("diag_srt_no")));
    if (row.own("vali_flag") == "0")
      diagnoses.erase(place);
    else
      diagnoses[place] = {std::move(row), rest.inout};
  }
}

void write_diagnosis(JsonOut& json, const Diagnosis& diagnosis, std::string_view mdtrt_id,
                     std::string_view psn_no, std::size_t number) {
  const KeptRow& row = diagnosis.row;
  json.open_object().field("diag_info_id", std::string(mdtrt_id) + "-" + std::to_string(number));
  json.field("mdtrt_id", mdtrt_id).field("psn_no", psn_no);
  json.field("inout_diag_type", diagnosis.inout.empty() ? row.own("inout_diag_type") : diagnosis.inout);
  for (const char* field : {"diag_type", "maindiag_flag", "diag_srt_no", "diag_code", "diag_name", "adm_cond",
                            "diag_dept", "dise_dor_no", "dise_dor_name", "diag_time"})
    json.field(field, row.own(field));
  json.close_object();
}

Output diagnoses(const Call& call) {
  const WireRow data = call.request().row("data");
  const std::string psn_no(data.text("psn_no")), mdtrt_id(data.text("mdtrt_id"));
  if (const auto known = known_person(call, psn_no, data.pointer("psn_no")); !known)
    return one(known.error());
  const auto state = call.node().desk().object(visit_object(mdtrt_id));
  if (!state) return one(state.error());
  const auto visit = read_cell<Visit>(state->find(visit_cell));
  const auto numbers = numbers_of(call.node(), psn_no);
  if (!numbers) return one(numbers.error());
  if (!visit || visit->provider != call.provider() || std::ranges::count(*numbers, visit->psn_no) == 0)
    return one(Error{Code::desk_visit_unknown, data.pointer("mdtrt_id"), mdtrt_id, {}});
  std::vector<Rest> rests;
  const auto walked = walk_person(call.node(), psn_no, [&](std::uint64_t, const Decision& decision) {
    if (auto rest = rest_about(decision, mdtrt_id)) rests.push_back(std::move(*rest));
    return decision.made != mdtrt_id;
  });
  if (!walked) return one(walked.error());
  Diagnoses found;
  for (auto rest = rests.rbegin(); rest != rests.rend(); ++rest) add_diagnoses(found, call, *numbers, *rest);
  JsonOut json;
  json.open_object().key("diseinfo").open_array();
  std::size_t number = 0;
  for (const auto& [place, diagnosis] : found) write_diagnosis(json, diagnosis, mdtrt_id, psn_no, ++number);
  return json.close_array().close_object().take();
}

// ---- 5205

struct Given {  // a line of a settlement for a chronic disease
  FeeLine fee;
  Date day;
  std::string provider, kind;
};

Result<bool> stands(const Call& call, const std::string& setl_id) {
  const auto object = call.node().desk().object(settlement_object(setl_id));
  if (!object) return std::unexpected(object.error());
  const auto state = read_cell<SettlementState>(object->find(settlement_cell));
  return !state || state->status == SettlementStatus::settled || state->status == SettlementStatus::confirmed;
}

void write_given(JsonOut& json, const Call& call, const Given& given, std::string_view psn_no,
                 const CatalogueEdition& edition) {
  const BillLine& line = given.fee.line;
  const auto entry = std::ranges::find_if(edition.entries, [&](const CatalogueEntry& one) {
    return one.item.item == line.item && one.item.from <= given.day && given.day <= one.item.to;
  });
  const bool known = entry != edition.entries.end();
  const std::string name = known ? entry->item.name_zh : line.item_name;
  json.open_object()
      .field("feedetl_sn", line.id)
      .field("rx_drord_no", "")
      .field("fixmedins_code", given.provider);
  json.field("fixmedins_name", given.provider).field("psn_no", psn_no);
  json.field("med_type", code_for(call.node().words().med_type, given.kind));
  json.field("fee_ocur_time", to_text(given.day) + " 00:00:00");
  json.key("cnt")
      .raw(line.quantity ? to_text(*line.quantity) : "0")
      .key("pric")
      .raw(line.price ? to_text(*line.price) : "0");
  json.field("chrgitm_lv", known ? charge_level_of(entry->item) : "")
      .field("hilist_code", line.item)
      .field("hilist_name", name);
  json.field("list_type", known ? list_type_of(entry->item) : "").field("med_list_codg", line.item);
  json.field("medins_list_codg", "")
      .field("medins_list_name", "")
      .field("med_chrgitm_type", "")
      .field("prodname", name);
  json.field("spec", "").field("dosform_name", "").close_object();
}

Output chronic_drugs(const Call& call) {
  const WireRow data = call.request().row("data");
  const std::string psn_no(data.text("psn_no"));
  if (const auto known = known_person(call, psn_no, data.pointer("psn_no")); !known)
    return one(known.error());
  const auto from = data.date("begntime"), to = data.date("endtime");
  const std::string chronic = word(call.node().words().med_type, "14");
  const auto numbers = numbers_of(call.node(), psn_no);
  if (!numbers) return one(numbers.error());
  std::vector<Given> found;
  std::optional<Error> failure;
  const auto add = [&](const Decision& decision, const SettlementResult& result) -> Result<void> {
    const auto counted = stands(call, result.settlement);
    if (!counted) return std::unexpected(counted.error());
    if (!*counted) return {};
    const auto lines = settled_lines(call, decision, result);
    if (!lines) return std::unexpected(lines.error());
    for (const FeeLine& fee : *lines) {
      const Date day = fee.line.date.value_or(result.to);
      if ((!from || day >= *from) && (!to || day <= *to))
        found.push_back({fee, day, result.provider, result.visit_kind});
    }
    return {};
  };
  const auto walked = walk_person(call.node(), psn_no, [&](std::uint64_t, const Decision& decision) {
    for (const SettlementResult& result : decision.results)
      if (result.kind == ResultKind::settled && std::ranges::count(*numbers, result.psn_no) != 0 &&
          result.visit_kind == chronic)
        if (const auto added = add(decision, result); !added) failure = added.error();
    return !failure;
  });
  if (!walked) return one(walked.error());
  if (failure) return one(*failure);
  const auto edition = call.node().catalogues().edition(call.node().desk());
  if (!edition) return one(edition.error());
  JsonOut json;
  json.open_object().key("feedetail").open_array();
  for (const Given& given : found) write_given(json, call, given, psn_no, **edition);
  return json.close_array().close_object().take();
}

}  // namespace

void query_diagnoses(const CallPtr& call) {
  call->query([call] { return diagnoses(*call); });
}
void query_chronic_drugs(const CallPtr& call) {
  call->query([call] { return chronic_drugs(*call); });
}

}  // namespace fenming
