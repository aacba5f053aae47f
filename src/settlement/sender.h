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

  // Waits until fewer than the bound are on their way. What `answered` did is seen by whoever waited for it.
  void send(Command command, Answered answered) {
    wait(in_flight_max_ - 1);
    in_flight_->fetch_add(1);
    desk_.submit(std::move(command),
                 [in_flight = in_flight_, answered = std::move(answered)](const Result<Outcome>& outcome) {
                   answered(outcome);
                   in_flight->fetch_sub(1);
                   in_flight->notify_one();
                 });
  }

  // Until at most so many are on their way.
  void wait(unsigned most) {
    for (unsigned there = in_flight_->load(); there > most; there = in_flight_->load())
      in_flight_->wait(there);
  }
  unsigned in_flight() const { return in_flight_->load(); }

 private:
  SettlementDesk& desk_;
  const unsigned in_flight_max_;  // at least 1
  // The last answer still wakes the one who waits when that one, and the sender, may be gone already.
  std::shared_ptr<std::atomic<unsigned>> in_flight_ = std::make_shared<std::atomic<unsigned>>(0);
};

}  // namespace fenming
