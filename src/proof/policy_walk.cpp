#include "proof/policy_walk.h"

#include <fmt/format.h>

#include <algorithm>

#include "proof/exact.h"
#include "proof/part_names.h"

namespace fenming {
namespace {

using Kind = ProofTree::Kind;
using Number = std::optional<Exact>;  // nothing: not known

constexpr Exact zero{};

Number less(Number a, Number b) { return a && b ? proof_sub(*a, *b) : std::nullopt; }
Number positive(Number a) { return a && a->digits < 0 ? Number(zero) : a; }

class PartWalk {
 public:
  PartWalk(const ProofScene& scene, std::size_t part, AccumulatorRows& rows, std::vector<Error>& errors)
      : scene_(scene), part_(part), rows_(rows), errors_(errors), names_(scene, part) {
    for (const auto& [group, text] : scene.library.groups())
      for (const std::string& member : text.of) refresh(group, member);
  }

  void run() {
    check_for();
    const ProofTree* steps = scene_.policy->text->find("steps");
    std::size_t next = 0;
    for (std::size_t i = 0; steps != nullptr && i < steps->items.size(); ++i) {
      const ProofTree& step = steps->items[i];
      if (const ProofTree* lets = step.find("let")) names_.let(*lets);
      if (step.find("layer") != nullptr && next < scene_.policy->layers.size())
        layer(scene_.policy->layers[next++]);
    }
  }

 private:
  void refresh(const std::string& group, const std::string& member) {
    const auto row = rows_.find(group, member, part_);
    names_.set(group + "." + member, row ? rows_.state(*row).now : std::nullopt);
  }

  // A policy for others does not apply. In a stay of several parts the calendar is that of the whole visit.
  void check_for() {
    const ProofTree* text = scene_.policy->text->find("for");
    if (text == nullptr || scene_.trace.parts.size() > 1) return;
    const auto value = names_.slot(*text, ProofType::boolean);
    if (value && !value->yes) errors_.push_back({Code::trace_value, "/policy", "yes", {"no"}});
  }

  // The number of the row in a list, by name and part; both lists were compared with the text.
  template <class Rows>
  std::optional<std::size_t> row_of(const Rows& rows, const std::string& name) const {
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (rows[i].layer == name && rows[i].part == part_) return i;
    return std::nullopt;
  }

  Number number(const ProofTree& text, std::string_view slot, ProofType type = ProofType::money) {
    const ProofTree* found = text.find(slot);
    const auto value = found == nullptr ? std::nullopt : names_.slot(*found, type);
    return value && !value->none ? Number(value->number) : std::nullopt;
  }

  void equal(std::string_view amount, Number due) {
    const auto at = std::ranges::find(proof_layer_amounts, amount) - proof_layer_amounts.begin();
    const Exact found = amounts_[static_cast<std::size_t>(at)];
    if (!due || proof_compare(found, *due) == std::strong_ordering::equal) return;
    errors_.push_back({Code::trace_value,
                       fmt::format("{}/{}", place_, amount),
                       to_text(proof_number(ProofType::money, found)),
                       {to_text(proof_number(ProofType::money, *due))}});
  }
  Exact amount(std::size_t index) const { return amounts_[index]; }

  void layer(const ProofLayerText& layer) {
    const auto row = row_of(scene_.trace.layers, layer.name);
    if (!check_who(layer, row.has_value())) return;
    amounts_ = {};
    if (row) {
      place_ = fmt::format("/layers/{}", *row);
      for (std::size_t i = 0; i < amounts_.size(); ++i)
        amounts_[i] = number_of(scene_, scene_.trace.layers[*row].amounts[i]);
      equal("base", positive(number(*layer.text, "base")));
    }
    for (std::size_t i = 0; i < amounts_.size(); ++i) {
      const ProofValue value = proof_number(ProofType::money, amounts_[i]);
      names_.set(fmt::format("{}.{}", layer.name, proof_layer_amounts[i]), value);
      if (row) names_.set(std::string(proof_layer_amounts[i]), value);
    }
    if (row) {
      check_meters(*layer.text);
      check_payment(*layer.text);
      write(*layer.text);
    }
    for (const std::string_view name : proof_layer_amounts) names_.forget(name);
    names_.set("over", over_);
  }

  bool check_who(const ProofLayerText& layer, bool applies) {
    const ProofTree* who = layer.text->find("who");
    const auto value = who == nullptr ? std::nullopt : names_.slot(*who, ProofType::boolean);
    if (!value || value->yes == applies) return true;
    const auto row = row_of(scene_.trace.skipped, layer.name);
    errors_.push_back({Code::trace_value,
                       row ? fmt::format("/skipped/{}/who", *row) : "/layers/" + layer.name,
                       applies ? "yes" : "no",
                       {to_text(*value)}});
    return false;
  }

  // ---- meters
  // The least of x and what each meter leaves.
  Number take(Number x, const ProofTree* meters) {
    if (meters == nullptr || !x) return x;
    if (meters->kind == Kind::list) {
      for (const ProofTree& meter : meters->items) x = take(x, &meter);
      return x;
    }
    const ProofTree* limit_text = meters->find("limit");
    const auto limit = names_.slot(limit_text == nullptr ? *meters : *limit_text, ProofType::money);
    if (!limit) return std::nullopt;
    if (limit->none) return x;
    Number room = limit->number;
    if (limit_text != nullptr && meters->find("used") != nullptr) room = less(room, number(*meters, "used"));
    room = positive(room);
    const auto order = room ? proof_compare(*room, *x) : std::nullopt;
    return order ? (*order < 0 ? room : x) : std::nullopt;
  }

  void check_meters(const ProofTree& text) {
    const Number entered = take(amount(0), text.find("limit"));
    equal("over", less(amount(0), entered));
    if (text.find("deductible") == nullptr)
      equal("deductible", zero);
    else
      equal("deductible", take(less(amount(0), amount(1)), text.find("deductible")));
  }

  // ---- bands
  Number rounded(Number number) const {
    return number ? proof_round(*number, {1, 2}, scene_.library.rounding()) : std::nullopt;
  }

  void check_payment(const ProofTree& text) {
    Number left = names_known("left");
    if (text.find("bands") != nullptr || text.find("ratio") != nullptr) {
      const Number full = earned(text);
      const Number after = text.find("after") == nullptr || (full && full->digits < 0)
                               ? Number(zero)
                               : rounded(take(full, text.find("after")));
      equal("after", after);
      const Number want = positive(rounded(less(full, after)));
      const Number capped = take(want, text.find("cap"));
      const auto order = capped && left ? proof_compare(*capped, *left) : std::nullopt;
      if (order) equal("paid", *order < 0 ? capped : left);
      equal("cut", less(want, amount(5)));
      left = less(left, amount(5));
    }
    std::optional<ProofValue> value;
    if (left) value = proof_number(ProofType::money, *left);
    names_.set("left", value);
  }
  Number names_known(std::string_view name) {
    const auto value = names_.name(name);
    return value && !value->none ? Number(value->number) : std::nullopt;
  }

  Number earned(const ProofTree& text) {
    const ProofTree* bands = text.find("bands");
    if (bands != nullptr && bands->kind != Kind::list) return std::nullopt;  // chosen as a whole
    const Number at = text.find("at") == nullptr ? Number(zero) : number(text, "at");
    Number full = at ? Number(zero) : std::nullopt, low = zero;
    const std::size_t count = bands == nullptr ? 1 : bands->items.size();
    for (std::size_t i = 0; i < count && full; ++i) {
      const ProofTree& band = bands == nullptr ? text : bands->items[i];
      const bool last = bands == nullptr || band.find("to") == nullptr;
      Number high = last ? std::nullopt : number(band, "to");
      if (!last && !high) return std::nullopt;
      if (high && proof_compare(*high, *low) == std::strong_ordering::less) high = low;
      full = plus(*full, share(*at, low, high), band, text);
      low = high;
    }
    return full;
  }

  // The length of [at, at + covered] within [low, high]; no high: without end.
  Number share(Exact at, Number low, Number high) const {
    Number end = proof_add(at, amount(3));
    if (!end || !low) return std::nullopt;
    if (high && proof_compare(*high, *end) == std::strong_ordering::less) end = high;
    const Exact begin = proof_compare(at, *low) == std::strong_ordering::less ? *low : at;
    return positive(proof_sub(*end, begin));
  }

  Number plus(Exact full, Number share, const ProofTree& band, const ProofTree& text) {
    if (!share) return std::nullopt;
    if (share->digits == 0) return full;
    Number ratio = number(band, "ratio", ProofType::ratio);
    if (!ratio) return std::nullopt;
    if (text.find("adjust") != nullptr) {
      names_.set("ratio", proof_number(ProofType::ratio, *ratio));
      ratio = number(text, "adjust", ProofType::ratio);
      names_.forget("ratio");
    }
    const Number earned = ratio ? proof_mul(*share, *ratio) : std::nullopt;
    return earned ? proof_add(full, *earned) : std::nullopt;
  }

  // ---- accumulators
  void write(const ProofTree& text) {
    const ProofTree* add = text.find("add");
    for (std::size_t i = 0; add != nullptr && i < add->keys.size(); ++i) {
      const std::string& name = add->keys[i];
      const std::size_t dot = std::min(name.find('.'), name.size() - 1);
      const std::string group = name.substr(0, dot), member = name.substr(dot + 1);
      const auto row = rows_.find(group, member, part_);
      if (!row) continue;
      AccumulatorRows::State& state = rows_.state(*row);
      ++state.writes;
      const auto more = state.now ? names_.slot(add->items[i], state.now->type) : std::nullopt;
      const Number sum = more && !more->none ? proof_add(state.now->number, more->number) : std::nullopt;
      if (sum)
        state.now->number = *sum;
      else
        state.now.reset();
      refresh(group, member);
    }
  }

  const ProofScene& scene_;
  std::size_t part_;
  AccumulatorRows& rows_;
  std::vector<Error>& errors_;
  PartNames names_;
  std::optional<ProofValue> over_ = names_.name("over");  // of the lines; a layer has one of its own
  std::string place_;
  std::array<Exact, proof_layer_amounts.size()> amounts_{};
};

}  // namespace

void walk_policy(const ProofScene& scene, std::size_t part, AccumulatorRows& rows,
                 std::vector<Error>& errors) {
  PartWalk(scene, part, rows, errors).run();
}

}  // namespace fenming
