// Command: whatever may move money or state, as a plain value. The same Commands come from every protocol; only settlement carries
// them out. Each struct names its members once (`each`); writing, reading, comparing and naming the first difference all follow
// from that one list, so its order is the order of bytes in the journal (docs/journal-format.md): append only.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/instant.h"
#include "model/bill.h"

namespace fenming {

// Who sent which message: (fixmedins_code, infno, msgid). A Command that the node makes itself has no msgid.
struct MessageKey {
  std::string provider, infno, msgid;
  friend auto operator<=>(const MessageKey&, const MessageKey&) = default;
};

// A line as uploaded: feedetl_sn is line.id; a refund names its original in line.refund_of (init_feedetl_sn).
struct FeeLine {
  BillLine line;
  std::string batch;  // chrg_bchno
};

// ---- Persons, accounts, status ----------------------------------------------------------------------------------------

struct Status {  // a fact that holds for a person between two days, both belong
  FactValue fact;
  Date from, to;
};
struct RegisterPerson {          // new, or its sealed data replaced
  std::string psn_no, sealed;    // AES-256-GCM ciphertext of name, certificate, phone ...; laws.md 4
  std::vector<FactValue> facts;  // from birth on: born, sex ...; whatever no status says
  std::vector<std::string> found_by =
      {};  // blind indexes of the numbers he is found by: HMAC, 64 hexadecimal digits
  std::vector<Status> statuses =
      {};  // of somebody new; of others only those that he has: changes go by SetStatus
};
struct
    SetStatus {  // a fact of a person between two days, both belong: scheme, person type, aid, chronic disease ...
  std::string psn_no;
  FactValue fact;
  Date from, to;
  bool revoke = false;  // takes back what was granted with the same fact, value and `from`
};
struct CreditAccount {
  std::string psn_no;
  Money amount;
  std::string reason;
};
struct CreditInterest {  // of one person's account for a year; twice is refused
  std::string psn_no;
  std::int64_t year = 0;
  Decimal rate;
};
struct ShareAccount {  // consent of the owner that the user's bills may be paid from the owner's account
  std::string owner, user;
  Date from, to;
  bool withdraw = false;
};
struct MergePersons {  // two psn_no of one person: from here on one, `kept`
  std::string kept, merged, decided_by;
};

// ---- Visits -----------------------------------------------------------------------------------------------------------

struct OpenVisit {                   // registration, visit, admission
  std::string psn_no, kind, number;  // number: ipt_otp_no, the provider's own
  Date begin;
  std::vector<FactValue> facts;
  std::string rest = {};  // what else the message said, sealed: kept and returned, never part of a decision
};
struct ChangeVisit {
  std::string visit;  // mdtrt_id
  std::vector<FactValue> facts;
  std::string rest = {};
};
struct CloseVisit {  // discharge
  std::string visit;
  Date end;
  std::vector<FactValue> facts;
  std::string rest = {};
};
struct ReopenVisit {  // discharge cancelled
  std::string visit;
};
struct CancelVisit {
  std::string visit;
};
struct UploadLines {
  std::string visit;
  std::vector<FeeLine> lines;
  std::string rest = {};
};
struct RemoveLines {  // those named, those of a batch, or all that are not settled
  std::string visit;
  std::vector<std::string> lines;
  std::string batch = {};  // chrg_bchno
};
struct PayDeposit {
  std::string visit;
  Money amount;
  std::string method;
};
struct ReturnDeposit {
  std::string visit;
  Money amount;
};

// ---- Settlement -------------------------------------------------------------------------------------------------------

struct Settle {
  std::string psn_no, visit;  // visit empty: a counter sale that brings its own lines
  std::string kind;           // of visit; empty: the visit's own
  Date from,
      to;  // counter sale: days of service, none: the day of the record; a visit: `to` of an interim bill
  std::vector<FactValue> facts;  // counter sale: of the visit (level ...); they go before the visit's own
  std::vector<FeeLine> lines;    // counter sale
  std::string batch;             // chrg_bchno: only the lines of this batch; empty: all
  Money total;                   // medfee_sumamt as the caller has it
  bool use_account = true;
  std::string payer;  // psn_no whose account pays for the family; empty: nobody's
  bool interim = false, two_phase = false;
  std::string rest = {};
};
struct CancelSettlement {
  std::string settlement, psn_no;  // setl_id
};
struct RefundPart {  // cancel and settle the rest, in one
  std::string settlement, psn_no;
  struct Line {
    std::string id;
    Decimal quantity;
    Money amount;  // given back, above zero
  };
  std::vector<Line> lines;
};
struct Reverse {                     // 2601
  std::string psn_no, infno, msgid;  // of the message to undo
};
struct Confirm {
  std::string settlement;
};
struct Expire {
  std::string settlement;
  Instant at;
};
struct EnterClaim {  // a paper bill paid in cash elsewhere
  std::string psn_no, kind;
  Date from, to;
  std::vector<FactValue> facts;
  std::vector<FeeLine> lines;
  Money total;
  std::string entered_by;
};
struct DecideClaim {
  std::string claim;
  bool approve = true;
  std::string decided_by, reason;
};

// ---- What providers send to be kept -------------------------------------------------------------------------------------

struct KeepDocument {   // an upload that decides nothing: the newest of its kind and subject counts
  std::string kind;     // infno
  std::string subject;  // what it is about, by the provider's or our number
  std::string psn_no;   // whose it is; empty: nobody's
  std::string sealed;   // the node's values
  bool withdraw = false;
};
struct SignOperator {                // 9001, 9002: an operator of the provider, for the day
  std::string operator_no, sign_no;  // sign_no: at sign-out, the one that sign-in gave
  bool out = false;
};

// ---- The node ---------------------------------------------------------------------------------------------------------

struct RegisterProvider {
  std::string code, name;
  std::vector<FactValue> facts;       // level ...
  std::int64_t confirm_minutes = 30;  // two phases: time to confirm
};
struct AdoptRules {  // from here on settlements are decided by this library; its bytes are an artifact
  std::string digest;
};
struct AdoptCatalogue {
  std::string digest;
};
struct CloseDay {
  Date day;
};
struct CloseMonth {
  std::int64_t year = 0, month = 0;
};
struct AcceptClock {
  Instant at;
  std::string accepted_by;
};

using Action = std::variant<RegisterPerson, SetStatus, CreditAccount, CreditInterest, ShareAccount, OpenVisit,
                            ChangeVisit, CloseVisit, ReopenVisit, CancelVisit, UploadLines, RemoveLines,
                            PayDeposit, ReturnDeposit, Settle, CancelSettlement, RefundPart, Reverse, Confirm,
                            Expire, EnterClaim, DecideClaim, RegisterProvider, AdoptRules, AdoptCatalogue,
                            CloseDay, CloseMonth, AcceptClock, KeepDocument, SignOperator, MergePersons>;

struct Command {
  MessageKey key;
  std::string made_by;  // opter: kept, but no part of what makes two messages equal
  Action action;
  // What the sender says beside the action about what is there already: held against its record, which says it, and therefore not kept.
  // Empty: not said.
  std::string person = {};      // whose visit it is
  std::string began_with = {};  // infno of the message that opened the visit, or made the counter sale
  std::string visit = {};       // mdtrt_id: of the settlement, or what a document is about
  std::string settlement = {};  // setl_id that a document is about
  FactValue insured = {};       // what the register has for the person on the day
  bool ended = false;           // the visit is closed
};

}  // namespace fenming
