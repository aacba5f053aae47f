// Fields: the members of every value that stands in the journal, named once, in the journal's order. Writing, reading, comparing
// and naming the first difference follow from these lists. Append only: a member added later stands at the end and is read from
// the record version on that has it (docs/journal-format.md). Names are the national ones where there is one.
#pragma once

#include <string_view>
#include <tuple>

#include "model/decision.h"

namespace fenming {

template <class Owner, class Member>
struct Field {
  std::string_view name;
  Member Owner::* member;
  std::uint8_t since = 1;  // record version that has it
};
template <class Owner, class Member>
constexpr Field<Owner, Member> field(std::string_view name, Member Owner::* member, std::uint8_t since = 1) {
  return {name, member, since};
}

template <class T>
struct Fields;  // Fields<T>::list: a tuple of Field

template <class T>
concept HasFields = requires { Fields<T>::list; };

template <class One, class Member, class Visit>
void visit_one(const One& one, Member& member, Visit& visit) {
  if constexpr (requires { visit(one.name, member, one.since); })
    visit(one.name, member, one.since);
  else
    visit(one.name, member);
}

// visit(name, member) or visit(name, member, since) for each member of `self`, in order.
template <class Self, class Visit>
void each_field(Self& self, Visit&& visit) {
  std::apply([&](const auto&... one) { (visit_one(one, self.*(one.member), visit), ...); },
             Fields<std::remove_const_t<Self>>::list);
}

template <>
struct Fields<MessageKey> {
  static constexpr auto list =
      std::tuple(field("fixmedins_code", &MessageKey::provider), field("infno", &MessageKey::infno),
                 field("msgid", &MessageKey::msgid));
};
template <>
struct Fields<FactValue> {
  static constexpr auto list = std::tuple(field("name", &FactValue::name), field("kind", &FactValue::kind),
                                          field("text", &FactValue::text), field("list", &FactValue::list));
};
template <>
struct Fields<BillLine> {
  static constexpr auto list =
      std::tuple(field("feedetl_sn", &BillLine::id), field("med_list_codg", &BillLine::item),
                 field("name", &BillLine::item_name), field("det_item_fee_sumamt", &BillLine::amount),
                 field("cnt", &BillLine::quantity), field("pric", &BillLine::price),
                 field("fee_ocur_time", &BillLine::date), field("listed_limit", &BillLine::listed_limit),
                 field("init_feedetl_sn", &BillLine::refund_of), field("columns", &BillLine::columns));
};
template <>
struct Fields<FeeLine> {
  static constexpr auto list =
      std::tuple(field("line", &FeeLine::line), field("chrg_bchno", &FeeLine::batch));
};
template <>
struct Fields<Status> {
  static constexpr auto list = std::tuple(field("fact", &Status::fact), field("begndate", &Status::from),
                                          field("enddate", &Status::to));
};
template <>
struct Fields<RegisterPerson> {
  static constexpr auto list =
      std::tuple(field("psn_no", &RegisterPerson::psn_no), field("sealed", &RegisterPerson::sealed),
                 field("facts", &RegisterPerson::facts), field("found_by", &RegisterPerson::found_by, 2),
                 field("statuses", &RegisterPerson::statuses, 3));
};
template <>
struct Fields<SetStatus> {
  static constexpr auto list =
      std::tuple(field("psn_no", &SetStatus::psn_no), field("fact", &SetStatus::fact),
                 field("begndate", &SetStatus::from), field("enddate", &SetStatus::to),
                 field("revoke", &SetStatus::revoke));
};
template <>
struct Fields<CreditAccount> {
  static constexpr auto list =
      std::tuple(field("psn_no", &CreditAccount::psn_no), field("amount", &CreditAccount::amount),
                 field("reason", &CreditAccount::reason));
};
template <>
struct Fields<CreditInterest> {
  static constexpr auto list =
      std::tuple(field("psn_no", &CreditInterest::psn_no), field("year", &CreditInterest::year),
                 field("rate", &CreditInterest::rate));
};
template <>
struct Fields<ShareAccount> {
  static constexpr auto list =
      std::tuple(field("psn_no", &ShareAccount::owner), field("user", &ShareAccount::user),
                 field("begndate", &ShareAccount::from), field("enddate", &ShareAccount::to),
                 field("withdraw", &ShareAccount::withdraw));
};
template <>
struct Fields<MergePersons> {
  static constexpr auto list =
      std::tuple(field("psn_no", &MergePersons::kept), field("merged_psn_no", &MergePersons::merged),
                 field("decided_by", &MergePersons::decided_by));
};
template <>
struct Fields<OpenVisit> {
  static constexpr auto list =
      std::tuple(field("psn_no", &OpenVisit::psn_no), field("med_type", &OpenVisit::kind),
                 field("ipt_otp_no", &OpenVisit::number), field("begntime", &OpenVisit::begin),
                 field("facts", &OpenVisit::facts), field("input", &OpenVisit::rest, 2));
};
template <>
struct Fields<ChangeVisit> {
  static constexpr auto list =
      std::tuple(field("mdtrt_id", &ChangeVisit::visit), field("facts", &ChangeVisit::facts),
                 field("input", &ChangeVisit::rest, 2));
};
template <>
struct Fields<CloseVisit> {
  static constexpr auto list =
      std::tuple(field("mdtrt_id", &CloseVisit::visit), field("endtime", &CloseVisit::end),
                 field("facts", &CloseVisit::facts), field("input", &CloseVisit::rest, 2));
};
template <>
struct Fields<ReopenVisit> {
  static constexpr auto list = std::tuple(field("mdtrt_id", &ReopenVisit::visit));
};
template <>
struct Fields<CancelVisit> {
  static constexpr auto list = std::tuple(field("mdtrt_id", &CancelVisit::visit));
};
template <>
struct Fields<UploadLines> {
  static constexpr auto list =
      std::tuple(field("mdtrt_id", &UploadLines::visit), field("feedetail", &UploadLines::lines),
                 field("input", &UploadLines::rest, 2));
};
template <>
struct Fields<RemoveLines> {
  static constexpr auto list =
      std::tuple(field("mdtrt_id", &RemoveLines::visit), field("feedetl_sn", &RemoveLines::lines),
                 field("chrg_bchno", &RemoveLines::batch, 2));
};
template <>
struct Fields<PayDeposit> {
  static constexpr auto list =
      std::tuple(field("mdtrt_id", &PayDeposit::visit), field("amount", &PayDeposit::amount),
                 field("method", &PayDeposit::method));
};
template <>
struct Fields<ReturnDeposit> {
  static constexpr auto list =
      std::tuple(field("mdtrt_id", &ReturnDeposit::visit), field("amount", &ReturnDeposit::amount));
};
template <>
struct Fields<Settle> {
  static constexpr auto list = std::tuple(
      field("psn_no", &Settle::psn_no), field("mdtrt_id", &Settle::visit), field("med_type", &Settle::kind),
      field("begntime", &Settle::from), field("endtime", &Settle::to), field("facts", &Settle::facts),
      field("feedetail", &Settle::lines), field("chrg_bchno", &Settle::batch),
      field("medfee_sumamt", &Settle::total), field("acct_used_flag", &Settle::use_account),
      field("payer", &Settle::payer), field("mid_setl_flag", &Settle::interim),
      field("two_phase", &Settle::two_phase), field("input", &Settle::rest, 2));
};
template <>
struct Fields<CancelSettlement> {
  static constexpr auto list =
      std::tuple(field("setl_id", &CancelSettlement::settlement), field("psn_no", &CancelSettlement::psn_no));
};
template <>
struct Fields<RefundPart::Line> {
  static constexpr auto list =
      std::tuple(field("feedetl_sn", &RefundPart::Line::id), field("cnt", &RefundPart::Line::quantity),
                 field("amount", &RefundPart::Line::amount));
};
template <>
struct Fields<RefundPart> {
  static constexpr auto list =
      std::tuple(field("setl_id", &RefundPart::settlement), field("psn_no", &RefundPart::psn_no),
                 field("lines", &RefundPart::lines));
};
template <>
struct Fields<Reverse> {
  static constexpr auto list = std::tuple(field("psn_no", &Reverse::psn_no), field("oinfno", &Reverse::infno),
                                          field("omsgid", &Reverse::msgid));
};
template <>
struct Fields<Confirm> {
  static constexpr auto list = std::tuple(field("setl_id", &Confirm::settlement));
};
template <>
struct Fields<Expire> {
  static constexpr auto list = std::tuple(field("setl_id", &Expire::settlement), field("at", &Expire::at));
};
template <>
struct Fields<EnterClaim> {
  static constexpr auto list =
      std::tuple(field("psn_no", &EnterClaim::psn_no), field("med_type", &EnterClaim::kind),
                 field("begntime", &EnterClaim::from), field("endtime", &EnterClaim::to),
                 field("facts", &EnterClaim::facts), field("feedetail", &EnterClaim::lines),
                 field("medfee_sumamt", &EnterClaim::total), field("entered_by", &EnterClaim::entered_by));
};
template <>
struct Fields<DecideClaim> {
  static constexpr auto list =
      std::tuple(field("claim", &DecideClaim::claim), field("approve", &DecideClaim::approve),
                 field("decided_by", &DecideClaim::decided_by), field("reason", &DecideClaim::reason));
};
template <>
struct Fields<RegisterProvider> {
  static constexpr auto list = std::tuple(
      field("fixmedins_code", &RegisterProvider::code), field("fixmedins_name", &RegisterProvider::name),
      field("facts", &RegisterProvider::facts), field("confirm_minutes", &RegisterProvider::confirm_minutes));
};
template <>
struct Fields<AdoptRules> {
  static constexpr auto list = std::tuple(field("digest", &AdoptRules::digest));
};
template <>
struct Fields<AdoptCatalogue> {
  static constexpr auto list = std::tuple(field("digest", &AdoptCatalogue::digest));
};
template <>
struct Fields<CloseDay> {
  static constexpr auto list = std::tuple(field("day", &CloseDay::day));
};
template <>
struct Fields<CloseMonth> {
  static constexpr auto list =
      std::tuple(field("year", &CloseMonth::year), field("month", &CloseMonth::month));
};
template <>
struct Fields<AcceptClock> {
  static constexpr auto list =
      std::tuple(field("at", &AcceptClock::at), field("accepted_by", &AcceptClock::accepted_by));
};
template <>
struct Fields<KeepDocument> {
  static constexpr auto list =
      std::tuple(field("kind", &KeepDocument::kind), field("subject", &KeepDocument::subject),
                 field("psn_no", &KeepDocument::psn_no), field("input", &KeepDocument::sealed),
                 field("withdraw", &KeepDocument::withdraw));
};
template <>
struct Fields<SignOperator> {
  static constexpr auto list =
      std::tuple(field("opter_no", &SignOperator::operator_no), field("sign_no", &SignOperator::sign_no),
                 field("out", &SignOperator::out));
};
template <>
struct Fields<Command> {
  static constexpr auto list = std::tuple(field("message", &Command::key), field("opter", &Command::made_by),
                                          field("action", &Command::action));
};
template <>
struct Fields<Change> {
  static constexpr auto list = std::tuple(field("object", &Change::object), field("cell", &Change::cell),
                                          field("before", &Change::before), field("after", &Change::after));
};
template <>
struct Fields<Account> {
  static constexpr auto list = std::tuple(field("kind", &Account::kind), field("owner", &Account::owner));
};
template <>
struct Fields<Posting> {
  static constexpr auto list =
      std::tuple(field("account", &Posting::account), field("amount", &Posting::amount));
};
template <>
struct Fields<LineResult> {
  static constexpr auto list = std::tuple(field("amount", &LineResult::amount),
                                          field("over", &LineResult::over), field("out", &LineResult::out),
                                          field("prepay", &LineResult::prepay), field("in", &LineResult::in));
};
template <>
struct Fields<Share> {
  static constexpr auto list = std::tuple(field("fund", &Share::fund), field("fen", &Share::fen));
};
template <>
struct Fields<LineRef> {
  static constexpr auto list =
      std::tuple(field("position", &LineRef::position), field("indices", &LineRef::indices));
};
template <>
struct Fields<SettlementResult> {
  static constexpr auto list = std::tuple(
      field("kind", &SettlementResult::kind), field("setl_id", &SettlementResult::settlement),
      field("corrects", &SettlementResult::corrects), field("psn_no", &SettlementResult::psn_no),
      field("fixmedins_code", &SettlementResult::provider), field("mdtrt_id", &SettlementResult::visit),
      field("med_type", &SettlementResult::visit_kind), field("payer", &SettlementResult::payer),
      field("begndate", &SettlementResult::from), field("enddate", &SettlementResult::to),
      field("setl_date", &SettlementResult::settle), field("known", &SettlementResult::known),
      field("pending", &SettlementResult::pending), field("interim", &SettlementResult::interim),
      field("facts", &SettlementResult::facts), field("uploaded", &SettlementResult::uploaded),
      field("medfee_sumamt", &SettlementResult::total), field("overlmt_selfpay", &SettlementResult::over),
      field("fulamt_ownpay_amt", &SettlementResult::out), field("preselfpay_amt", &SettlementResult::prepay),
      field("inscp_scp_amt", &SettlementResult::in_scope), field("charged", &SettlementResult::charged),
      field("act_pay_dedc", &SettlementResult::deductible),
      field("fund_pay_sumamt", &SettlementResult::funds), field("acct_pay", &SettlementResult::account),
      field("acct_mulaid_pay", &SettlementResult::family), field("psn_cash_pay", &SettlementResult::cash),
      field("hosp_part_amt", &SettlementResult::provider_part), field("shares", &SettlementResult::shares),
      field("lines", &SettlementResult::lines), field("policies", &SettlementResult::policies),
      field("rows", &SettlementResult::rows), field("balance", &SettlementResult::balance, 2));
};
template <>
struct Fields<PersonLink> {
  static constexpr auto list =
      std::tuple(field("psn_no", &PersonLink::psn_no), field("previous", &PersonLink::previous));
};
template <>
struct Fields<Bound> {
  static constexpr auto list = std::tuple(field("message", &Bound::key), field("kind", &Bound::kind));
};
template <>
struct Fields<Decision> {
  static constexpr auto list =
      std::tuple(field("engine", &Decision::engine), field("time", &Decision::time),
                 field("booked", &Decision::booked), field("command", &Decision::command),
                 field("bound", &Decision::bound), field("persons", &Decision::persons),
                 field("rules", &Decision::rules), field("catalogue", &Decision::catalogue),
                 field("results", &Decision::results), field("entries", &Decision::entries),
                 field("changes", &Decision::changes), field("made", &Decision::made),
                 field("priced", &Decision::priced, 2), field("encoder", &Decision::encoder, 4));
};

// Names of the actions, in the order of the variant: what a journal prints and docs/journal-format.md lists.
inline constexpr std::string_view action_names[] = {
    "register_person",   "set_status",   "credit_account",    "credit_interest", "share_account",
    "open_visit",        "change_visit", "close_visit",       "reopen_visit",    "cancel_visit",
    "upload_lines",      "remove_lines", "pay_deposit",       "return_deposit",  "settle",
    "cancel_settlement", "refund_part",  "reverse",           "confirm",         "expire",
    "enter_claim",       "decide_claim", "register_provider", "adopt_rules",     "adopt_catalogue",
    "close_day",         "close_month",  "accept_clock",      "keep_document",   "sign_operator",
    "merge_persons"};
static_assert(std::size(action_names) == std::variant_size_v<Action>);

}  // namespace fenming
