#include "settlement/statement.h"

#include <algorithm>
#include <utility>

#include "settlement/cells.h"
#include "settlement/stored_record.h"

namespace fenming {
namespace {

constexpr std::size_t id_letter = 1, region_digits = 6;

StatementKey usual_key(const SettlementResult& result) {
  StatementKey key;
  const auto scheme = std::ranges::find(result.facts, "scheme", &FactValue::name);
  if (scheme != result.facts.end()) key.insutype = scheme->text;
  key.clr_type = result.visit_kind;
  key.setl_optins = result.settlement.substr(id_letter, region_digits);
  return key;
}

StatementAmounts amounts_of(const SettlementResult& result) {
  return {Money::from_fen(result.total), Money::from_fen(result.funds),
          Money::from_fen(result.account + result.family), Money::from_fen(result.cash)};
}

const SettlementResult* find(const Decision& decision, std::string_view setl_id) {
  const auto at = std::ranges::find(decision.results, setl_id, &SettlementResult::settlement);
  return at == decision.results.end() ? nullptr : &*at;
}

std::optional<std::uint64_t> position_of(std::string_view setl_id) {
  const auto made = parse_id('S', setl_id);
  return made ? std::optional(made->position) : std::nullopt;
}

// Where the record of an id stands that another record names.
Result<std::uint64_t> named_position(const std::string& setl_id) {
  if (const auto position = position_of(setl_id)) return *position;
  return std::unexpected(Error{Code::store_damaged, setl_id, setl_id, {}});
}

class Statement {
 public:
  Statement(Store& store, const std::string& provider, const StatementKeyOf& key_of)
      : store_(store), provider_(provider), key_of_(key_of) {}

  Result<void> days(Date from, Date to) {
    const auto first = first_of(from), end = first_of(Date{to.days + 1});
    if (!first) return std::unexpected(first.error());
    if (!end) return std::unexpected(end.error());
    std::optional<Error> failure;
    const ViewCell begin = static_cast<std::int64_t>(*first);
    const auto read =
        store_.rows(ViewTable::record, std::span(&begin, 1), [&](std::span<const ViewCell> row) {
          const auto position = static_cast<std::uint64_t>(std::get<std::int64_t>(row[0]));
          if (position >= *end) return false;
          const auto action = std::get<std::string_view>(row[3]);
          const bool makes_rows = action == "settle" || action == "refund_part" || action == "confirm" ||
                                  action == "cancel_settlement";
          if (makes_rows && std::get<std::string_view>(row[4]) == provider_) failure = record(position);
          return !failure;
        });
    if (failure) return std::unexpected(*failure);
    return read;
  }

  // A settlement and its refund, wherever they count.
  std::optional<Error> settlement(const std::string& setl_id) {
    const auto position = position_of(setl_id);
    if (!position) return std::nullopt;
    if (const auto known = in_views(*position); !known || !*known)
      return known ? std::nullopt : std::optional(known.error());
    auto decision = stored_record(store_, *position);
    if (!decision) return decision.error();
    const SettlementResult* result = find(*decision, setl_id);
    if (result == nullptr || result->provider != provider_) return std::nullopt;
    if (result->kind == ResultKind::cancelled) return settlement(result->corrects);
    if (result->kind != ResultKind::settled) return std::nullopt;
    auto known = original(*decision, *position, setl_id);
    if (!known) return known.error();
    add(*known, known->counted_on);
    if (!known->counts || known->state.status != SettlementStatus::cancelled) return std::nullopt;
    const auto undone = stored_record(store_, known->state.position);
    if (!undone) return undone.error();
    return refunds(*undone, &setl_id);
  }

  std::vector<StatementRow> rows;

 private:
  // Whether there is such a record. What became of a settlement stands in the views: where they are behind it, nobody knows.
  Result<bool> in_views(std::uint64_t position) {
    const auto watermark = store_.watermark();
    if (!watermark) return std::unexpected(watermark.error());
    if (position <= *watermark) return true;
    const auto head = store_.head();
    if (!head) return std::unexpected(head.error());
    if (position > head->position) return false;
    return std::unexpected(
        Error{Code::store_views_behind, "", std::to_string(*watermark), {std::to_string(position)}});
  }

  struct Original {  // a settlement, from its record and its state
    StatementRow row;
    SettlementState state;
    Date counted_on;  // the day of its confirmation when it needed one
    bool counts = false, confirmed_later = false;
  };

  // The first position of the days from `day` on; days of the books never fall from record to record.
  Result<std::uint64_t> first_of(Date day) {
    const auto watermark = store_.watermark();
    if (!watermark) return watermark;
    std::uint64_t low = 1, high = *watermark + 1;
    const std::string wanted = to_text(day);
    while (low < high) {
      const std::uint64_t middle = low + (high - low) / 2;
      bool before = false;
      const ViewCell from = static_cast<std::int64_t>(middle);
      const auto read =
          store_.rows(ViewTable::record, std::span(&from, 1), [&](std::span<const ViewCell> row) {
            before = std::get<std::string_view>(row[2]) < wanted;
            return false;
          });
      if (!read) return std::unexpected(read.error());
      if (before)
        low = middle + 1;
      else
        high = middle;
    }
    return low;
  }

  std::optional<Error> record(std::uint64_t position) {
    const auto decision = stored_record(store_, position);
    if (!decision) return decision.error();
    if (const auto* confirm = std::get_if<Confirm>(&decision->command.action))
      return confirmed(confirm->settlement, decision->booked);
    if (auto error = refunds(*decision, nullptr)) return error;
    for (const SettlementResult& result : decision->results) {
      if (result.kind != ResultKind::settled || result.provider != provider_) continue;
      auto known = original(*decision, position, result.settlement);
      if (!known) return known.error();
      if (!known->confirmed_later) add(*known, decision->booked);
    }
    return std::nullopt;
  }

  std::optional<Error> confirmed(const std::string& setl_id, Date day) {
    const auto position = named_position(setl_id);
    if (!position) return position.error();
    const auto decision = stored_record(store_, *position);
    if (!decision) return decision.error();
    auto known = original(*decision, *position, setl_id);
    if (!known) return known.error();
    add(*known, day);
    return std::nullopt;
  }

  // `of`: only the refund of this settlement.
  std::optional<Error> refunds(const Decision& decision, const std::string* of) {
    for (const SettlementResult& result : decision.results) {
      if (result.kind != ResultKind::cancelled || result.provider != provider_) continue;
      if (of != nullptr && result.corrects != *of) continue;
      const auto position = named_position(result.corrects);
      if (!position) return position.error();
      const auto settled = stored_record(store_, *position);
      if (!settled) return settled.error();
      auto known = original(*settled, *position, result.corrects);
      if (!known) return known.error();
      if (!known->counts) continue;
      StatementRow row = known->row;
      row.corrects = std::exchange(row.setl_id, result.settlement);
      row.mdtrt_id = visit_number(result);
      row.infno = decision.command.key.infno, row.msgid = decision.command.key.msgid;
      row.day = decision.booked;
      row.refund = true;
      row.amounts = -row.amounts;
      rows.push_back(std::move(row));
    }
    return std::nullopt;
  }

  void add(Original& known, Date day) {
    known.row.day = day;
    rows.push_back(std::move(known.row));
  }

  Result<Original> original(const Decision& decision, std::uint64_t position, const std::string& setl_id) {
    const SettlementResult* result = find(decision, setl_id);
    if (result == nullptr)
      return std::unexpected(Error{Code::store_damaged, "", std::to_string(position), {}});
    Original known;
    if (auto error = read_state(setl_id, known.state)) return std::unexpected(*error);
    known.counted_on = decision.booked;
    if (result->pending)
      if (auto error = second_phase(*result, position, known)) return std::unexpected(*error);
    if (auto error = standing(*result, known)) return std::unexpected(*error);
    StatementRow& row = known.row;
    row.key = key_of_ ? key_of_(*result) : usual_key(*result);
    row.setl_id = setl_id, row.mdtrt_id = visit_number(*result), row.psn_no = result->psn_no;
    row.infno = decision.command.key.infno, row.msgid = decision.command.key.msgid;
    row.amounts = amounts_of(*result);
    if (known.state.folded > 0) {  // confirmed after an adjustment: posted as adjusted
      const std::string& adjusted = known.state.adjustments[known.state.folded - 1];
      const auto posted = named_position(adjusted);
      if (!posted) return std::unexpected(posted.error());
      const auto record = stored_record(store_, *posted);
      if (!record) return std::unexpected(record.error());
      if (const SettlementResult* after = find(*record, adjusted)) row.amounts = amounts_of(*after);
    }
    return known;
  }

  std::optional<Error> read_state(const std::string& setl_id, SettlementState& state) {
    const std::string object = settlement_object(setl_id);
    const auto found = store_.state(std::span(&object, 1));
    if (!found) return found.error();
    const auto read = Object::read(found->front().bytes);
    if (!read) return read.error();
    if (auto known = read_cell<SettlementState>(read->find(settlement_cell))) state = std::move(*known);
    return std::nullopt;
  }

  // What became of a settlement made in two phases; whoever undid it later does not say whether it had been confirmed.
  std::optional<Error> second_phase(const SettlementResult& result, std::uint64_t position, Original& known) {
    std::uint64_t at = known.state.position;
    while (at > position) {
      const auto record = stored_record(store_, at);
      if (!record) return record.error();
      const auto* confirm = std::get_if<Confirm>(&record->command.action);
      if (confirm != nullptr && confirm->settlement == result.settlement) {
        known.confirmed_later = true;
        known.counted_on = record->booked;
        return std::nullopt;
      }
      const auto link = std::ranges::find(record->persons, result.psn_no, &PersonLink::psn_no);
      at = link == record->persons.end() ? 0 : link->previous;
    }
    return std::nullopt;
  }

  std::optional<Error> standing(const SettlementResult& result, Original& known) {
    const bool posted = !result.pending || known.confirmed_later;
    Standing& standing = known.row.standing;
    if (known.state.status == SettlementStatus::pending)
      standing = Standing::pending;
    else if (known.state.status == SettlementStatus::expired)
      standing = Standing::expired;
    else if (known.state.status == SettlementStatus::cancelled) {
      const auto record = stored_record(store_, known.state.position);
      if (!record) return record.error();
      const bool reversed = std::holds_alternative<Reverse>(record->command.action);
      if (reversed || !posted) standing = Standing::reversed;
    }
    known.counts = standing == Standing::counts;
    return std::nullopt;
  }

  Store& store_;
  const std::string& provider_;
  const StatementKeyOf& key_of_;
};

}  // namespace

const std::string& visit_number(const SettlementResult& result) {
  if (!result.visit.empty()) return result.visit;
  return result.corrects.empty() ? result.settlement : result.corrects;
}

Result<std::vector<StatementRow>> statement_rows(Store& store, const StatementQuery& query,
                                                 const StatementKeyOf& key_of) {
  if (query.to < query.from)
    return std::unexpected(Error{Code::desk_dates, "stmt_enddate", to_text(query.to), {to_text(query.from)}});
  Statement statement(store, query.provider, key_of);
  if (auto done = statement.days(query.from, query.to); !done) return std::unexpected(done.error());
  return std::move(statement.rows);
}

Result<std::vector<StatementRow>> statement_rows_of(Store& store, const std::string& provider,
                                                    std::span<const std::string> setl_ids,
                                                    const StatementKeyOf& key_of) {
  Statement statement(store, provider, key_of);
  for (const std::string& setl_id : setl_ids)
    if (auto error = statement.settlement(setl_id)) return std::unexpected(std::move(*error));
  return std::move(statement.rows);
}

}  // namespace fenming
