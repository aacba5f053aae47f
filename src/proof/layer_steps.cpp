// One layer from base to paid. The amounts of a layer are no loose nodes: each must be the operation of section 5
// over the one before, so that none of them can be another node of the trace.
#include <fmt/format.h>

#include <algorithm>

#include "proof/claims.h"
#include "proof/exact.h"

namespace fenming {
namespace {

class LayerSteps {
 public:
  LayerSteps(const ProofScene& scene, const ProofLayer& layer, const ProofLayerText& text)
      : scene_(scene), text_(text), layer_(layer) {}

  // The amount that does not follow, and what it should follow from; nothing when all is well.
  struct Fault {
    std::string_view amount, from;
  };
  std::optional<Fault> check() {
    if (auto fault = entered()) return fault;
    if (!text_.has("bands") && !text_.has("ratio")) return only_counts();
    if (auto fault = paid()) return fault;
    if (auto fault = earned()) return fault;
    return consumed();
  }

 private:
  static constexpr int base = 0, over = 1, deductible = 2, covered = 3, after = 4, paid_ = 5, consumed_ = 6,
                       cut = 7;
  struct Share {
    Exact length, ratio;
  };

  int node(int amount) const { return layer_.amounts[static_cast<std::size_t>(amount)]; }
  bool nothing(int number) const { return is_nothing(scene_, number); }
  bool same(int a, int b) const { return same_node(scene_, a, b); }
  const ProofNode& at(int number) const { return scene_.origin(number); }
  bool is(int number, ProofOp op) const { return number != no_node && at(number).op == op; }

  // `number` is `from`, or the least of it and of rooms.
  bool capped(int number, int from) const {
    while (!same(number, from)) {
      if (!is(number, ProofOp::min) && !is(number, ProofOp::take)) return false;
      number = at(number).args[0];
    }
    return true;
  }
  // `difference` is `from` less `part`. Equal nodes leave nothing, and nothing taken off leaves `from`.
  bool less(int difference, int from, int part) const {
    if (nothing(part)) return same(difference, from);
    if (same(from, part) && nothing(difference)) return true;
    return is(difference, ProofOp::sub) && same(at(difference).args[0], from) &&
           same(at(difference).args[1], part);
  }

  std::optional<Fault> entered() {
    if (nothing(node(base)) && nothing(node(covered))) return std::nullopt;
    int enters = node(base);
    if (!nothing(node(over))) {
      if (!text_.has("limit") || !is(node(over), ProofOp::sub) || !same(at(node(over)).args[0], node(base)))
        return Fault{"over", "base"};
      enters = at(node(over)).args[1];
      if (!capped(enters, node(base))) return Fault{"over", "base"};
    }
    if (!nothing(node(deductible)) && (!text_.has("deductible") || !capped(node(deductible), enters)))
      return Fault{"deductible", "base"};
    if (!less(node(covered), enters, node(deductible))) return Fault{"covered", "base"};
    return std::nullopt;
  }

  std::optional<Fault> only_counts() const {
    for (const int amount : {after, paid_, cut})
      if (!nothing(node(amount)))
        return Fault{proof_layer_amounts[static_cast<std::size_t>(amount)], "ratio"};
    return same(node(consumed_), node(covered)) ? std::nullopt : std::optional(Fault{"consumed", "covered"});
  }

  std::optional<Fault> paid() {
    want_ = node(paid_);
    if (!nothing(node(cut))) {
      want_ = nothing(node(paid_))          ? node(cut)
              : is(node(cut), ProofOp::sub) ? at(node(cut)).args[0]
                                            : no_node;
      if (!less(node(cut), want_, node(paid_))) return Fault{"cut", "paid"};
    }
    if (!capped(node(paid_), want_)) return Fault{"paid", "cut"};
    return std::nullopt;
  }

  int unrounded(int number) const {
    return is(number, ProofOp::round) && at(number).args.size() == 1 ? at(number).args[0] : number;
  }

  // What the bands earn, with `after` taken off, is what the layer wants to pay.
  std::optional<Fault> earned() {
    int full = want_;
    if (is(full, ProofOp::positive)) full = at(full).args[0];
    full = unrounded(full);
    if (!nothing(node(after))) {
      if (!text_.has("after")) return Fault{"after", "ratio"};
      const int rest = full;
      full = nothing(rest) ? node(after) : is(rest, ProofOp::sub) ? at(rest).args[0] : no_node;
      if (!less(rest, full, node(after)) || !capped(unrounded(node(after)), full))
        return Fault{"after", "paid"};
    }
    if (!read_shares(full)) return Fault{"paid", "covered"};
    return shares_fill() ? std::nullopt : std::optional(Fault{"paid", "covered"});
  }

  // A sum of shares times ratios; each share is a stretch of what is covered.
  bool read_shares(int number) {
    if (nothing(number)) return true;
    const ProofNode& term = at(number);
    if (term.op == ProofOp::add || term.op == ProofOp::sum)
      return std::ranges::all_of(term.args, [&](int one) { return read_shares(one); });
    if (term.op != ProofOp::mul || !is_share(term.args[0])) return false;
    const ProofValue& ratio = scene_.node(term.args[1]).value;
    if (ratio.type != ProofType::ratio) return false;
    shares_.push_back({number_of(scene_, term.args[0]), ratio.number});
    const int starts = at(term.args[0]).args[0];
    if (shares_.size() == 1) at_ = starts;
    return same(starts, at_);
  }
  bool is_share(int number) const {
    return is(number, ProofOp::overlap) && same(at(number).args[1], node(covered));
  }

  // The bands leave nothing of what is covered out and count nothing twice.
  bool shares_fill() const {
    std::optional<Exact> sum = Exact{};
    for (const Share& share : shares_)
      if (sum) sum = proof_add(*sum, share.length);
    const Exact begins = number_of(scene_, at_), length = number_of(scene_, node(covered));
    const auto end = proof_add(begins, length);
    const Exact due = begins.digits >= 0 || !end ? length : end->digits > 0 ? *end : Exact{};
    // Where nothing was earned the trace does not say where the scale begins.
    if (shares_.empty()) return length.digits == 0 || text_.has("at");
    return sum && proof_compare(*sum, due) == std::strong_ordering::equal;
  }

  // What is covered below the first band: consumed before what earns anything.
  bool is_below(int number) const {
    if (!is(number, ProofOp::min)) return false;
    const int depth = at(number).args[0];
    return is(depth, ProofOp::neg) && same(at(depth).args[0], at_) && same(at(number).args[1], node(covered));
  }

  std::optional<Fault> consumed() const {
    if (number_of(scene_, node(cut)).digits == 0)
      return same(node(consumed_), node(covered)) ? std::nullopt
                                                  : std::optional(Fault{"consumed", "covered"});
    const Fault fault{"consumed", "paid"};
    int earning = node(consumed_);
    const bool begins_below = is(earning, ProofOp::add) && is_below(at(earning).args[0]);
    if (begins_below) earning = at(earning).args[1];
    if (!is(earning, ProofOp::least)) return fault;
    const ProofNode& least = at(earning);
    const int target = least.args[0];
    const bool below = number_of(scene_, at_).digits < 0 && number_of(scene_, target).digits != 0;
    if (begins_below != below) return fault;
    const bool right = nothing(node(after)) ? same(target, node(paid_))
                       : nothing(node(paid_))
                           ? same(target, node(after))
                           : is(target, ProofOp::add) && same(at(target).args[0], node(paid_)) &&
                                 same(at(target).args[1], node(after));
    if (!right || least.args.size() > 1 + 2 * shares_.size()) return fault;
    for (std::size_t i = 0; 2 + 2 * i < least.args.size(); ++i) {
      const int share = least.args[1 + 2 * i], ratio = least.args[2 + 2 * i];
      const bool band =
          proof_compare(number_of(scene_, share), shares_[i].length) == std::strong_ordering::equal &&
          proof_compare(number_of(scene_, ratio), shares_[i].ratio) == std::strong_ordering::equal;
      if (!is_share(share) || !band) return fault;
    }
    return std::nullopt;
  }

  const ProofScene& scene_;
  const ProofLayerText& text_;
  const ProofLayer& layer_;
  int want_ = no_node, at_ = no_node;
  std::vector<Share> shares_;
};

}  // namespace

int origin_number(const ProofScene& scene, int number) {
  while (number != no_node && scene.node(number).op == ProofOp::same) number = scene.node(number).args[0];
  return number;
}

bool is_nothing(const ProofScene& scene, int number) {
  const int origin = origin_number(scene, number);
  return origin == no_node || (scene.node(origin).op == ProofOp::sum && scene.node(origin).args.empty());
}

bool same_node(const ProofScene& scene, int a, int b) {
  const bool nothing = is_nothing(scene, a);
  if (nothing || is_nothing(scene, b)) return nothing && is_nothing(scene, b);
  return origin_number(scene, a) == origin_number(scene, b);
}

Exact number_of(const ProofScene& scene, int number) {
  return number == no_node ? Exact{} : scene.node(number).value.number;
}

void check_layer_steps(const ProofScene& scene, std::vector<Error>& errors) {
  for (std::size_t i = 0; i < scene.trace.layers.size(); ++i) {
    const ProofLayerText* text = layer_text(scene, scene.trace.layers[i].layer);
    if (text == nullptr) continue;
    if (const auto fault = LayerSteps(scene, scene.trace.layers[i], *text).check())
      errors.push_back({Code::trace_layer_derived,
                        fmt::format("/layers/{}/{}", i, fault->amount),
                        std::string(fault->amount),
                        {std::string(fault->from)}});
  }
}

}  // namespace fenming
