#include "conformance/sample_day.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

#include "conformance/messages.h"
#include "population/random.h"

namespace fenming {
namespace {

std::int64_t fen(const WireAnswer& answer, std::string_view name) {
  const auto money = parse_money(answer.value(name));
  return money ? money->fen() : 0;
}

// Who is being served: a trial says what the settlement will be only while nothing else is settled for the same person.
class Served {
 public:
  explicit Served(std::uint32_t persons) : persons_(persons) {}
  void begin(std::uint32_t person) { ++persons_[person].begun, ++persons_[person].under_way; }
  void end(std::uint32_t person) { --persons_[person].under_way; }
  // A number that stays the same while the person has one visit only; 0: there are several now.
  std::uint32_t alone(std::uint32_t person) const {
    return persons_[person].under_way == 1 ? persons_[person].begun.load() : 0;
  }

 private:
  struct Person {
    std::atomic<std::uint32_t> begun = 0, under_way = 0;
  };
  std::vector<Person> persons_;
};

// One counter: a thread with a connection to the node for each provider it works for.
class Counter {
 public:
  Counter(const SampleDayOptions& options, const Sales& sales, const People& people,
          const Providers& providers, Served& served, unsigned thread)
      : options_(options),
        sales_(sales),
        people_(people),
        providers_(providers),
        served_(served),
        thread_(thread) {}

  void visit(std::uint32_t number) {
    Random random(options_.seed ^ 0x5A3B1E, number + 1);
    person_ = random.below(options_.persons);
    served_.begin(person_);
    visit(number, person_, random);
    served_.end(person_);
  }

  SampleDayTally tally;

 private:
  void visit(std::uint32_t number, std::uint32_t person, Random& random) {
    if (random.below(100) < 5) return stay(person, number, random);
    const MadePerson made = people_.person(person);
    const std::uint32_t draw = random.below(100);
    const SaleKind kind = draw < 32                         ? SaleKind::pharmacy
                          : made.diseases != 0 && draw < 45 ? SaleKind::chronic
                                                            : SaleKind::outpatient;
    Command command = sales_.make(made, kind, options_.day, number);
    auto& sale = std::get<Settle>(command.action);
    sale.facts.clear(), sale.payer.clear();
    if (options_.identities.find(command.key.provider) == options_.identities.end()) return;
    if (kind == SaleKind::pharmacy)
      purchase(command.key.provider, sale, random);
    else
      outpatient(command.key.provider, sale, kind == SaleKind::chronic ? "14" : "11", number, random);
  }

  WireAnswer call(const std::string& provider, std::string_view infno, const std::string& input,
                  std::string msgid = {}) {
    auto& client = clients_[provider];
    if (client == nullptr) {
      WireIdentity identity = options_.identities.find(provider)->second;
      identity.sequence_count = 10'000 / options_.threads;
      identity.sequence_from = thread_ * identity.sequence_count;
      client = std::make_unique<WireClient>(options_.address, options_.port, std::move(identity));
    }
    client_ = client.get();
    WireAnswer answer;
    for (int attempt = 0; attempt < 50; ++attempt) {
      ++tally.messages;
      answer = client->call(infno, input, msgid);
      msgid = client->last_msgid();
      // A node that has just been started refuses what was signed before, to the second.
      const bool signed_before = answer.status == 401 && attempt < 8;
      if (answer.status != 503 && answer.status != 429 && answer.status != 0 && !signed_before) break;
      ++tally.busy;
      std::this_thread::sleep_for(std::chrono::milliseconds(20 * (attempt + 1)));
    }
    if (!answer.ok()) {
      const std::string message = answer.value("err_msg");
      const std::string code = answer.status == 0 ? "-" : message.substr(0, message.find(' '));
      ++tally.refusals
            .try_emplace(code, 0, std::string(infno) + ": " + (message.empty() ? answer.body : message))
            .first->second.first;
    }
    return answer;
  }

  bool count(const WireAnswer& answer, std::uint64_t& kind) {
    if (!answer.ok()) return false;
    ++kind;
    tally.total += fen(answer, "medfee_sumamt"), tally.funds += fen(answer, "fund_pay_sumamt");
    tally.account += fen(answer, "acct_pay"), tally.cash += fen(answer, "psn_cash_pay");
    tally.provider += fen(answer, "hosp_part_amt");
    if (const std::string broken = broken_identity(answer); !broken.empty())
      tally.broken.push_back(broken + " " + answer.body);
    return true;
  }

  // The answer was lost: the same message again must bring the same bytes.
  void again(const std::string& provider, std::string_view infno, const std::string& input,
             const WireAnswer& first) {
    const std::string msgid = client_->last_msgid();
    const WireAnswer second = call(provider, infno, input, msgid);
    ++tally.repeated;
    if (second.body != first.body) tally.broken.push_back("repeat " + msgid);
  }

  void purchase(const std::string& provider, const Settle& sale, Random& random) {
    ++tally.visits["pharmacy"];
    const std::string input = purchase_input(sale);
    if (random.below(10) == 0) call(provider, "2101", input);
    const WireAnswer sold = call(provider, "2102", input);
    if (!count(sold, tally.settled)) return;
    const std::string msgid = client_->last_msgid(), setl_id = sold.value("setl_id");
    const std::uint32_t draw = random.below(100);
    if (draw < 2) again(provider, "2102", input, sold);
    if (draw >= 2 && draw < 4)
      count(call(provider, "2103", cancel_input(sale.psn_no, setl_id, setl_id)), tally.cancelled);
    if (draw >= 4 && draw < 6) refund(provider, sale, sold);
    if (draw == 6 && call(provider, "2601", reverse_input(sale.psn_no, "2102", msgid)).ok())
      taken_back(sold, tally.reversed);
  }

  // The answer shows what is left of the bill, and the whole of the first one is gone; when nothing is left, it shows just that.
  void refund(const std::string& provider, const Settle& sale, const WireAnswer& sold) {
    const FeeLine& line = sale.lines.front();
    const WireAnswer rest =
        call(provider, "2103", refund_input(sale.psn_no, sold.value("setl_id"), line, line.line.amount));
    if (count(rest, tally.refunded) && fen(rest, "medfee_sumamt") >= 0) taken_back(sold, tally.cancelled);
  }

  void taken_back(const WireAnswer& sold, std::uint64_t& kind) {
    ++kind;
    tally.total -= fen(sold, "medfee_sumamt"), tally.funds -= fen(sold, "fund_pay_sumamt");
    tally.account -= fen(sold, "acct_pay"), tally.cash -= fen(sold, "psn_cash_pay");
    tally.provider -= fen(sold, "hosp_part_amt");
  }

  void outpatient(const std::string& provider, const Settle& sale, std::string_view med_type,
                  std::uint32_t number, Random& random) {
    ++tally.visits[med_type == "14" ? "chronic" : "outpatient"];
    if (random.below(4) == 0) call(provider, "1101", person_input(sale.psn_no));
    const std::string visit =
        call(provider, "2201", registration_input(sale, fmt::format("MZ{}", number))).value("mdtrt_id");
    if (visit.empty()) return;
    call(provider, "2203", visit_input(sale, visit, med_type));
    if (!call(provider, "2204", lines_input(sale.psn_no, visit, "B1", sale.lines)).ok()) return;
    const std::string input = settle_input(sale, visit, "B1", med_type);
    const std::uint32_t alone = served_.alone(person_);
    const WireAnswer trial = call(provider, "2206", input);
    const WireAnswer settled = call(provider, "2207", input);
    const bool comparable = alone != 0 && alone == served_.alone(person_);
    if (!count(settled, tally.settled)) return;
    if (trial.ok() && comparable && fen(trial, "fund_pay_sumamt") != fen(settled, "fund_pay_sumamt"))
      tally.broken.push_back("2206 differs from 2207: " + settled.value("setl_id"));
    const std::uint32_t draw = random.below(100);
    if (draw < 2) again(provider, "2207", input, settled);
    if (draw >= 2 && draw < 4)
      count(call(provider, "2208", cancel_input(sale.psn_no, visit, settled.value("setl_id"))),
            tally.cancelled);
  }

  void stay(std::uint32_t person, std::uint32_t number, Random& random) {
    const std::uint32_t index =
        providers_.near(random.below(2) == 0 ? ProviderKind::hospital2 : ProviderKind::hospital3, person / 4);
    const std::string provider = providers_.one(index).code, psn_no = People::psn_no(person);
    if (options_.identities.find(provider) == options_.identities.end()) return;
    ++tally.visits["inpatient"];
    const std::string visit =
        call(provider, "2401", admission_input(psn_no, options_.day, fmt::format("ZY{}", number)))
            .value("mdtrt_id");
    if (visit.empty()) return;
    std::uint32_t line = 1;
    Money owed;
    const auto upload = [&] {
      std::vector<FeeLine> lines;
      static constexpr Shelf shelves[] = {Shelf::drugs, Shelf::exams, Shelf::services, Shelf::beds,
                                          Shelf::materials};
      for (int i = 0; i < 10; ++i)
        owed = owed + sales_.lines().add(lines, random.of(shelves), 4, options_.day, line++, random);
      return call(provider, "2301", lines_input(psn_no, visit, "", lines)).ok();
    };
    if (!upload()) return;
    if (random.below(5) == 0 &&
        count(call(provider, "2304", stay_input(psn_no, visit, owed, true)), tally.settled)) {
      owed = Money();
      if (!upload()) return;
    }
    call(provider, "2402", discharge_input(psn_no, visit, options_.day));
    call(provider, "2303", stay_input(psn_no, visit, owed, false));
    const WireAnswer settled = call(provider, "2304", stay_input(psn_no, visit, owed, false));
    if (!count(settled, tally.settled)) return;
    if (random.below(20) == 0)
      count(call(provider, "2305", cancel_input(psn_no, visit, settled.value("setl_id"))), tally.cancelled);
  }

  const SampleDayOptions& options_;
  const Sales& sales_;
  const People& people_;
  const Providers& providers_;
  std::map<std::string, std::unique_ptr<WireClient>> clients_;
  Served& served_;
  WireClient* client_ = nullptr;
  std::uint32_t person_ = 0;  // being served
  unsigned thread_;
};

void add(SampleDayTally& to, const SampleDayTally& from) {
  for (const auto& [kind, count] : from.visits) to.visits[kind] += count;
  to.messages += from.messages, to.settled += from.settled, to.cancelled += from.cancelled;
  to.refunded += from.refunded, to.reversed += from.reversed, to.repeated += from.repeated,
      to.busy += from.busy;
  to.total += from.total, to.funds += from.funds, to.account += from.account, to.cash += from.cash;
  to.provider += from.provider;
  for (const auto& [code, times] : from.refusals)
    to.refusals.try_emplace(code, 0, times.second).first->second.first += times.first;
  to.broken.insert(to.broken.end(), from.broken.begin(), from.broken.end());
}

}  // namespace

SampleDayTally play_day(const SampleDayOptions& options, const Sales& sales, const People& people,
                        const Providers& providers,
                        const std::function<void(std::size_t done, std::size_t all)>& progress) {
  std::atomic<std::uint32_t> next = 0;
  std::mutex mutex;
  SampleDayTally tally;
  std::vector<std::thread> threads;
  Served served(options.persons);
  for (unsigned t = 0; t < options.threads; ++t)
    threads.emplace_back([&, t] {
      Counter counter(options, sales, people, providers, served, t);
      for (std::uint32_t number = next++; number < options.visits; number = next++) {
        counter.visit(number);
        const std::unique_lock lock(mutex, std::try_to_lock);
        if (lock && progress) progress(number, options.visits);
      }
      const std::lock_guard lock(mutex);
      add(tally, counter.tally);
    });
  for (std::thread& thread : threads) thread.join();
  if (progress) progress(options.visits, options.visits);
  return tally;
}

}  // namespace fenming
