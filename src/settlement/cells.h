// Cells: what stands in the objects of the state (docs/journal-format.md, "State"), as values and as bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "model/codec.h"
#include "model/state.h"

namespace fenming {

// ---- Names of objects
inline std::string person_object(std::string_view psn_no) { return "P" + std::string(psn_no); }
inline std::string visit_object(std::string_view mdtrt_id) { return "V" + std::string(mdtrt_id); }
inline std::string settlement_object(std::string_view setl_id) { return "T" + std::string(setl_id); }
inline std::string provider_object(std::string_view code) { return "O" + std::string(code); }
inline std::string claim_object(std::string_view id) { return "C" + std::string(id); }
inline const std::string shard_object = "S";
inline const std::string waiting_object =
    "Y";  // one cell for each provider with settlements that wait for a confirmation

// ---- Ids: a letter, the region, the position of the record (14 digits) and a number inside it (2 digits, from 100 on more).
struct MadeId {
  std::uint64_t position = 0;
  unsigned number = 0;
};
std::string make_id(char letter, std::string_view region, std::uint64_t position, unsigned number);
std::optional<MadeId> parse_id(char letter, std::string_view region, std::string_view id);
std::optional<MadeId> parse_id(char letter, std::string_view id);  // of whichever region

// ---- Person: last record ("p"), balances ("b" + kind), accumulator rows ("a" ...); of the registry: register ("r", "rs"), status ("s" ...),
// consents ("c" ...); interest credited ("i" + year); the number that took this one's place ("m"), numbers that this one took the place of
// ("g" + psn_no: position of the merge).
inline constexpr std::string_view last_cell = "p", row_prefix = "a", merged_into_cell = "m",
                                  merged_prefix = "g";
std::string balance_cell(AccountKind kind);
bool has_balance(AccountKind kind);  // kept in the state of its owner; others are sums over entries
std::string balance_object(const Account& account);
std::int64_t read_integer(std::string_view cell);  // 0 when not there
std::string integer_cell(std::int64_t value);      // empty when 0

struct Row {               // of an accumulator
  std::uint64_t last = 0;  // position of the last live settlement that read or wrote it; no part of N(state)
  struct Member {
    std::uint64_t word = 0;  // name of the member
    std::int64_t value = 0;
    friend bool operator==(const Member&, const Member&) = default;
  };
  std::vector<Member> members;  // rising by word, none 0
};
Row read_row(std::string_view cell);
std::string write_row(const Row& row);
Row less(Row now, const Row& before, const Row& after);  // values of a row less what a settlement added to it

// ---- Visit
struct Visit {
  std::string psn_no, provider, kind, number;
  Date begin, end;
  std::uint8_t status = 0;  // VisitStatus
  std::vector<FactValue> facts;
};
enum class VisitStatus : std::uint8_t { open, closed, cancelled };
inline constexpr std::string_view visit_cell = "v";
std::string lines_cell(std::uint64_t position);  // "l" + position: one character for each line uploaded there
inline constexpr char line_open = 'o', line_removed = 'x', line_settled = 's';
std::string batch_cell(std::string_view batch);  // "k" + chrg_bchno: the setl_id that settled it
std::string visit_settlement_cell(
    std::uint64_t position);  // "t" + position: a live settlement of the visit: its setl_id
std::uint64_t cell_position(std::string_view cell);  // of a name that ends with a position

// ---- Settlement that is no longer simply settled
enum class SettlementStatus : std::uint8_t { settled, pending, confirmed, expired, cancelled };
struct SettlementState {
  SettlementStatus status = SettlementStatus::settled;
  std::uint64_t position = 0;            // of the record that made it so
  std::vector<std::string> adjustments;  // own ids, in order; the last one counts
  std::uint64_t folded = 0;  // so many of them came before the confirmation and were posted with it
};
inline constexpr std::string_view settlement_cell = "s";

// A late status of which only gains were posted (laws.md 9 c): what counted before it is a floor that stays. "f" of the settlement:
// all of them, rising by event.
struct Floor {
  std::uint64_t event = 0;       // position of the status
  std::uint64_t first = 0;       // position of the first settlement that it reached
  std::vector<FactValue> facts;  // of this settlement before it
};
inline constexpr std::string_view floors_cell = "f";

// ---- Claim
struct ClaimState {
  std::string psn_no;
  std::uint64_t entered = 0;  // position
  std::uint8_t decided = 0;   // 0 no, 1 approved, 2 refused
  std::string settlement;     // when approved
};
inline constexpr std::string_view claim_cell = "q";

// ---- Provider
struct ProviderState {
  std::string name;
  std::vector<FactValue> facts;
  std::int64_t confirm_minutes = 30;
};
inline constexpr std::string_view provider_cell = "o",
                                  pending_prefix = "q";  // "q" + position: setl_id that waits

// An operator's sign-in that stands: "n" + opter_no.
struct SignState {
  Date day;
  std::string sign_no;
};
inline std::string sign_cell(std::string_view operator_no) { return "n" + std::string(operator_no); }

// ---- Shard: words ("w" + text: its number), facts that only the register may say ("f" + name), artifacts in force ("a", "e"), the last
// closed day ("d") and month ("m"), its region ("g"), the clock that was accepted last ("t").
inline constexpr std::string_view rules_cell = "a", catalogue_cell = "e", closed_day_cell = "d",
                                  closed_month_cell = "m", region_cell = "g", clock_cell = "t";

struct ClockState {
  Instant accepted;  // what the clock showed
  Instant time;      // of the record: up to here the clock may be behind the journal
};

template <>
struct Fields<Visit> {
  static constexpr auto list = std::tuple(
      field("psn_no", &Visit::psn_no), field("fixmedins_code", &Visit::provider),
      field("med_type", &Visit::kind), field("ipt_otp_no", &Visit::number), field("begntime", &Visit::begin),
      field("endtime", &Visit::end), field("status", &Visit::status), field("facts", &Visit::facts));
};
template <>
struct Fields<SettlementState> {
  static constexpr auto list = std::tuple(
      field("status", &SettlementState::status), field("position", &SettlementState::position),
      field("adjustments", &SettlementState::adjustments), field("folded", &SettlementState::folded));
};
template <>
struct Fields<Floor> {
  static constexpr auto list =
      std::tuple(field("event", &Floor::event), field("first", &Floor::first), field("facts", &Floor::facts));
};
template <>
constexpr std::uint8_t enum_count<SettlementStatus>() {
  return 5;
}
template <>
struct Fields<ClaimState> {
  static constexpr auto list =
      std::tuple(field("psn_no", &ClaimState::psn_no), field("entered", &ClaimState::entered),
                 field("decided", &ClaimState::decided), field("setl_id", &ClaimState::settlement));
};
template <>
struct Fields<ProviderState> {
  static constexpr auto list =
      std::tuple(field("fixmedins_name", &ProviderState::name), field("facts", &ProviderState::facts),
                 field("confirm_minutes", &ProviderState::confirm_minutes));
};

template <>
struct Fields<ClockState> {
  static constexpr auto list =
      std::tuple(field("accepted", &ClockState::accepted), field("time", &ClockState::time));
};

template <>
struct Fields<SignState> {
  static constexpr auto list =
      std::tuple(field("day", &SignState::day), field("sign_no", &SignState::sign_no));
};

// A cell of ours was written by us and its record's digest was checked: what cannot be read is a mistake of our own.
template <class T>
std::string write_cell(const T& value) {
  std::string bytes;
  ByteWriter out(bytes);
  encode(out, value);
  return bytes;
}
template <class T>
std::optional<T> read_cell(std::string_view bytes) {  // nothing when not there
  if (bytes.empty()) return std::nullopt;
  ByteReader in(bytes);
  T value{};
  decode(in, value);
  CHECK(in.done(), "a cell reads as it was written");
  return value;
}

}  // namespace fenming
