#include "server/setlinfo.h"

#include <algorithm>

#include "model/fund_fields.h"
#include "server/node.h"
#include "server/person_view.h"
#include "settlement/cells.h"
#include "settlement/statement.h"
#include "settlement/stored_record.h"

namespace fenming {
namespace {

std::string_view fact_of(const std::vector<FactValue>& facts, std::string_view name) {
  const auto found = std::ranges::find(facts, name, &FactValue::name);
  return found == facts.end() ? std::string_view() : std::string_view(found->text);
}

struct Stored {
  Decision record;
  const SettlementResult* result;
};

// The settlement that a cancellation or an adjustment is about, as it was settled.
Result<Stored> corrected_by(const Call& call, const SettlementResult& result) {
  const auto id = parse_id('S', call.node().words().region, result.corrects);
  if (!id) return std::unexpected(Error{Code::store_damaged, "", result.corrects, {}});
  auto record = stored_record(call.node().desk().store(), id->position);
  if (!record) return std::unexpected(record.error());
  Stored stored{std::move(*record), nullptr};
  for (const SettlementResult& one : stored.record.results)
    if (one.settlement == result.corrects) stored.result = &one;
  if (stored.result == nullptr)
    return std::unexpected(Error{Code::store_damaged, "", std::to_string(id->position), {}});
  return stored;
}

// What an answer needs beside the result: the facts that say insurance and person, and the library that names the funds.
struct Background {
  std::vector<FactValue> facts;
  std::shared_ptr<const Library> library;
};

// Of a cancellation the facts stand with the settlement that it undoes. It and an adjustment speak of the funds of that settlement's rules,
// whatever the record beside them was decided by.
Result<Background> background_of(const Call& call, const Decision& decision, const SettlementResult& result) {
  std::vector<FactValue> facts = result.facts;
  std::string rules = decision.rules;
  if (result.kind == ResultKind::cancelled || result.kind == ResultKind::adjusted) {
    auto stored = corrected_by(call, result);
    if (!stored) return std::unexpected(stored.error());
    if (result.kind == ResultKind::cancelled) facts = stored->result->facts;
    rules = std::move(stored->record.rules);
  }
  auto library = call.node().library(rules);
  if (!library) return std::unexpected(library.error());
  return Background{std::move(facts), std::move(*library)};
}

void write_funds(JsonOut& json, const Library& library, const SettlementResult& result) {
  std::int64_t fields[fund_fields.size()] = {};
  for (const Share& share : result.shares) {
    std::string_view field = "oth_pay";
    const auto fund = std::ranges::find(library.region.funds, share.fund, &Fund::name);
    if (fund != library.region.funds.end() && !fund->field.empty()) field = fund->field;
    const auto at = std::ranges::find(fund_fields, field);
    fields[at == fund_fields.end() ? fund_fields.size() - 1
                                   : static_cast<std::size_t>(at - fund_fields.begin())] += share.fen;
  }
  for (std::size_t i = 0; i < fund_fields.size(); ++i) json.key(fund_fields[i]).raw(yuan(fields[i]));
}

void write_fund_row(JsonOut& json, std::string_view code, std::string_view name, std::int64_t in_scope,
                    std::int64_t fen) {
  json.open_object().field("fund_pay_type", code).key("inscp_scp_amt").raw(yuan(in_scope));
  json.key("crt_payb_lmt_amt").raw("0.00").key("fund_payamt").raw(yuan(fen));
  json.field("fund_pay_type_name", name).field("setl_proc_info", "").close_object();
}

}  // namespace

std::string fund_code(const RegionWords& words, const std::string& insutype, const std::string& fund) {
  const std::string own = word(words.fund_pay_type, insutype + ":" + fund);
  return own.empty() ? word(words.fund_pay_type, fund) : own;
}

std::string yuan(std::int64_t fen) { return to_text(Money::from_fen(fen)); }

std::string time_text(Instant time) { return to_text(time).substr(0, 19); }

const SettlementResult* made_result(const Decision& decision) {
  if (std::holds_alternative<RefundPart>(decision.command.action))  // what is left of the bill
    return decision.results.empty() ? nullptr : &decision.results.back();
  for (const SettlementResult& result : decision.results)
    if (result.settlement == decision.made) return &result;
  return decision.results.empty() ? nullptr : &decision.results.back();
}

Result<void> write_setlinfo(JsonOut& json, const Call& call, const Decision& decision,
                            const SettlementResult& result, bool trial) {
  const RegionWords& words = call.node().words();
  const auto background = background_of(call, decision, result);
  if (!background) return std::unexpected(background.error());
  const auto& [facts, library] = *background;
  if (!trial) json.field("setl_id", result.settlement);
  json.field("mdtrt_id", trial ? result.visit : visit_number(result));
  json.field("insutype", code_for(words.insutype, fact_of(facts, words.scheme)));
  json.field("psn_type", word(words.psn_type, fact_of(facts, words.person)));
  json.field("cvlserv_flag", fact_of(facts, "civil_servant") == "yes" ? "1" : "0");
  json.field("setl_time", time_text(decision.time)).field("mdtrt_cert_type", "");
  json.field("med_type", code_for(words.med_type, result.visit_kind));
  json.key("medfee_sumamt").raw(yuan(result.total)).key("fulamt_ownpay_amt").raw(yuan(result.out));
  json.key("overlmt_selfpay").raw(yuan(result.over)).key("preselfpay_amt").raw(yuan(result.prepay));
  json.key("inscp_scp_amt").raw(yuan(result.in_scope)).key("act_pay_dedc").raw(yuan(result.deductible));
  write_funds(json, *library, result);
  json.key("pool_prop_selfpay").raw("0").key("fund_pay_sumamt").raw(yuan(result.funds));
  const std::int64_t account = result.account + result.family;
  json.key("psn_part_amt").raw(yuan(account + result.cash)).key("acct_pay").raw(yuan(account));
  json.key("psn_cash_pay").raw(yuan(result.cash)).key("hosp_part_amt").raw(yuan(result.provider_part));
  json.key("balc").raw(yuan(result.balance - result.account)).key("acct_mulaid_pay").raw(yuan(result.family));
  json.field("medins_setl_id", decision.command.key.msgid).field("clr_optins", words.region);
  json.field("clr_way", "01").field("clr_type", word(words.clr_type, result.visit_kind, "99"));
  return {};
}

Result<void> write_setldetail(JsonOut& json, const Call& call, const Decision& decision,
                              const SettlementResult& result) {
  const RegionWords& words = call.node().words();
  const auto background = background_of(call, decision, result);
  if (!background) return std::unexpected(background.error());
  const auto& [facts, library] = *background;
  const std::string insutype = code_for(words.insutype, fact_of(facts, words.scheme));
  json.open_array();
  for (const Share& share : result.shares) {
    std::string_view name = share.fund;
    const auto fund = std::ranges::find(library->region.funds, share.fund, &Fund::name);
    if (fund != library->region.funds.end() && !fund->labels.zh.empty()) name = fund->labels.zh;
    write_fund_row(json, fund_code(words, insutype, share.fund), name, result.in_scope, share.fen);
  }
  if (const std::int64_t account = result.account + result.family; account != 0)
    write_fund_row(json, fund_code(words, insutype, "account"), "个人账户", result.in_scope, account);
  if (result.provider_part != 0)
    write_fund_row(json, fund_code(words, insutype, "hospital"), "医院负担", 0, result.provider_part);
  json.close_array();
  return {};
}

namespace {

// Table med_chrgitm_type. The catalogue's kinds are coarser than it: tests (04) are exams, care (07) is a service, a patent herbal
// medicine (11) is a drug.
std::string_view charge_type(std::string_view kind) {
  constexpr std::pair<std::string_view, std::string_view> types[] = {
      {"bed", "01"},      {"exam", "03"},    {"service", "05"}, {"surgery", "06"},
      {"material", "08"}, {"implant", "08"}, {"drug", "09"},    {"herb", "10"}};
  const auto* const known =
      std::ranges::find(types, kind, &std::pair<std::string_view, std::string_view>::first);
  return known == std::end(types) ? "14" : known->second;
}

// Of what is in the catalogue and below its limit: how much comes first from the person, to four decimals.
std::string own_part(const LineResult& line) {
  if (line.amount != 0 && line.out == line.amount) return "1";
  const std::int64_t listed = line.amount - line.out - line.over;
  if (listed == 0) return "0";
  constexpr std::int64_t parts = 10'000;
  return to_text(Decimal{(std::abs(line.prepay) * parts * 2 + std::abs(listed)) / (std::abs(listed) * 2) *
                         (1'000'000 / parts)});
}

}  // namespace

Result<LineRows> LineRows::of(const Call& call, const Decision& decision, Date day) {
  auto catalogue = call.node().catalogue(decision.catalogue);
  if (!catalogue) return std::unexpected(std::move(catalogue.error()));
  return LineRows(std::move(*catalogue), day, decision.encoder >= 2);
}

const CatalogueItem* LineRows::item_of(const BillLine& line) const {
  if (catalogue_ == nullptr || line.item.empty()) return nullptr;
  return catalogue_->find(line.item, line.date.value_or(day_));
}

// The class as it worked out: 03 wholly the person's own, 02 with a share paid first, 01 in full.
void LineRows::write(JsonOut& json, const BillLine& line, const LineResult& shares) const {
  const std::string_view level = shares.out == shares.amount && shares.amount != 0 ? "03"
                                 : shares.prepay != 0                              ? "02"
                                                                                   : "01";
  json.open_object().field("feedetl_sn", line.id).key("det_item_fee_sumamt").raw(yuan(shares.amount));
  json.key("cnt")
      .raw(line.quantity ? to_text(*line.quantity) : "0")
      .key("pric")
      .raw(line.price ? to_text(*line.price) : "0");
  const CatalogueItem* item = item_of(line);
  json.key("pric_uplmt_amt")
      .raw(item != nullptr && item->unit_limit ? to_text(*item->unit_limit) : "0")
      .key("selfpay_prop")
      .raw(own_part(shares));
  json.key("fulamt_ownpay_amt").raw(yuan(shares.out)).key("overlmt_amt").raw(yuan(shares.over));
  json.key("preselfpay_amt").raw(yuan(shares.prepay)).key("inscp_scp_amt").raw(yuan(shares.in));
  json.field("chrgitm_lv", level)
      .field("med_chrgitm_type", charge_type(by_kind_ && item != nullptr ? item->kind : ""));
  json.members(R"("bas_medn_flag":"0","hi_nego_drug_flag":"0","chld_medc_flag":"0",)"
               R"("list_sp_item_flag":"0","lmt_used_flag":"0","drt_reim_flag":"0","memo":"")");
  json.close_object();
}

Result<std::string> settlement_output(const Call& call, const Decided& decided) {
  const Decision& decision = decided.decision;
  const SettlementResult* result = made_result(decision);
  if (result == nullptr) return std::string();
  const PersonView person = view_person(call.node().vault(), result->psn_no, decided.sealed);
  const auto* settle = std::get_if<Settle>(&decision.command.action);
  const bool with_lines = settle != nullptr && settle->visit.empty();
  constexpr std::size_t bytes_about = 2'500, line_bytes_about = 520;
  JsonOut json(0, bytes_about + (with_lines ? line_bytes_about * result->lines.size() : 0));
  json.open_object().key("setlinfo").open_object();
  write_person(json, person, civil_day(decision.time));
  if (auto done = write_setlinfo(json, call, decision, *result, decided.trial); !done)
    return std::unexpected(std::move(done.error()));
  json.close_object().key("setldetail");
  if (auto done = write_setldetail(json, call, decision, *result); !done)
    return std::unexpected(std::move(done.error()));
  if (with_lines) {
    const auto rows = LineRows::of(call, decision, result->to);
    if (!rows) return std::unexpected(rows.error());
    json.key("detlcutinfo").open_array();
    for (std::size_t i = 0; i < settle->lines.size() && i < result->lines.size(); ++i)
      rows->write(json, settle->lines[i].line, result->lines[i]);
    json.close_array();
  }
  json.close_object();
  call.accessed(result->psn_no);
  return json.take();
}

}  // namespace fenming
