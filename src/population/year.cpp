#include "population/year.h"

#include <algorithm>
#include <numeric>

namespace fenming {
namespace {

// Sales and stays of a person's year, times 100.
struct Rates {
  std::uint32_t sales, stays;
};
constexpr Rates rates[] = {{600, 8}, {250, 3}, {250, 3}, {450, 7}, {350, 11}, {1200, 33}};
constexpr std::uint16_t chronic_bit = 0x100, dialysis_bit = 0x200, in_hospital_bit = 0x400;

std::uint16_t class_of(const MadePerson& person) {
  std::uint16_t group = 4;
  if (person.age < 7)
    group = 0;
  else if (person.age < 18)
    group = 1;
  else if (person.age >= 60)
    group = 5;
  else if (person.kind == PersonKind::student)
    group = 2;
  else if (person.kind == PersonKind::active)
    group = 3;
  if (person.diseases != 0) group |= chronic_bit;
  if ((person.diseases >> dialysis & 1) != 0) group |= dialysis_bit;
  return group;
}

// A stay's length, and of ten lines how many come from which shelf.
struct Care {
  int nights_min, nights_max, lines_min, lines_max, quantity_max;
  Shelf shelves[10];
};
constexpr Care cares[] = {
    {2,
     12,
     8,
     20,
     4,
     {Shelf::cheap_drugs, Shelf::cheap_drugs, Shelf::cheap_drugs, Shelf::drugs, Shelf::drugs, Shelf::exams,
      Shelf::exams, Shelf::services, Shelf::materials, Shelf::beds}},
    {6,
     24,
     12,
     26,
     4,
     {Shelf::cheap_drugs, Shelf::drugs, Shelf::drugs, Shelf::exams, Shelf::exams, Shelf::surgery,
      Shelf::services, Shelf::materials, Shelf::materials, Shelf::beds}},
    {15,
     70,
     20,
     40,
     6,
     {Shelf::drugs, Shelf::drugs, Shelf::drugs, Shelf::exams, Shelf::surgery, Shelf::surgery, Shelf::implants,
      Shelf::implants, Shelf::materials, Shelf::beds}}};

constexpr std::size_t cancels_waiting = 4;  // one sale in a hundred is cancelled: some hundred messages later

std::string stay_number(const Stay& stay) { return "Z" + std::to_string(stay.number); }

ProviderKind hospital_for(const Stay& stay, Random& random) {
  if (stay.maternity) return random.chance(5000) ? ProviderKind::hospital3 : ProviderKind::hospital2;
  if (random.chance(300)) return ProviderKind::away;
  if (stay.severity == 3) return ProviderKind::hospital3;
  const std::uint32_t draw = random.below(100);
  if (draw < 30) return ProviderKind::hospital1;
  return draw < 65 ? ProviderKind::hospital2 : ProviderKind::hospital3;
}

// Steps through all persons once a day in an order that is not that of the families.
std::uint32_t stride_for(std::uint32_t persons) {
  auto stride = static_cast<std::uint32_t>(std::uint64_t{persons} * 618 / 1000 | 1);
  while (std::gcd(stride, persons) != 1) ++stride;
  return stride;
}

}  // namespace

Year::Year(const YearOptions& options)
    : options_(options),
      people_(std::max(options.persons, 1U), options.seed, options.from),
      items_(options.seed, options.from),
      providers_(people_.size()),
      sales_(options.seed, people_, items_, providers_, options.columns),
      day_(options.from),
      stride_(stride_for(people_.size())) {
  class_of_.reserve(people_.size());
  for (std::uint32_t i = 0; i < people_.size(); ++i) class_of_.push_back(class_of(people_.person(i)));
  if (!options.setup) set_up_ = people_.size() + 1;
  begin_day();
}

std::optional<MadeCommand> Year::next() {
  while (ready_.empty()) {
    if (set_up_ <= people_.size()) {
      set_up();
    } else if (day_.days >= options_.from.days + options_.days) {
      return std::nullopt;
    } else if (!today_.empty()) {
      const Stay stay = today_.back();
      today_.pop_back();
      go_on(stay);
    } else if (scanned_ < people_.size()) {
      person_today(at_);
      ++scanned_;
      at_ = static_cast<std::uint32_t>((std::uint64_t{at_} + stride_) % people_.size());
      cancel_some(cancels_waiting);
    } else {
      cancel_some(0);
      advance_day();
    }
  }
  MadeCommand step = std::move(ready_.front());
  ready_.pop_front();
  return step;
}

// The providers at once, then one person at a time.
void Year::set_up() {
  if (set_up_ == 0) {
    for (const MadeProvider& provider : providers_.all()) put("", "register", Providers::command(provider));
  } else {
    for (Action& action : people_.actions(people_.person(set_up_ - 1)))
      put("", "register", std::move(action));
  }
  ++set_up_;
}

void Year::begin_day() {
  scanned_ = 0;
  day_of_month_ = civil(day_).day;
  at_ = Random(options_.seed, 30, static_cast<std::uint64_t>(day_.days)).below(people_.size());
  if (const auto due = stays_.find(day_); due != stays_.end()) {
    today_ = std::move(due->second);
    stays_.erase(due);
  }
}

void Year::advance_day() {
  day_.days += 1;
  begin_day();
}

void Year::put(std::string_view provider, std::string_view infno, Action action, bool referred_to) {
  MadeCommand& step = ready_.emplace_back();
  step.command.key = message_key(provider, infno, day_, ++number_);
  step.command.made_by = "op1";
  step.command.action = std::move(action);
  step.day = day_;
  step.referred_to = referred_to;
}

// One draw decides the day of nearly everybody: nothing.
void Year::person_today(std::uint32_t index) {
  const std::uint16_t group = class_of_[index];
  if ((group & in_hospital_bit) != 0) return;
  const Rates& rate = rates[group & 0xFF];
  const auto today = static_cast<std::uint64_t>(day_.days);
  Random random(options_.seed, index + 1, today);
  const std::uint32_t draw = random.below(36'500);
  if (draw < rate.sales) {
    const MadePerson person = people_.person(index);
    const bool pharmacy = random.chance(3500);
    const bool campus = person.kind == PersonKind::student && random.chance(6000);
    sell(person, campus ? SaleKind::campus : pharmacy ? SaleKind::pharmacy : SaleKind::outpatient);
  } else if (draw < rate.sales + rate.stays) {
    admit(people_.person(index));
  } else if ((group & chronic_bit) != 0) {
    Random monthly(options_.seed ^ 0x5bd1e995, index + 1);
    const int due = monthly.between(1, 7);
    const bool often = (group & dialysis_bit) != 0 && day_of_month_ % 4 == due % 4;
    if (often || day_of_month_ == due * 4) sell(people_.person(index), SaleKind::chronic);
  }
}

void Year::sell(const MadePerson& person, SaleKind kind) {
  MadeCommand& step = ready_.emplace_back();
  step.command = sales_.make(person, kind, day_, ++number_);
  step.day = day_;
  if (Random(options_.seed, 31, number_).below(100) != 0) return;
  step.referred_to = true;
  const MessageKey& key = step.command.key;
  MadeCommand& cancel = cancels_.emplace_back();
  cancel.command.key = message_key(key.provider, "2208", day_, ++number_);
  cancel.command.made_by = "op1";
  cancel.command.action = CancelSettlement{"@" + key.msgid, People::psn_no(person.index)};
  cancel.day = day_;
}

void Year::cancel_some(std::size_t left) {
  for (; cancels_.size() > left; cancels_.pop_front()) ready_.push_back(std::move(cancels_.front()));
}

void Year::admit(const MadePerson& person) {
  Random random(options_.seed, 32, ++number_);
  Stay stay;
  stay.person = person.index;
  stay.number = number_;
  stay.maternity = !person.male && person.age >= 22 && person.age <= 38 && random.chance(5000);
  const std::uint32_t draw = random.below(1000);
  stay.severity = stay.maternity || draw < 800 ? 1 : draw < 996 ? 2 : 3;
  const Care& care = cares[stay.severity - 1];
  stay.provider = providers_.near(hospital_for(stay, random), person.index / 4);
  stay.called_off = random.chance(100);
  stay.begin = day_;
  stay.end = {day_.days + random.between(care.nights_min, care.nights_max)};
  stay.next = {std::min(day_.days + 2, stay.end.days)};
  const MadeProvider& provider = providers_.one(stay.provider);
  OpenVisit visit{
      People::psn_no(person.index), stay.maternity ? "maternity" : "inpatient", stay_number(stay), day_, {}};
  if (provider.kind == ProviderKind::away) {
    static constexpr std::string_view states[] = {"referral",  "referral", "emergency",
                                                  "temporary", "unfiled",  "resident"};
    visit.facts.push_back(text_fact("offsite", random.of(states)));
  }
  put(provider.code, "2401", std::move(visit), true);
  const std::string reference = "@" + stay_number(stay);
  const Money deposit = Money::from_fen(random.between(5, 50) * 100'00);
  const bool pays = random.chance(6000);
  if (pays) put(provider.code, "deposit", PayDeposit{reference, deposit, "cash"});
  if (stay.called_off) {
    if (pays) put(provider.code, "deposit", ReturnDeposit{reference, deposit});
    put(provider.code, "2404", CancelVisit{reference});
    return;
  }
  stays_[stay.next].push_back(stay);
  class_of_[stay.person] |= in_hospital_bit;
}

// Lines since the last upload; one upload in twenty has a line too many, which is taken out again.
void Year::go_on(Stay stay) {
  const MadeProvider& provider = providers_.one(stay.provider);
  const MadePerson person = people_.person(stay.person);
  const Care& care = cares[stay.severity - 1];
  Random random(options_.seed, 33, ++number_);
  UploadLines upload;
  upload.visit = "@" + stay_number(stay);
  const int count = random.between(care.lines_min, care.lines_max);
  upload.lines.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i)
    stay.total = stay.total + sales_.lines().add(upload.lines, random.of(care.shelves), care.quantity_max,
                                                 day_, stay.next_line++, random);
  std::string mistaken;
  if (random.chance(500)) {
    mistaken = upload.lines.back().line.id;
    stay.total = stay.total - upload.lines.back().line.amount;
  }
  const std::string reference = upload.visit;
  put(provider.code, "2301", std::move(upload));
  if (!mistaken.empty()) put(provider.code, "2302", RemoveLines{reference, {mistaken}});
  if (stay.next == stay.end) return discharge(stay, person);
  stay.next = {std::min(day_.days + (stay.severity == 3 ? 4 : 2), stay.end.days)};
  stays_[stay.next].push_back(stay);
}

void Year::discharge(const Stay& stay, const MadePerson& person) {
  const std::string reference = "@" + stay_number(stay), &code = providers_.one(stay.provider).code;
  Random random(options_.seed, 34, stay.number);
  CloseVisit close{reference, day_, {}};
  if (stay.maternity) {
    static constexpr std::string_view births[] = {"vaginal", "vaginal", "assisted", "caesarean", "caesarean"};
    close.facts.push_back(text_fact("birth", random.of(births)));
  }
  put(code, "2402", std::move(close));
  Settle settle;
  settle.psn_no = People::psn_no(stay.person);
  settle.visit = reference;
  settle.total = stay.total;
  if (const auto payer = people_.payer(person)) settle.payer = People::psn_no(*payer);
  put(code, "2304", std::move(settle));
  class_of_[stay.person] &= static_cast<std::uint16_t>(~in_hospital_bit);
}

void References::made(const MadeCommand& step, std::string_view id) {
  if (!step.referred_to) return;
  if (const auto* visit = std::get_if<OpenVisit>(&step.command.action))
    ids_["@" + visit->number] = id;
  else
    ids_["@" + step.command.key.msgid] = id;
}

bool References::resolve(Command& command) const {
  const auto put_in = [&](std::string& text) {
    if (!text.starts_with('@')) return true;
    const auto known = ids_.find(text);
    if (known == ids_.end()) return false;
    text = known->second;
    return true;
  };
  return std::visit(
      [&](auto& action) {
        if constexpr (requires { action.visit; })
          return put_in(action.visit);
        else if constexpr (requires { action.settlement; })
          return put_in(action.settlement);
        else
          return true;
      },
      command.action);
}

}  // namespace fenming
