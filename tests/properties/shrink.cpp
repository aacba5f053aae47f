#include "properties/shrink.h"

#include <algorithm>
#include <iterator>

namespace fenming::properties {
namespace {

constexpr int tries_max = 2'000;

class Shrinker {
 public:
  Shrinker(Bill bill, const std::function<bool(const Bill&)>& fails)
      : bill_(std::move(bill)), fails_(fails) {}

  Bill run() {
    bill_.total = std::nullopt;
    if (!fails_(bill_)) return bill_;
    bool smaller = true;
    while (smaller && tries_ < tries_max) {
      const bool done[] = {lines(), list(&Bill::accumulators), list(&Bill::facts), columns(), amounts()};
      smaller = std::ranges::find(done, true) != std::end(done);
    }
    return bill_;
  }

 private:
  bool keep_if_failing(Bill smaller) {
    if (++tries_ > tries_max || !fails_(smaller)) return false;
    bill_ = std::move(smaller);
    return true;
  }

  bool lines() {
    bool any = false;
    for (std::size_t i = bill_.lines.size(); i-- > 0;) {
      if (i >= bill_.lines.size()) continue;
      Bill smaller = bill_;
      const std::string id = smaller.lines[i].id;
      std::erase_if(smaller.lines,
                    [&](const BillLine& line) { return line.id == id || line.refund_of == id; });
      any |= keep_if_failing(std::move(smaller));
    }
    return any;
  }

  template <class List>
  bool list(List Bill::* member) {
    bool any = false;
    for (std::size_t i = (bill_.*member).size(); i-- > 0;) {
      Bill smaller = bill_;
      (smaller.*member).erase((smaller.*member).begin() + static_cast<std::ptrdiff_t>(i));
      any |= keep_if_failing(std::move(smaller));
    }
    return any;
  }

  bool columns() {
    bool any = false;
    for (std::size_t i = 0; i < bill_.lines.size(); ++i) {
      if (bill_.lines[i].columns.empty()) continue;
      Bill smaller = bill_;
      smaller.lines[i].columns.pop_back();
      any |= keep_if_failing(std::move(smaller));
    }
    return any;
  }

  // Down to round numbers of yuan, then to half.
  bool amounts() {
    bool any = false;
    for (std::size_t i = 0; i < bill_.lines.size(); ++i)
      for (const std::int64_t unit : {100'000, 10'000, 100}) {
        const std::int64_t fen = bill_.lines[i].amount.fen();
        if (fen % unit == 0) continue;
        Bill smaller = bill_;
        smaller.lines[i].amount = Money::from_fen(fen / unit * unit);
        smaller.lines[i].quantity = smaller.lines[i].price = std::nullopt;
        any |= keep_if_failing(std::move(smaller));
      }
    return any;
  }

  Bill bill_;
  const std::function<bool(const Bill&)>& fails_;
  int tries_ = 0;
};

}  // namespace

Bill shrunk(Bill bill, const std::function<bool(const Bill&)>& fails) {
  return Shrinker(std::move(bill), fails).run();
}

}  // namespace fenming::properties
