#include "proof/totals.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "proof/claims.h"
#include "proof/exact.h"

namespace fenming {
namespace {

using Kind = ProofTree::Kind;

constexpr std::array<std::string_view, 8> fund_fields = {"hifp_pay",  "cvlserv_pay", "hifes_pay", "hifmi_pay",
                                                         "hifob_pay", "hifdm_pay",   "maf_pay",   "oth_pay"};
constexpr std::array<std::string_view, 12> other_fields = {
    "medfee_sumamt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt",
    "inscp_scp_amt", "act_pay_dedc",      "fund_pay_sumamt", "psn_part_amt",
    "acct_pay",      "acct_mulaid_pay",   "psn_cash_pay",    "hosp_part_amt"};

constexpr Wide fen_max =
    Wide{money_fen_max} * 1'000'000;  // of one amount: sums of a million of them stay in 128 bits

class Totals {
 public:
  Totals(const ProofScene& scene, std::vector<Error>& errors) : scene_(scene), errors_(errors) {}

  void check() {
    read_outputs();
    if (!complete_) return;
    check_header();
    check_lines();
    check_line_sums();
    check_line_origins();
    check_layers();
  }

 private:
  // Of a node that must be a whole number of fen; null is 0.
  Wide fen(int number, const std::string& place) {
    if (number == no_node) return 0;
    const auto amount = whole_fen(scene_.node(number).value);
    if (!amount) errors_.push_back({Code::trace_amount, place, to_text(scene_.node(number).value), {}});
    return amount.value_or(0);
  }
  void equal(std::string place, std::string_view what, Wide found, Wide expected) {
    if (found != expected)
      errors_.push_back({Code::trace_identity,
                         std::move(place),
                         yuan_text(found),
                         {std::string(what), yuan_text(expected)}});
  }
  void at_least(std::string place, Wide found, Wide least) {
    if (found < least)
      errors_.push_back({Code::trace_negative, std::move(place), yuan_text(found), {yuan_text(least)}});
  }
  Wide out(std::string_view name) const { return outputs_.find(name)->second; }

  void read_outputs() {
    const auto known = [](std::string_view name) {
      return std::ranges::find(fund_fields, name) != fund_fields.end() ||
             std::ranges::find(other_fields, name) != other_fields.end();
    };
    for (const auto& [name, number] : scene_.trace.outputs) {
      if (!known(name))
        errors_.push_back({Code::trace_output_unknown, "/outputs/" + pointer_part(name), name, {}});
      outputs_[name] = fen(number, "/outputs/" + pointer_part(name));
    }
    const auto missing = [&](std::string_view name) {
      if (outputs_.contains(name)) return;
      complete_ = false;
      errors_.push_back({Code::trace_output_missing, "/outputs", "", {std::string(name)}});
    };
    std::ranges::for_each(fund_fields, missing);
    std::ranges::for_each(other_fields, missing);
  }

  void check_header() {
    Wide funds = 0;
    for (const std::string_view field : fund_fields) funds += out(field);
    equal("/outputs/fund_pay_sumamt", "sum of the funds", out("fund_pay_sumamt"), funds);
    equal("/outputs/psn_part_amt", "acct_pay + psn_cash_pay", out("psn_part_amt"),
          out("acct_pay") + out("psn_cash_pay"));
    equal("/outputs/medfee_sumamt", "funds + account + cash + provider", out("medfee_sumamt"),
          funds + out("acct_pay") + out("psn_cash_pay") + out("hosp_part_amt"));
    at_least("/outputs/acct_pay", out("acct_pay"), out("acct_mulaid_pay"));
    for (const auto& [name, amount] : outputs_)
      if (name != "hosp_part_amt") at_least("/outputs/" + name, amount, 0);
    const ProofTree* total = scene_.bill.json->find("total");
    const auto stated = total == nullptr ? std::nullopt : bill_value(ProofType::money, *total);
    if (stated && whole_fen(*stated))
      equal("/outputs/medfee_sumamt", "total of the bill", out("medfee_sumamt"), *whole_fen(*stated));
  }

  void check_lines() {
    std::map<std::string, const ProofBillLine*> open;
    Wide total = 0, over = 0, out_of = 0, pre = 0, in = 0;
    for (const ProofBillLine& line : scene_.bill.lines) open[line.id] = &line;
    for (std::size_t i = 0; i < scene_.trace.lines.size(); ++i) {
      const ProofLine& row = scene_.trace.lines[i];
      const std::string place = fmt::format("/lines/{}", i);
      const auto line = open.find(row.id);
      if (line == open.end()) {
        errors_.push_back({Code::trace_line_row, place + "/id", row.id, {}});
        continue;
      }
      const Wide amount = whole_fen(proof_number(ProofType::money, line->second->amount)).value_or(fen_max);
      equal(place + "/amount", "amount of the line", fen(row.amount, place + "/amount"), amount);
      const Wide parts[] = {fen(row.over, place + "/over"), fen(row.out, place + "/out"),
                            fen(row.pre, place + "/pre"), fen(row.in, place + "/in")};
      equal(place, "amount of the line", parts[0] + parts[1] + parts[2] + parts[3], amount);
      total += amount;
      over += parts[0];
      out_of += parts[1];
      pre += parts[2];
      in += parts[3];
      open.erase(line);
    }
    for (const auto& [id, line] : open) errors_.push_back({Code::trace_line_missing, "/lines", id, {}});
    equal("/outputs/overlmt_selfpay", "sum of the lines", out("overlmt_selfpay"), over);
    equal("/outputs/fulamt_ownpay_amt", "sum of the lines", out("fulamt_ownpay_amt"), out_of);
    equal("/outputs/preselfpay_amt", "sum of the lines", out("preselfpay_amt"), pre);
    equal("/outputs/inscp_scp_amt", "sum of the lines", out("inscp_scp_amt"), in);
    // Without lines the policy itself says what the bill costs (calculus, section 2).
    if (!scene_.bill.lines.empty())
      equal("/outputs/medfee_sumamt", "sum of the lines", out("medfee_sumamt"), total);
  }

  // The sums are those of the very nodes that the lines show, so that nothing moves from one line to another. What is
  // in scope is the rest of each line.
  void check_line_sums() {
    constexpr std::array<std::pair<std::string_view, int ProofLine::*>, 4> sums = {
        {{"medfee_sumamt", &ProofLine::amount},
         {"overlmt_selfpay", &ProofLine::over},
         {"fulamt_ownpay_amt", &ProofLine::out},
         {"preselfpay_amt", &ProofLine::pre}}};
    if (scene_.trace.lines.empty()) return;
    for (const auto& [output, share] : sums) {
      std::multiset<int> open;
      for (const ProofLine& line : scene_.trace.lines)
        if (!is_nothing(scene_, line.*share)) open.insert(origin_number(scene_, line.*share));
      const auto found = std::ranges::find(scene_.trace.outputs, output, &std::pair<std::string, int>::first);
      if (!uses_up(found->second, open) || !open.empty())
        errors_.push_back(
            {Code::trace_lines_derived, fmt::format("/outputs/{}", output), std::string(output), {}});
    }
  }

  // What a line shows is computed from its own amount, or that of the line it takes back: from no other line.
  void check_line_origins() {
    constexpr int of_none = -1, of_several = -2;
    const auto original = [&](const ProofBillLine* line) {
      const auto index = static_cast<int>(line - scene_.bill.lines.data());
      return line->refund_of < 0 ? index : line->refund_of;
    };
    std::vector<int> origins;  // of each node: the line whose amount it reads
    for (const ProofNode& node : scene_.trace.nodes) {
      const std::string_view at = text_field(*node.json, "at");
      const ProofBillLine* line =
          node.op == ProofOp::bill && at.ends_with("/amount") ? scene_.bill.line_at(at) : nullptr;
      int origin = line == nullptr ? of_none : original(line);
      for (const int argument : node.args) {
        const int other = argument == no_node ? of_none : origins[static_cast<std::size_t>(argument)];
        if (other != of_none) origin = origin == of_none || origin == other ? other : of_several;
      }
      origins.push_back(origin);
    }
    for (std::size_t i = 0; i < scene_.trace.lines.size(); ++i) {
      const ProofLine& row = scene_.trace.lines[i];
      const auto line = std::ranges::find(scene_.bill.lines, row.id, &ProofBillLine::id);
      for (const int share : {row.amount, row.over, row.out, row.pre, row.in})
        if (line != scene_.bill.lines.end() && !is_nothing(scene_, share) &&
            origins[static_cast<std::size_t>(share)] != original(&*line))
          errors_.push_back({Code::trace_net, fmt::format("/lines/{}", i), row.id, {}});
    }
  }

  // Takes the nodes that a sum adds out of `open`. Sums of many lines are chains: no recursion along them.
  bool uses_up(int number, std::multiset<int>& open) const {
    std::vector<int> stack{number};
    while (!stack.empty()) {
      const int here = origin_number(scene_, stack.back());
      stack.pop_back();
      if (is_nothing(scene_, here)) continue;
      if (const auto line = open.find(here); line != open.end()) {
        open.erase(line);
        continue;
      }
      const ProofNode& node = scene_.node(here);
      if (node.op != ProofOp::add && node.op != ProofOp::sum) return false;
      stack.insert(stack.end(), node.args.begin(), node.args.end());
    }
    return true;
  }

  void check_layers() {
    std::map<std::string, Wide, std::less<>> paid;
    std::set<std::size_t> done;  // parts whose deductible is known
    Wide deducted = 0;
    for (std::size_t i = 0; i < scene_.trace.layers.size(); ++i) {
      const ProofLayer& layer = scene_.trace.layers[i];
      std::array<Wide, proof_layer_amounts.size()> fens{};
      for (std::size_t k = 0; k < fens.size(); ++k)
        fens[k] = fen(layer.amounts[k], fmt::format("/layers/{}/{}", i, proof_layer_amounts[k]));
      const Wide base = fens[0], over = fens[1], deductible = fens[2], covered = fens[3], consumed = fens[6];
      const std::string place = fmt::format("/layers/{}", i);
      equal(place + "/covered", "base - over - deductible", covered, base - over - deductible);
      for (std::size_t k = 0; k < fens.size(); ++k)
        at_least(fmt::format("{}/{}", place, proof_layer_amounts[k]), fens[k], 0);
      at_least(place + "/covered", covered, consumed);
      const ProofLayerText* text = layer_text(scene_, layer.layer);
      if (text != nullptr && text->has("deductible") && done.insert(layer.part).second)
        deducted += deductible;
      paid[scene_.library.fund_field(layer.fund)] += fens[5];
      if (layer.fund == "family") paid["acct_mulaid_pay"] += fens[5];
    }
    equal("/outputs/act_pay_dedc", "deductible of the first layer that has one", out("act_pay_dedc"),
          deducted);
    for (const std::string_view field : fund_fields)
      equal(fmt::format("/outputs/{}", field), "paid by its layers", out(field), paid[std::string(field)]);
    equal("/outputs/acct_pay", "paid by its layers", out("acct_pay"), paid["acct_pay"]);
    equal("/outputs/acct_mulaid_pay", "paid by its layers", out("acct_mulaid_pay"), paid["acct_mulaid_pay"]);
  }

  const ProofScene& scene_;
  std::vector<Error>& errors_;
  std::map<std::string, Wide, std::less<>> outputs_;
  bool complete_ = true;
};

}  // namespace

std::optional<Wide> whole_fen(const ProofValue& value) {
  const Exact number = proof_normal(value.number);
  if (value.type != ProofType::money || value.none || number.places > 2) return std::nullopt;
  if (number.digits > fen_max || number.digits < -fen_max) return std::nullopt;
  return number.digits * power_of_ten(2 - number.places);
}

std::string yuan_text(Wide fen) { return to_text(Exact{fen, 2}, 2); }

void check_totals(const ProofScene& scene, std::vector<Error>& errors) { Totals(scene, errors).check(); }

void check_reach(const ProofScene& scene, std::vector<Error>& errors) {
  const std::vector<ProofNode>& nodes = scene.trace.nodes;
  std::vector<bool> reached(nodes.size());
  for (const auto& [name, number] : scene.trace.outputs)
    if (number != no_node) reached[static_cast<std::size_t>(number)] = true;
  std::set<const ProofBillLine*> found;
  for (std::size_t i = nodes.size();
       i-- > 0;) {  // arguments have smaller numbers: once down the list is enough
    if (!reached[i]) continue;
    for (const int argument : nodes[i].args)
      if (argument != no_node) reached[static_cast<std::size_t>(argument)] = true;
    const std::string_view at = text_field(*nodes[i].json, "at");
    if (nodes[i].op == ProofOp::bill && at.ends_with("/amount")) found.insert(scene.bill.line_at(at));
  }
  for (std::size_t i = 0; i < scene.bill.lines.size(); ++i)
    if (!found.contains(&scene.bill.lines[i]))
      errors.push_back(
          {Code::trace_line_unreached, fmt::format("/bill/lines/{}", i), scene.bill.lines[i].id, {}});
}

}  // namespace fenming
