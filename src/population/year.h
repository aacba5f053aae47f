// Year: the life of the make-believe region as Commands, one after the other: providers, persons with their statuses and accounts,
// then day by day the sales at counters and the stays in hospitals. Made when asked for; in memory stand only the stays that are
// not over and two bytes for each person. Same options, same Commands.
//
// A Command that needs an id that the node gives (of a visit, of a settlement) carries "@" and the reference instead: of a visit its
// ipt_otp_no, of a settlement the msgid of its message. `References` puts the ids in.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "population/sales.h"

namespace fenming {

struct YearOptions {
  std::uint32_t persons = 10'000;
  std::uint64_t seed = 1;
  Date from{20'089};  // 2025-01-01
  int days = 365;
  bool columns = false;  // lines say class, kind, source themselves, so that no catalogue is needed
  bool setup = true;     // providers and persons first
};

struct MadeCommand {
  Command command;
  Date day;
  bool referred_to = false;  // a later Command names what this one makes
};

struct Stay {  // a person in hospital
  std::uint32_t person = 0, provider = 0, next_line = 1;
  std::uint64_t number = 0;
  Date begin, end, next;      // next: day of the next upload, the last is `end`
  std::uint8_t severity = 1;  // 1 common, 2 heavy, 3 very expensive
  bool maternity = false, called_off = false;
  Money total;
};

class Year {
 public:
  explicit Year(const YearOptions& options);

  std::optional<MadeCommand> next();  // nothing: the year is over
  const Items& items() const { return items_; }
  const People& people() const { return people_; }
  const Providers& providers() const { return providers_; }
  const Sales& sales() const { return sales_; }

 private:
  void set_up();
  void begin_day();
  void advance_day();
  void person_today(std::uint32_t index);
  void sell(const MadePerson& person, SaleKind kind);
  void admit(const MadePerson& person);
  void go_on(Stay stay);
  void discharge(const Stay& stay, const MadePerson& person);
  void put(std::string_view provider, std::string_view infno, Action action, bool referred_to = false);
  void cancel_some(std::size_t left);

  YearOptions options_;
  People people_;
  Items items_;
  Providers providers_;
  Sales sales_;
  std::vector<std::uint16_t> class_of_;  // by person
  std::deque<MadeCommand> ready_;
  std::deque<MadeCommand> cancels_;          // of today's sales
  std::map<Date, std::vector<Stay>> stays_;  // by day of their next upload
  std::vector<Stay> today_;
  Date day_;
  int day_of_month_ = 1;
  std::uint64_t number_ = 0;  // messages so far
  std::uint32_t set_up_ = 0, scanned_ = 0, at_ = 0, stride_ = 1;
};

class References {
 public:
  void made(const MadeCommand& step, std::string_view id);  // what the node answered
  // Puts ids in place of references. False: the step that it refers to has not been answered yet.
  bool resolve(Command& command) const;

 private:
  std::unordered_map<std::string, std::string> ids_;
};

}  // namespace fenming
