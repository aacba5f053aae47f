// The books: uploads of files, 3201 totals and 3202 line by line, as settlement/reconcile.h holds them against each other.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <unordered_set>

#include "server/documents.h"
#include "server/node.h"
#include "server/setlinfo.h"
#include "server/transactions.h"
#include "server/tx_words.h"
#include "server/zip_text.h"
#include "settlement/statement.h"

namespace fenming {
namespace {

using Output = Checked<std::string>;
constexpr std::size_t statement_bytes_max = 10 << 20, statement_rows_max = 100'000, statement_columns = 7,
                      file_part_max = 1 << 20;

// ---- 9101. The number of a file is the msgid of its upload.

std::string uploaded(const Call& call, const Decided& decided) {
  const auto& kept = std::get<KeepDocument>(decided.decision.command.action);
  JsonOut json;
  json.open_object()
      .field("file_qury_no", kept.subject)
      .field("filename", call.request().row("fsUploadIn").text("filename"));
  return json.field("fixmedins_code", call.provider()).field("dld_endtime", "").close_object().take();
}

// ---- The two sides

StatementKey key_of(const RegionWords& words, const SettlementResult& result) {
  const auto scheme = std::ranges::find(result.facts, words.scheme, &FactValue::name);
  return {scheme == result.facts.end() ? "" : code_for(words.insutype, scheme->text),
          word(words.clr_type, result.visit_kind, "99"), words.region};
}

Result<StatementFilter> filter_of(const WireRow& data) {
  StatementFilter filter;
  const auto from = data.date("stmt_begndate"), to = data.date("stmt_enddate");
  if (!from) return std::unexpected(missing(data, "stmt_begndate"));
  if (!to) return std::unexpected(missing(data, "stmt_enddate"));
  if (*to < *from)
    return std::unexpected(Error{
        Code::wire_dates, data.pointer("stmt_begndate"), to_text(*from), {"stmt_begndate", to_text(*to)}});
  filter.from = *from, filter.to = *to;
  filter.key = {std::string(data.text("insutype")), std::string(data.text("clr_type")),
                std::string(data.text("setl_optins"))};
  filter.refunds = data.text("refd_setl_flag") != "0";
  return filter;
}

Result<std::vector<StatementRow>> our_rows(const Call& call, const StatementFilter& filter) {
  if (auto behind = wait_for_views(call.node()); !behind) return std::unexpected(behind.error());
  const RegionWords& words = call.node().words();
  return statement_rows(call.node().desk().store(), {std::string(call.provider()), filter.from, filter.to},
                        [&](const SettlementResult& result) { return key_of(words, result); });
}

// ---- 3201

Output totals(const Call& call) {
  const WireRow data = call.request().row("data");
  const auto filter = filter_of(data);
  if (!filter) return one(filter.error());
  const auto rows = our_rows(call, *filter);
  if (!rows) return one(rows.error());
  const StatementTotals ours = statement_totals(*rows, *filter);
  StatementTotals theirs;
  theirs.amounts = {data.money("medfee_sumamt"), data.money("fund_pay_sumamt"), data.money("acct_pay"),
                    Money()};
  theirs.count = data.integer("fixmedins_setl_cnt");
  const std::vector<std::string> unequal = unequal_figures(ours, theirs);
  std::string said = unequal.empty() ? "平" : "不平：";
  for (const std::string& field : unequal) {
    const auto& amounts = ours.amounts;
    said += field + " " +
            (field == "medfee_sumamt"     ? to_text(amounts.medfee_sumamt)
             : field == "fund_pay_sumamt" ? to_text(amounts.fund_pay_sumamt)
             : field == "acct_pay"        ? to_text(amounts.acct_pay)
                                          : std::to_string(ours.count)) +
            "；";
  }
  JsonOut json;
  json.open_object().key("stmtinfo").open_object().field("setl_optins", data.text("setl_optins"));
  json.field("stmt_rslt", unequal.empty() ? "0" : "1")
      .field("stmt_rslt_dscr", said)
      .field("clr_type", data.text("clr_type"));
  json.field("stmt_begndate", to_text(filter->from)).field("stmt_enddate", to_text(filter->to));
  return json.close_object().close_object().take();
}

// ---- 3202

struct Columns {
  std::array<std::string_view, statement_columns> values;
  std::size_t count = 0;  // further ones are not ours
};

Columns columns_of(std::string_view line) {
  Columns columns;
  while (columns.count < statement_columns) {
    const std::size_t tab = line.find('\t');
    const std::string_view value = line.substr(0, tab);
    columns.values[columns.count++] = value == "null" ? std::string_view() : value;
    if (tab == std::string_view::npos) break;
    line.remove_prefix(tab + 1);
  }
  return columns;
}

// setl_id, mdtrt_id, psn_no, medfee_sumamt, fund_pay_sumamt, acct_pay, refd_setl_flag; a refund's amounts are below zero.
Result<std::vector<ProviderRow>> their_rows(std::string_view text) {
  std::vector<ProviderRow> rows;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    if (rows.size() == statement_rows_max)
      return std::unexpected(Error{Code::wire_rows,
                                   "3202",
                                   fmt::format("> {}", statement_rows_max),
                                   {"3202", std::to_string(statement_rows_max)}});
    const auto [columns, count] = columns_of(line);
    const std::string place = fmt::format("3202:{}", number);
    if (count < statement_columns)
      return std::unexpected(Error{Code::wire_type, place, std::to_string(count), {place, "7"}});
    const auto amount = [&](std::size_t column) {
      return columns[column].empty() ? std::optional(Money()) : parse_money(columns[column]);
    };
    const auto total = amount(3), funds = amount(4), account = amount(5);
    if (!total || !funds || !account)
      return std::unexpected(Error{Code::wire_number,
                                   place,
                                   std::string(columns[!total   ? 3
                                                       : !funds ? 4
                                                                : 5]),
                                   {place, "16", "2"}});
    rows.push_back({std::string(columns[0]), std::string(columns[1]), std::string(columns[2]), std::nullopt,
                    columns[6] == "1", *total, *funds, *account});
  }
  return rows;
}

// REQ SEC-06: whose rows of ours the result shows.
void note_access(const Call& call, const std::vector<StatementRow>& ours,
                 const std::vector<RowDifference>& differences) {
  std::set<std::string_view> shown;
  for (const RowDifference& difference : differences)
    if (difference.ours && shown.insert(ours[*difference.ours].psn_no).second)
      call.accessed(ours[*difference.ours].psn_no);
}

class ResultFile {
 public:
  void row(std::initializer_list<std::string_view> values) {
    bool first = true;
    for (const std::string_view value : values) {
      if (!first) text_ += '\t';
      text_ += value.empty() ? "null" : value;
      first = false;
    }
    text_ += '\n';
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

// Every row of theirs, then those that only we have: without setl_id and mdtrt_id, with the msgid that 2601 wants.
std::string result_text(const std::vector<StatementRow>& ours, const std::vector<ProviderRow>& theirs,
                        const std::vector<RowDifference>& differences) {
  ResultFile file;
  std::set<std::size_t> unequal;
  for (const RowDifference& difference : differences)
    if (difference.theirs) unequal.insert(*difference.theirs);
  for (std::size_t i = 0; i < theirs.size(); ++i) {
    const ProviderRow& row = theirs[i];
    if (!unequal.contains(i))
      file.row({row.psn_no, row.mdtrt_id, row.setl_id, "", "0", row.refund ? "1" : "0", "",
                to_text(row.medfee_sumamt), to_text(row.fund_pay_sumamt), to_text(row.acct_pay)});
  }
  for (const RowDifference& difference : differences) {
    const bool only_here = !difference.theirs;
    StatementAmounts amounts;
    if (difference.ours)
      amounts = ours[*difference.ours].amounts;
    else if (difference.theirs)
      amounts = {theirs[*difference.theirs].medfee_sumamt, theirs[*difference.theirs].fund_pay_sumamt,
                 theirs[*difference.theirs].acct_pay, Money()};
    file.row({difference.psn_no, only_here ? "" : difference.mdtrt_id, only_here ? "" : difference.setl_id,
              difference.msgid, "1", difference.refund ? "1" : "0", memo(difference, Language::zh),
              to_text(amounts.medfee_sumamt), to_text(amounts.fund_pay_sumamt), to_text(amounts.acct_pay)});
  }
  return file.take();
}

// Their file names settlements of other days too: those are looked up by their ids.
Result<std::vector<StatementRow>> rows_for(const Call& call, const StatementFilter& filter,
                                           const std::vector<ProviderRow>& theirs) {
  auto ours = our_rows(call, filter);
  if (!ours) return ours;
  std::unordered_set<std::string> there;
  for (const StatementRow& row : *ours) there.insert(row.setl_id);
  std::unordered_set<std::string> known = there;
  std::vector<std::string> ids;
  for (const ProviderRow& row : theirs)
    if (!row.setl_id.empty() && known.insert(row.setl_id).second) ids.push_back(row.setl_id);
  const RegionWords& words = call.node().words();
  auto others = statement_rows_of(call.node().desk().store(), std::string(call.provider()), ids,
                                  [&](const SettlementResult& result) { return key_of(words, result); });
  if (!others) return others;
  for (StatementRow& row : *others)
    if (!there.contains(row.setl_id)) ours->push_back(std::move(row));
  return ours;
}

// Kept as what providers upload is, so that 9102 gives it after a restart too; in parts, because a record is bounded. Its number is told only
// when all of them are there. Without a msgid of its own: 3202 is a question and binds nothing.
Result<std::string> kept_result(const Call& call, std::string_view file) {
  std::string number = call.node().new_file_number();
  for (std::string_view rest = file; !rest.empty();
       rest.remove_prefix(std::min(rest.size(), file_part_max))) {
    KeepDocument part;
    part.kind = "3202";
    part.subject = number;
    part.sealed = call.node().vault().seal_same_of_provider(call.provider(), rest.substr(0, file_part_max));
    const auto kept = call.node().desk().call(
        {{std::string(call.provider()), "3202", ""}, std::string(call.request().envelope().opter), part});
    if (!kept) return std::unexpected(kept.error());
  }
  return number;
}

Output details(const Call& call) {
  const WireRow data = call.request().row("data");
  const auto filter = filter_of(data);
  if (!filter) return one(filter.error());
  const std::string number(data.text("file_qury_no"));
  const Error unknown{Code::wire_file_unknown, data.pointer("file_qury_no"), number, {}};
  const auto files = documents_of(call.node(), call.provider(), "9101", number);
  if (!files) return one(files.error());
  if (files->empty() || files->back().erased) return one(unknown);
  bool too_large = false;
  const auto text = text_of_zip(files->back().json, statement_bytes_max, &too_large);
  if (too_large)
    return one(Error{
        Code::wire_too_large, data.pointer("file_qury_no"), number, {std::to_string(statement_bytes_max)}});
  if (!text) return one(unknown);
  const auto theirs = their_rows(*text);
  if (!theirs) return one(theirs.error());
  const auto ours = rows_for(call, *filter, *theirs);
  if (!ours) return one(ours.error());
  const auto differences = reconcile(*ours, *theirs, *filter);
  note_access(call, *ours, differences);
  const std::string name = "3202-" + number;
  const auto file = kept_result(call, zip_text(name + ".txt", result_text(*ours, *theirs, differences)));
  if (!file) return one(file.error());
  JsonOut json;
  json.open_object()
      .key("fileinfo")
      .open_object()
      .field("file_qury_no", *file)
      .field("filename", name + ".zip");
  json.field("dld_endtime", to_text(civil_day(call.node().now().wall)) + " 23:59:59");
  return json.close_object().close_object().take();
}

}  // namespace

void upload_file(const CallPtr& call) {
  const WireRow row = call->request().row("fsUploadIn");
  const std::string_view bytes = call->file().empty() ? row.text("in") : call->file();
  if (bytes.empty()) return call->refuse(missing(row, "in"));
  KeepDocument document;
  document.kind = "9101";
  document.subject = call->request().envelope().msgid;
  document.sealed = call->node().vault().seal_same_of_provider(call->provider(), bytes);
  call->submit(std::move(document), uploaded);
}

void compare_totals(const CallPtr& call) {
  call->query_list([call] { return totals(*call); });
}
void compare_details(const CallPtr& call) {
  call->query_list([call] { return details(*call); });
}

}  // namespace fenming
