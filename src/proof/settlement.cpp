// The answer of `settle --json` beside a trace: every amount, every line, layer and accumulator of either must be the
// other's.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "proof/claims.h"
#include "proof/exact.h"
#include "proof/totals.h"

namespace fenming {
namespace {

using Kind = ProofTree::Kind;

constexpr std::size_t parts_no = ~std::size_t{0};  // of a row that says no part

class Comparison {
 public:
  Comparison(const ProofScene& scene, const ProofTree& settlement, std::vector<Error>& errors)
      : scene_(scene), answer_(settlement), errors_(errors) {}

  void run() {
    text("/bill", answer_, "bill", std::string(text_field(*scene_.bill.json, "bill")));
    policy();
    for (const auto& [name, number] : scene_.trace.outputs)
      amount("/outputs/" + pointer_part(name), answer_, name, number);
    lines();
    layers();
    accumulators();
  }

 private:
  void differ(std::string place, std::string own, std::string other) {
    errors_.push_back({Code::trace_settlement, std::move(place), std::move(own), {std::move(other)}});
  }
  void lonely(std::string_view list, std::string name) {
    errors_.push_back(
        {Code::trace_settlement_row, fmt::format("/{}", list), std::move(name), {std::string(list)}});
  }

  // A text that the answer may leave out when it is empty.
  void text(std::string place, const ProofTree& map, std::string_view key, const std::string& own) {
    const std::string_view other = text_field(map, key);
    if (other != own) differ(std::move(place), own, std::string(other));
  }

  void amount(std::string place, const ProofTree& map, std::string_view key, int number) {
    const ProofTree* field = map.find(key);
    const auto own = number == no_node ? std::optional(Wide{0}) : whole_fen(scene_.node(number).value);
    if (field == nullptr && number == no_node) return;
    const auto value = field == nullptr ? std::nullopt : bill_value(ProofType::money, *field);
    const auto settled = value ? whole_fen(*value) : std::nullopt;
    if (settled && settled == own) return;
    if (field != nullptr && field->kind == Kind::null && own == Wide{0}) return;
    differ(std::move(place), own ? yuan_text(*own) : "", field == nullptr ? "-" : field->text);
  }

  void policy() {
    const ProofTree* policy = answer_.find("policy");
    if (policy == nullptr || policy->kind != Kind::map) return lonely("policy", scene_.policy->policy);
    text("/policy", *policy, "name", scene_.policy->policy);
    text("/policy", *policy, "file", scene_.policy->file);
    text("/policy", *policy, "digest", scene_.policy->digest);
  }

  const std::vector<ProofTree>& rows(std::string_view list) const {
    static const std::vector<ProofTree> none;
    const ProofTree* found = answer_.find(list);
    return found != nullptr && found->kind == Kind::list ? found->items : none;
  }

  void lines() {
    const std::vector<ProofTree>& answered = rows("lines");
    const std::vector<ProofLine>& own = scene_.trace.lines;
    std::set<std::string_view> seen;
    for (const ProofTree& row : answered) {
      const std::string_view id = text_field(row, "id");
      const auto line = std::ranges::find(own, id, &ProofLine::id);
      if (line == own.end() || !seen.insert(id).second) {
        lonely("lines", std::string(id));
        continue;
      }
      const std::string place = fmt::format("/lines/{}/", line - own.begin());
      amount(place + "amount", row, "det_item_fee_sumamt", line->amount);
      amount(place + "out", row, "fulamt_ownpay_amt", line->out);
      amount(place + "over", row, "overlmt_amt", line->over);
      amount(place + "pre", row, "preselfpay_amt", line->pre);
      amount(place + "in", row, "inscp_scp_amt", line->in);
    }
    for (const ProofLine& line : own)
      if (!seen.contains(line.id)) lonely("lines", line.id);
  }

  void layers() {
    std::size_t on = 0, off = 0;
    for (const ProofTree& row : rows("layers")) {
      const std::string name(text_field(row, "layer"));
      const ProofTree *part = row.find("part"), *applies = row.find("applies");
      const std::size_t number =
          (part == nullptr ? std::nullopt : parse_index(part->text)).value_or(parts_no);
      const auto is_row = [&](const auto& own, std::size_t at) {
        return at < own.size() && own[at].layer == name && own[at].part == number;
      };
      if (applies != nullptr && applies->text == "false" && is_row(scene_.trace.skipped, off))
        skipped(row, off++);
      else if (applies != nullptr && applies->text == "true" && is_row(scene_.trace.layers, on))
        applied(row, on++);
      else
        return lonely("layers", name);
    }
    if (on < scene_.trace.layers.size()) lonely("layers", scene_.trace.layers[on].layer);
    if (off < scene_.trace.skipped.size()) lonely("skipped", scene_.trace.skipped[off].layer);
  }

  void applied(const ProofTree& row, std::size_t index) {
    const ProofLayer& layer = scene_.trace.layers[index];
    const std::string place = fmt::format("/layers/{}/", index);
    text(place + "fund", row, "fund", layer.fund);
    text(place + "article", row, "article", layer.article);
    for (std::size_t i = 0; i < proof_layer_amounts.size(); ++i)
      amount(place + std::string(proof_layer_amounts[i]), row, proof_layer_amounts[i], layer.amounts[i]);
  }

  void skipped(const ProofTree& row, std::size_t index) {
    const std::string place = fmt::format("/skipped/{}", index);
    const ProofLayerText* due = layer_text(scene_, scene_.trace.skipped[index].layer);
    text(place, row, "fund", due->fund);
    text(place, row, "article", due->article);
    for (const std::string_view name : proof_layer_amounts) amount(place, row, name, no_node);
  }

  static bool same_key(const ProofTree& a, const ProofTree& b) {
    return a.keys.size() == b.keys.size() && std::ranges::all_of(a.keys, [&](const std::string& key) {
             const ProofTree* other = b.find(key);
             return other != nullptr && same_entry(*a.find(key), *other);
           });
  }
  // Sets are lists in an answer and words with commas in a trace, ratios 85% and 0.85.
  static bool same_entry(const ProofTree& a, const ProofTree& b) {
    const std::string one = entry_text(a), other = entry_text(b);
    return one == other || ((one.ends_with('%') || other.ends_with('%')) && same_number(one, other));
  }
  static std::string entry_text(const ProofTree& entry) {
    if (entry.kind != ProofTree::Kind::list) return entry.text;
    std::string text;
    for (const ProofTree& item : entry.items) text += (text.empty() ? "" : ",") + item.text;
    return text;
  }

  void accumulators() {
    std::set<const ProofAccumulator*> seen;
    for (const ProofTree& row : rows("accumulators")) {
      const std::string group(text_field(row, "group"));
      const ProofTree *key = row.find("key"), *values = row.find("values");
      if (key == nullptr || values == nullptr) return lonely("accumulators", group);
      for (std::size_t i = 0; i < values->keys.size(); ++i) {
        const auto& own = scene_.trace.accumulators;
        const auto found = std::ranges::find_if(own, [&](const ProofAccumulator& one) {
          return one.group == group && one.member == values->keys[i] && same_key(*one.key, *key);
        });
        if (found == own.end() && goes_on(group, *key, values->keys[i], values->items[i])) continue;
        if (found == own.end() || !seen.insert(&*found).second)
          lonely("accumulators", group + "." + values->keys[i]);
        else
          after(*found, values->items[i], fmt::format("/accumulators/{}/after", found - own.begin()));
      }
    }
    for (const ProofAccumulator& one : scene_.trace.accumulators)
      if (!seen.contains(&one)) lonely("accumulators", one.group + "." + one.member);
  }

  // A row of the bill that the policy did not read stands in the answer as it came; a short one with the key of the bill's first part.
  bool goes_on(const std::string& group, const ProofTree& key, const std::string& member,
               const ProofTree& value) const {
    const bool read = std::ranges::find(scene_.trace.accumulators, group, &ProofAccumulator::group) !=
                      scene_.trace.accumulators.end();
    return std::ranges::any_of(scene_.rows, [&](const ProofBillRow& row) {
      if (row.group != group || (row.key == nullptr ? read : !same_key(*row.key, key))) return false;
      const ProofTree* given = row.values->find(member);
      return same_number(given == nullptr ? "0" : given->text, value.text);
    });
  }
  static bool same_number(std::string_view a, std::string_view b) {
    const auto one = number_in(a), other = number_in(b);
    return one && other && proof_compare(*one, *other) == std::strong_ordering::equal;
  }
  static std::optional<Exact> number_in(std::string_view text) {
    const bool percent = text.ends_with('%');
    auto number = parse_exact(percent ? text.substr(0, text.size() - 1) : text, 8);
    if (number && percent) number->places += 2;
    return number;
  }

  void after(const ProofAccumulator& own, const ProofTree& value, std::string place) {
    if (own.after == no_node) return differ(std::move(place), "null", value.text);
    const ProofValue& number = scene_.node(own.after).value;
    const auto other = bill_value(number.type, value);
    if (!other || !same_value(*other, number)) differ(std::move(place), to_text(number), value.text);
  }

  const ProofScene& scene_;
  const ProofTree& answer_;
  std::vector<Error>& errors_;
};

}  // namespace

void check_settlement(const ProofScene& scene, const ProofTree& settlement, std::vector<Error>& errors) {
  Comparison(scene, settlement, errors).run();
}

}  // namespace fenming
