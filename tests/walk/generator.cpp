#include "walk/generator.h"

#include <algorithm>
#include <utility>

#include "properties/random.h"

namespace fenming::walk {
namespace {

constexpr std::int64_t minute_ms = 60'000, day_ms = 86'400'000;

FactValue fact(const char* name, std::string text) {
  return {name, FactValue::Kind::text, std::move(text), {}};
}

struct Bill {
  int step;
  std::string psn_no, provider;
  std::vector<std::string> lines;  // of a counter sale
};
struct VisitMade {
  int step;
  std::string psn_no, provider;
  Date begin;
  int lines = 0;
};
struct Granted {
  SetStatus status;
};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {
    walk_.seed = seed;
    walk_.corrections.cancel = random_.chance(50) ? "last_first" : "recompute";
    walk_.corrections.late = random_.of(std::vector<std::string>{"gains", "gains", "both", "none"});
    walk_.faults = random_.chance(20);
  }

  Walk make() {
    begin();
    const std::int64_t length = random_.between(20, 60);
    for (std::int64_t i = 0; i < length; ++i) step();
    return std::move(walk_);
  }

 private:
  // ---- Adding

  Step& add(Action action, std::string provider = "H1") {
    Step step;
    step.number = ++number_;
    step.command.action = std::move(action);
    const bool reversal = std::holds_alternative<Reverse>(step.command.action);
    step.command.key = {std::move(provider), reversal ? "2601" : "2207", "m" + std::to_string(number_)};
    step.later_ms = std::exchange(later_ms_, 0);
    walk_.steps.push_back(std::move(step));
    return walk_.steps.back();
  }

  void begin() {
    add(AdoptRules{"0"});
    add(RegisterProvider{"H1", "first", {fact("level", "L1")}, 30});
    add(RegisterProvider{"H2", "second", {fact("level", "L3")}, random_.between(10, 60)});
    for (const std::string& psn_no : persons_) {
      const Status insured{fact("insured", "yes"), day(-300), day(300)};
      const bool with_it = random_.chance(50);
      add(RegisterPerson{psn_no,
                         "",
                         {fact("born", "1980-01-01")},
                         {},
                         with_it ? std::vector{insured} : std::vector<Status>()});
      if (!with_it && !random_.chance(6))
        add(SetStatus{psn_no, insured.fact, insured.from, insured.to, false});
      if (random_.chance(50)) add(CreditAccount{psn_no, amount(300), "salary"});
    }
    if (random_.chance(30)) add(SetStatus{"P1", fact("aid", "low_income"), day(-40), day(60), false});
    if (random_.chance(40)) add(ShareAccount{"P2", "P1", day(-10), day(100), false});
  }

  // ---- Choosing

  Date day(std::int64_t offset) const {
    return {today_ + static_cast<std::int32_t>((passed_ms_ + 8 * 60 * minute_ms) / day_ms + offset)};
  }
  Money amount(std::int64_t yuan_max) {
    return Money::from_fen(random_.chance(70) ? random_.between(1, yuan_max) * 100
                                              : random_.between(1, yuan_max * 100));
  }
  const std::string& person() { return random_.of(persons_); }
  std::string provider() { return random_.chance(70) ? "H1" : "H2"; }
  std::string another(const std::string& usual, const std::vector<std::string>& all) {
    return random_.chance(97) ? usual : random_.of(all);
  }
  std::string kind() { return random_.of(std::vector<std::string>{"outpatient", "outpatient", "pharmacy"}); }
  template <class T>
  const T* recent(const std::vector<T>& list) {  // the later the likelier
    if (list.empty()) return nullptr;
    const auto last = static_cast<std::int64_t>(list.size()) - 1;
    return &list[static_cast<std::size_t>(std::max(random_.between(0, last), random_.between(0, last)))];
  }

  FeeLine line(const std::string& id, std::int64_t yuan_max = 180) {
    FeeLine fee;
    fee.line.id = id;
    fee.line.amount = amount(yuan_max);
    fee.line.quantity = Decimal{2'000'000};
    fee.line.columns = {fact("class", random_.of(std::vector<std::string>{"A", "A", "B", "C"}))};
    return fee;
  }

  // ---- One step

  void step() {
    const auto choice = random_.between(0, 99);
    if (choice < 45) pass();
    const auto what = random_.between(0, 139);
    if (what < 26) return sale();
    if (what < 40) return settle_visit();
    if (what < 49) return upload();
    if (what < 55) return open_visit();
    if (what < 63) return visit_state();
    if (what < 74) return cancel();
    if (what < 79) return refund_part();
    if (what < 86) return reverse();
    if (what < 91) return confirm();
    if (what < 104) return repeat();
    if (what < 115) return status();
    if (what < 121) return account();
    if (what < 127) return claim();
    if (what < 130) return deposit();
    if (what < 133) return node();
    Step& step = add(ReopenVisit{""});
    step.kind = random_.chance(50) ? Step::Kind::reopen : Step::Kind::crash;
  }

  void pass() {
    const auto how = random_.between(0, 9);
    const std::int64_t ms = how < 6   ? random_.between(1, 120) * 1'000
                            : how < 8 ? random_.between(5, 70) * minute_ms
                                      : random_.between(1, 9) * day_ms;
    later_ms_ += ms;
    passed_ms_ += ms;
  }

  void settle_extras(Settle& settle) {
    settle.use_account = random_.chance(80);
    if (random_.chance(15)) settle.payer = person();
    settle.two_phase = random_.chance(20);
    if (random_.chance(10)) settle.facts.push_back(fact("urgent", "yes"));
    if (random_.chance(2)) settle.facts.push_back(fact("level", "L2"));
    if (random_.chance(2)) settle.facts.push_back(fact("aid", "destitute"));
  }

  void sale() {
    Settle settle;
    settle.psn_no = person();
    settle.kind = random_.chance(97) ? kind() : "inpatient";
    settle.to = day(-(random_.chance(70) ? 0 : random_.between(0, 20)));
    settle.from = random_.chance(90) ? settle.to : Date{settle.to.days - 2};
    std::vector<std::string> ids;
    for (std::int64_t i = random_.between(1, 3); i > 0; --i) {
      ids.push_back("L" + std::to_string(i));
      settle.lines.push_back(line(ids.back()));
      settle.total = settle.total + settle.lines.back().line.amount;
    }
    settle_extras(settle);
    const std::string at = provider();
    Step& step = add(std::move(settle), at);
    step.total_off = random_.chance(3) ? 1 : 0;
    step.together = random_.chance(15);
    bills_.push_back({number_, std::get<Settle>(step.command.action).psn_no, at, ids});
  }

  void open_visit() {
    OpenVisit open;
    open.psn_no = person();
    open.kind = random_.chance(70) ? "inpatient" : kind();
    open.number = "N" + std::to_string(number_);
    open.begin = day(-random_.between(0, 8));
    if (random_.chance(20)) open.facts.push_back(fact("urgent", "yes"));
    const std::string at = provider();
    visits_.push_back({number_ + 1, open.psn_no, at, open.begin, 0});
    add(std::move(open), at);
    if (random_.chance(85)) upload();
  }

  VisitMade* visit() { return const_cast<VisitMade*>(recent(visits_)); }

  void upload() {
    VisitMade* visit = this->visit();
    if (visit == nullptr) return open_visit();
    UploadLines upload{alias(visit->step), {}};
    for (std::int64_t i = random_.between(1, 3); i > 0; --i) {
      const std::string id = "F" + std::to_string(random_.chance(96) ? ++visit->lines : visit->lines);
      FeeLine fee = line(id, 260);
      if (visit->lines > 1 && random_.chance(20)) {
        fee.line.refund_of = "F" + std::to_string(random_.between(1, visit->lines - 1));
        fee.line.amount = -amount(60);
        fee.line.quantity.reset();
      }
      if (random_.chance(60)) fee.batch = random_.chance(50) ? "b1" : "b2";
      if (random_.chance(50))
        fee.line.date = Date{visit->begin.days + static_cast<int>(random_.between(-1, 4))};
      upload.lines.push_back(std::move(fee));
    }
    add(std::move(upload), another(visit->provider, {"H1", "H2"}));
  }

  void settle_visit() {
    const VisitMade* visit = this->visit();
    if (visit == nullptr) return open_visit();
    Settle settle;
    settle.psn_no = another(visit->psn_no, persons_);
    settle.visit = alias(visit->step);
    settle.interim = random_.chance(30);
    if (random_.chance(30)) settle.to = std::min(day(0), Date{visit->begin.days + 3});
    if (random_.chance(35)) settle.batch = random_.chance(50) ? "b1" : "b2";
    settle_extras(settle);
    const std::string at = another(visit->provider, {"H1", "H2"});
    const bool twice = random_.chance(20);  // two windows, messages of their own
    const Bill bill{number_ + 1, settle.psn_no, at, {}};
    Step& first = add(settle, at);
    first.total_off = random_.chance(3) ? -1 : 0;
    first.together = twice;
    bills_.push_back(bill);
    if (twice) add(std::move(settle), at);
  }

  void visit_state() {
    const VisitMade* visit = this->visit();
    if (visit == nullptr) return open_visit();
    const std::string name = alias(visit->step), at = another(visit->provider, {"H1", "H2"});
    switch (random_.between(0, 7)) {
      case 0:
      case 1:
      case 2: add(CloseVisit{name, std::max(visit->begin, day(-random_.between(0, 3))), {}}, at); return;
      case 3: add(ReopenVisit{name}, at); return;
      case 4: add(CancelVisit{name}, at); return;
      case 5: add(ChangeVisit{name, {fact("urgent", random_.chance(50) ? "yes" : "no")}}, at); return;
      default: break;
    }
    RemoveLines remove{name, {}};
    if (random_.chance(70))
      remove.lines.push_back("F" + std::to_string(random_.between(1, visit->lines + 1)));
    if (random_.chance(20))
      remove.lines.push_back("F" + std::to_string(random_.between(1, visit->lines + 1)));
    add(std::move(remove), at);
  }

  void cancel() {
    const Bill* bill = recent(bills_);
    if (bill == nullptr) return sale();
    add(CancelSettlement{alias(bill->step), another(bill->psn_no, persons_)},
        another(bill->provider, {"H1", "H2"}))
        .together = random_.chance(15);
  }

  void refund_part() {
    const Bill* bill = recent(bills_);
    if (bill == nullptr) return sale();
    const Bill of = *bill;
    RefundPart refund{alias(of.step), of.psn_no, {}};
    const std::string line = of.lines.empty() || random_.chance(5) ? "L9" : random_.of(of.lines);
    refund.lines.push_back({line, Decimal{random_.between(0, 2) * 1'000'000}, amount(80)});
    add(std::move(refund), of.provider);
    bills_.push_back({number_, of.psn_no, of.provider, of.lines});
  }

  void reverse() {
    const Bill* bill = recent(bills_);
    const bool seen = bill != nullptr && random_.chance(80);
    const int of = seen ? bill->step : number_ + static_cast<int>(random_.between(1, 6));
    const std::string psn_no = seen ? bill->psn_no : person(), at = seen ? bill->provider : provider();
    Reverse reverse{another(psn_no, persons_), "2207", "m" + std::to_string(of)};
    add(std::move(reverse), another(at, {"H1", "H2"}));
  }

  void confirm() {
    const Bill* bill = recent(bills_);
    if (bill == nullptr) return sale();
    if (random_.chance(80))
      add(Confirm{alias(bill->step)}, another(bill->provider, {"H1", "H2"}));
    else
      add(Expire{alias(bill->step), Instant{1}}, bill->provider);
  }

  void repeat() {
    const int of = static_cast<int>(std::max(random_.between(1, number_), random_.between(1, number_)));
    const bool later = random_.chance(10);
    Step& step = add(ReopenVisit{"none"});
    step.kind = later ? Step::Kind::repeat_changed : Step::Kind::repeat;
    step.of = of;
  }

  void status() {
    if (!granted_.empty() && random_.chance(35)) {
      SetStatus again = random_.of(granted_).status;
      if (random_.chance(65))
        again.revoke = true;
      else
        again.to = Date{again.to.days + static_cast<int>(random_.between(-10, 10))};
      add(std::move(again));
      return;
    }
    SetStatus status;
    status.psn_no = another(person(), {"P9"});
    const auto which = random_.between(0, 9);
    if (which < 7)
      status.fact = fact("aid", random_.chance(60) ? "low_income" : "destitute");
    else if (which < 9)
      status.fact = fact("scheme", random_.chance(70) ? "residents" : "employees");
    else
      status.fact = fact("insured", "yes");
    status.from = day(random_.between(-25, 6));
    status.to = Date{status.from.days + static_cast<int>(random_.between(-1, 40))};
    granted_.push_back({status});
    add(std::move(status));
  }

  void account() {
    const std::string psn_no = another(person(), {"P9"});
    if (random_.chance(60)) {
      add(CreditAccount{psn_no, random_.chance(97) ? amount(150) : Money(), "salary"});
      return;
    }
    const Date from = day(random_.between(-5, 2));
    add(ShareAccount{psn_no, person(), from, Date{from.days + static_cast<int>(random_.between(0, 60))},
                     random_.chance(25)});
  }

  void claim() {
    if (!claims_.empty() && random_.chance(60)) {
      const auto [step, psn_no] = random_.of(claims_);
      add(DecideClaim{alias(step), random_.chance(85), random_.chance(93) ? "chief" : "clerk", ""});
      if (random_.chance(90)) bills_.push_back({number_, psn_no, "", {"L1"}});
      return;
    }
    EnterClaim claim;
    claim.psn_no = person(), claim.kind = kind();
    claim.to = day(-random_.between(0, 20)), claim.from = claim.to;
    claim.lines.push_back(line("L1"));
    claim.total = claim.lines.front().line.amount;
    claim.entered_by = "clerk";
    claims_.emplace_back(number_ + 1, claim.psn_no);
    add(std::move(claim));
  }

  void deposit() {
    const VisitMade* visit = this->visit();
    if (visit == nullptr) return open_visit();
    if (random_.chance(55))
      add(PayDeposit{alias(visit->step), amount(100), "cash"}, visit->provider);
    else
      add(ReturnDeposit{alias(visit->step), amount(60)}, visit->provider);
  }

  void node() {
    switch (random_.between(0, 3)) {
      case 0: add(AdoptRules{"1"}); return;
      case 1: add(AdoptRules{"0"}); return;
      case 2: add(CloseDay{day(-random_.between(-1, 5))}); return;
      default: {
        RegisterPerson again{person(), "", {fact("born", "1981-01-01")}};
        if (random_.chance(30)) again.statuses = {{fact("insured", "yes"), day(-300), day(300)}};
        if (random_.chance(10))
          again.statuses.push_back({fact("aid", "destitute"), day(-10), day(random_.between(-12, 20))});
        add(std::move(again));
      }
    }
  }

  properties::Random random_;
  Walk walk_;
  const std::vector<std::string> persons_ = {"P1", "P2", "P3"};
  std::vector<Bill> bills_;
  std::vector<VisitMade> visits_;
  std::vector<Granted> granted_;
  std::vector<std::pair<int, std::string>> claims_;
  std::int64_t passed_ms_ = 0, later_ms_ = 0;
  const std::int32_t today_ = make_date(2025, 12, 31)->days;
  int number_ = 0;
};

}  // namespace

Walk make_walk(std::uint64_t seed) { return Generator(seed).make(); }

}  // namespace fenming::walk
