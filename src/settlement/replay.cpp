#include "settlement/replay.h"

#include <algorithm>
#include <map>

#include "model/record.h"
#include "settlement/stored_record.h"

namespace fenming {
namespace {

class Replay {
 public:
  explicit Replay(Store& store)
      : store_(store),
        records_(store),
        artifacts_(store),
        decider_(objects_, records_, artifacts_, "", Limits::none()) {}

  std::optional<Error> record(std::uint64_t position, std::string_view bytes) {
    auto read = read_record(bytes);
    if (!read) return read.error();
    const auto stored = records_.keep(position, std::make_shared<const Decision>(std::move(*read)));
    const auto known = reversed(stored->command, position);
    if (!known) return known.error();
    auto again = decider_.decide(Command(stored->command), stored->time, position, *known);
    ++report.records;
    if (again) again->engine = stored->engine, again->encoder = stored->encoder;
    if (again && write_record(*again, static_cast<std::uint8_t>(bytes.front())) == bytes)
      ++report.equal;
    else
      compare(position, *stored, again);
    return fold(objects_, position, *stored);
  }

  ReplayReport report;

 private:
  // As it was then: a key that was bound later was not yet bound.
  Result<KnownMessage> reversed(const Command& command, std::uint64_t position) {
    const auto* reverse = std::get_if<Reverse>(&command.action);
    if (reverse == nullptr) return KnownMessage{};
    const auto found = store_.find({command.key.provider, reverse->infno, reverse->msgid});
    if (!found) return std::unexpected(found.error());
    if (!*found || (*found)->position >= position) return KnownMessage{};
    return KnownMessage{true, (*found)->kind == static_cast<std::uint8_t>(BindKind::tombstone),
                        (*found)->position};
  }

  void compare(std::uint64_t position, const Decision& stored, const Result<Decision>& again) {
    static const SettlementResult none;
    const std::size_t here = stored.results.size(), now = again ? again->results.size() : 0;
    bool any = false;
    for (std::size_t i = 0; i < std::max(here, now); ++i) {
      const SettlementResult& was = i < here ? stored.results[i] : none;
      const SettlementResult& is = i < now ? again->results[i] : none;
      compare_amounts(was, is, [&](std::string amount, std::int64_t stored_fen, std::int64_t now_fen) {
        any = true;
        list({position, stored.engine, i < here ? was.settlement : is.settlement, std::move(amount),
              stored_fen, now_fen});
      });
    }
    if (!any) list({position, stored.engine, "", "", 0, 0});
    ++report.different;
  }

  // Who pays how much: the funds together and each by itself, and the person.
  template <class Differ>
  static void compare_amounts(const SettlementResult& stored, const SettlementResult& now, Differ differ) {
    static constexpr std::pair<const char*, std::int64_t SettlementResult::*> amounts[] = {
        {"funds", &SettlementResult::funds},
        {"account", &SettlementResult::account},
        {"family", &SettlementResult::family},
        {"cash", &SettlementResult::cash},
        {"provider_part", &SettlementResult::provider_part}};
    for (const auto& [name, member] : amounts)
      if (stored.*member != now.*member) differ(name, stored.*member, now.*member);
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> by_fund;
    for (const Share& share : stored.shares) by_fund[share.fund].first += share.fen;
    for (const Share& share : now.shares) by_fund[share.fund].second += share.fen;
    for (const auto& [fund, fen] : by_fund)
      if (fen.first != fen.second) differ("fund " + fund, fen.first, fen.second);
  }

  void list(ReplayDifference difference) {
    if (report.differences.size() < differences_max) report.differences.push_back(std::move(difference));
  }

  Store& store_;
  PlainObjects objects_;
  StoredRecords records_;
  Artifacts artifacts_;
  Decider decider_;
};

}  // namespace

Result<ReplayReport> replay_store(Store& store, const OnProgress& progress) {
  const auto head = store.head();
  if (!head) return std::unexpected(head.error());
  Replay replay(store);
  std::optional<Error> failure;
  const auto done = store.read(1, [&](std::uint64_t position, std::string_view bytes) {
    failure = replay.record(position, bytes);
    if (progress && position % 10'000 == 0) progress(position, head->position);
    return !failure;
  });
  if (!done) return std::unexpected(done.error());
  if (failure) return std::unexpected(*failure);
  return std::move(replay.report);
}

}  // namespace fenming
