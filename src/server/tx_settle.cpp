// Trial and settlement of purchases, visits and stays; their cancellation; reversal of a message in doubt.
#include <algorithm>

#include "protocol/json.h"
#include "server/node.h"
#include "server/setlinfo.h"
#include "server/transactions.h"
#include "server/tx_words.h"

namespace fenming {
namespace {

using Made = Checked<Settle>;

// REQ SET-03. 2101, 2102: a purchase at the counter brings its lines.
Made purchase(const Call& call) {
  const WireRow info = call.request().row("druginfo");
  Settle sale;
  sale.psn_no = info.text("psn_no");
  const auto kind =
      kind_of(call.node().words(), info.text("med_type"), VisitFamily::outpatient, info.pointer("med_type"));
  if (!kind) return one(kind.error());
  sale.kind = *kind;
  // No day of ours goes in: the same message must make the same Command, also after midnight (laws.md 5).
  sale.from = sale.to = info.date("begntime").value_or(Date());
  auto facts = facts_of(call.node().words(), info);
  if (!facts) return one(facts.error());
  sale.facts = std::move(*facts);
  for (const WireRow& row : call.request().rows("drugdetail")) sale.lines.push_back(fee_line(row));
  sale.total = info.money("medfee_sumamt");
  sale.use_account = info.text("acct_used_flag") != "0";
  sale.rest = rest_of(call, sale.psn_no,
                      {"psn_no", "med_type", "begntime", "medfee_sumamt", "acct_used_flag", "feedetl_sn",
                       "med_list_codg", "det_item_fee_sumamt", "cnt", "pric", "fee_ocur_time", "insutype",
                       "mdtrt_cert_type", "mdtrt_cert_no", "psn_cert_type", "certno", "psn_name", "card_sn"});
  return sale;
}

// REQ SET-01, SET-02. 2206, 2207, 2303, 2304: the lines were uploaded before.
Made visit(const Call& call) {
  const WireRow data = call.request().row("data");
  const VisitFamily family = visit_family(call.request().envelope().infno);
  const bool stay = family == VisitFamily::stay;
  Settle settle;
  settle.psn_no = data.text("psn_no");
  settle.visit = data.text("mdtrt_id");
  if (settle.visit.empty()) return one(missing(data, "mdtrt_id"));
  if (const std::string_view type = data.text("med_type"); !type.empty()) {
    const auto kind = kind_of(call.node().words(), type, family, data.pointer("med_type"));
    if (!kind) return one(kind.error());
    if (!stay) settle.kind = *kind;  // a stay's kind is that of its admission
  }
  auto facts = facts_of(call.node().words(), data);
  if (!facts) return one(facts.error());
  settle.facts = std::move(*facts);
  settle.batch = data.text("chrg_bchno");
  settle.total = data.money("medfee_sumamt");
  settle.use_account = data.text("acct_used_flag") != "0";
  settle.interim = stay && data.text("mid_setl_flag") == "1";
  settle.rest = rest_of(
      call, settle.psn_no,
      {"psn_no", "mdtrt_id", "med_type", "chrg_bchno", "medfee_sumamt", "acct_used_flag", "mid_setl_flag",
       "insutype", "mdtrt_cert_type", "mdtrt_cert_no", "psn_cert_type", "certno", "psn_name", "card_sn",
       "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt"});
  return settle;
}

void run(const CallPtr& call, Made made, bool trial) {
  if (!made) return call->refuse(made.error());
  if (trial) {
    call->try_out(std::move(*made), settlement_output);
  } else {
    call->submit(std::move(*made), settlement_output);
  }
}

// exp_content.REFD_DETAIL of 2103, 2208 (a local addition, docs/interface.md): [{"feedetl_sn":"1","cnt":1,"amt":5.00}, ...]
Result<std::vector<RefundPart::Line>> refunded(const WireRow& data, std::string_view text) {
  const std::string place = data.pointer("exp_content") + "/REFD_DETAIL";
  JsonReader reader;
  const auto list = reader.read(text);
  if (!list || list->kind() != Json::Kind::array)
    return std::unexpected(
        Error{Code::wire_node_shape, place, std::string(text), {"REFD_DETAIL", "[{feedetl_sn, cnt, amt}]"}});
  std::vector<RefundPart::Line> lines;
  for (auto row = list->first(); row; row = row->next()) {
    RefundPart::Line line;
    for (auto member = row->first(); member; member = member->next()) {
      if (member->key() == "feedetl_sn") line.id = member->text();
      if (member->key() == "cnt") {
        const auto number = parse_decimal(member->text());
        if (!number)
          return std::unexpected(
              Error{Code::wire_number, place, std::string(member->text()), {"cnt", "16", "4"}});
        line.quantity = *number;
      }
      if (const auto amount = parse_money(member->text()); member->key() == "amt" && amount)
        line.amount = *amount;
    }
    if (line.id.empty() || line.amount <= Money())
      return std::unexpected(Error{Code::wire_missing, place, "", {"feedetl_sn, amt", "REFD_DETAIL"}});
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace

void try_purchase(const CallPtr& call) { run(call, purchase(*call), true); }
void settle_purchase(const CallPtr& call) { run(call, purchase(*call), false); }
void try_visit(const CallPtr& call) { run(call, visit(*call), true); }
void settle_visit(const CallPtr& call) { run(call, visit(*call), false); }

void cancel_settlement(const CallPtr& call) {
  const WireRow data = call->request().row("data");
  std::string settlement(data.text("setl_id")), psn_no(data.text("psn_no"));
  if (!data.has_extension("REFD_DETAIL"))
    return call->submit(CancelSettlement{std::move(settlement), std::move(psn_no)}, settlement_output);
  auto lines = refunded(data, data.extension("REFD_DETAIL"));
  if (!lines) return call->refuse(lines.error());
  call->submit(RefundPart{std::move(settlement), std::move(psn_no), std::move(*lines)}, settlement_output);
}

// REQ SET-06
void reverse_message(const CallPtr& call) {
  const WireRow data = call->request().row("data");
  const std::string infno(data.text("oinfno"));
  const std::vector<std::string>& allowed = call->node().config().reversible;
  if (std::ranges::find(allowed, infno) == allowed.end()) {
    std::string list;
    for (const std::string& one : allowed) list += (list.empty() ? "" : ", ") + one;
    return call->refuse(Error{Code::wire_not_reversible, data.pointer("oinfno"), infno, {list}});
  }
  call->submit(Reverse{std::string(data.text("psn_no")), infno, std::string(data.text("omsgid"))},
               [](const Call&, const Decided&) { return std::string(); });
}

}  // namespace fenming
