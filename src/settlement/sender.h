// Sender: many Commands on their way to a desk at once, never more than a bound; who sends waits for room, not for answers. One thread
// sends; what it hands in for the answers runs on the desk's thread, one after the other.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "settlement/desk.h"

namespace fenming {

class Sender {
 public:
  using Answered = std::function<void(const Result<Outcome>&)>;

  Sender(SettlementDesk& desk, unsigned in_flight_max) : desk_(desk), in_flight_max_(in_flight_max) {}
  ~Sender() { wait(0); }
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // When as many as the bound are on their way, waits until half of them are answered: sending and answering take long turns. What
  // `answered` did is seen by whoever waited for it.
  void send(Command command, Answered answered) {
    if (in_flight() >= in_flight_max_) wait(in_flight_max_ / 2);
    flight_->count.fetch_add(1);
    desk_.submit(std::move(command),
                 [flight = flight_, answered = std::move(answered)](const Result<Outcome>& outcome) {
                   answered(outcome);
                   const unsigned left = flight->count.fetch_sub(1) - 1;
                   if (left <= flight->wake_at.load()) flight->count.notify_one();
                 });
  }

  // Until at most so many are on their way.
  void wait(unsigned most) {
    flight_->wake_at.store(most);  // before the count is looked at: who takes it below sees this or is seen
    for (unsigned there = in_flight(); there > most; there = in_flight()) flight_->count.wait(there);
  }
  unsigned in_flight() const { return flight_->count.load(); }

 private:
  SettlementDesk& desk_;
  const unsigned in_flight_max_;  // at least 1
  struct Flight {
    std::atomic<unsigned> count = 0, wake_at = 0;
  };
  // The last answer still wakes the one who waits when that one, and the sender, may be gone already.
  std::shared_ptr<Flight> flight_ = std::make_shared<Flight>();
};

}  // namespace fenming
