#include "cli/answer_json.h"

#include <algorithm>

#include "base/json_out.h"
#include "cli/values.h"

namespace fenming {
namespace {

class AnswerWriting {
 public:
  AnswerWriting(const Library& library, const Bill& bill, const BoundBill& bound,
                const Assessment& assessment, int indent)
      : region_(library.region), bill_(bill), bound_(bound), a_(assessment), out_(indent) {}
  std::string write();

 private:
  void amount(std::string_view name, std::int64_t fen) { out_.field(name, fen_text(fen)); }
  void write_policy(const PartResult& part);
  void write_parts();
  void write_amounts();
  void write_funds();
  void write_lines();
  void write_layers();
  void write_layer(std::size_t part, const LayerPlan& plan, const LayerAmounts& layer);
  void write_accumulators();
  bool was_read(const BoundRow& row, const std::vector<std::int64_t>& key) const;
  bool key_known(std::uint32_t group) const;
  void write_row(std::uint32_t number, const std::vector<std::int64_t>& key,
                 const std::vector<std::int64_t>& values);

  const Region& region_;
  const Bill& bill_;
  const BoundBill& bound_;
  const Assessment& a_;
  JsonOut out_;
};

std::string AnswerWriting::write() {
  out_.open_object().field("bill", bill_.id).field("region", region_.code).key("policy");
  if (a_.part_count == 0)
    out_.null();
  else
    write_policy(a_.parts[0]);
  if (a_.part_count > 1) write_parts();
  write_amounts();
  write_funds();
  write_lines();
  write_layers();
  write_accumulators();
  return out_.close_object().take();
}

void AnswerWriting::write_policy(const PartResult& part) {
  if (part.version == nullptr) {
    out_.null();
    return;
  }
  const PolicyVersion& version = *part.version;
  out_.open_object()
      .field("name", version.policy)
      .field("file", version.file)
      .field("digest", version.digest);
  out_.key("in_force").open_object();
  if (version.in_force_from > date_min) out_.field("from", to_text(version.in_force_from));
  if (version.in_force_to < date_max) out_.field("to", to_text(version.in_force_to));
  out_.close_object().key("known");
  if (version.known > date_min)
    out_.text(to_text(version.known));
  else
    out_.null();
  out_.close_object();
}

void AnswerWriting::write_parts() {
  out_.key("parts").open_array();
  for (std::size_t i = 0; i < a_.part_count; ++i) {
    out_.open_object()
        .field("from", to_text(a_.parts[i].from))
        .field("to", to_text(a_.parts[i].to))
        .key("policy");
    write_policy(a_.parts[i]);
    out_.close_object();
  }
  out_.close_array();
}

void AnswerWriting::write_amounts() {
  const NationalAmounts national = national_amounts(region_, a_);
  amount("medfee_sumamt", a_.total);
  amount("fulamt_ownpay_amt", a_.out);
  amount("overlmt_selfpay", a_.over);
  amount("preselfpay_amt", a_.prepay);
  amount("inscp_scp_amt", a_.in_scope);
  amount("act_pay_dedc", a_.deductible);
  for (std::size_t i = 0; i < fund_fields.size(); ++i) amount(fund_fields[i], national.funds[i]);
  amount("fund_pay_sumamt", national.fund_sum);
  amount("psn_part_amt", national.person());
  amount("acct_pay", national.account);
  amount("acct_mulaid_pay", national.family);
  amount("psn_cash_pay", national.cash);
  amount("hosp_part_amt", national.provider);
}

void AnswerWriting::write_funds() {
  out_.key("funds").open_array();
  for (std::size_t i = 0; i < region_.funds.size() && i < a_.funds.size(); ++i) {
    const Fund& fund = region_.funds[i];
    out_.open_object().field("fund", fund.name).field("field", national_field(fund));
    if (!fund.labels.zh.empty()) out_.field("zh", fund.labels.zh);
    if (!fund.labels.en.empty()) out_.field("en", fund.labels.en);
    amount("amount", a_.funds[i]);
    out_.close_object();
  }
  out_.close_array();
}

void AnswerWriting::write_lines() {
  out_.key("lines").open_array();
  for (std::size_t i = 0; i < a_.lines.size() && i < bill_.lines.size(); ++i) {
    const LineShares& line = a_.lines[i];
    out_.open_object().field("id", bill_.lines[i].id);
    amount("det_item_fee_sumamt", line.amount);
    amount("fulamt_ownpay_amt", line.out);
    amount("overlmt_amt", line.over);
    amount("preselfpay_amt", line.prepay);
    amount("inscp_scp_amt", line.in);
    out_.close_object();
  }
  out_.close_array();
}

void AnswerWriting::write_layer(std::size_t part, const LayerPlan& plan, const LayerAmounts& layer) {
  out_.open_object().field("layer", plan.name).field("part", static_cast<std::int64_t>(part));
  out_.field("fund", region_.funds.at(plan.fund).name);
  if (!plan.labels.zh.empty()) out_.field("zh", plan.labels.zh);
  if (!plan.labels.en.empty()) out_.field("en", plan.labels.en);
  if (!plan.article.empty()) out_.field("article", plan.article);
  out_.key("applies").boolean(layer.applies);
  amount("base", layer.base);
  amount("over", layer.over);
  amount("deductible", layer.deductible);
  amount("covered", layer.covered);
  amount("after", layer.after);
  amount("paid", layer.paid);
  amount("consumed", layer.consumed);
  amount("cut", layer.cut);
  out_.close_object();
}

void AnswerWriting::write_layers() {
  out_.key("layers").open_array();
  for (std::size_t part = 0; part < a_.part_count; ++part) {
    const Plan* plan = a_.parts[part].plan;
    if (plan == nullptr) continue;
    for (std::size_t i = 0; i < plan->layers.size(); ++i)
      write_layer(part, plan->layers[i], a_.parts[part].layers[i]);
  }
  out_.close_array();
}

// After the bill, in the form that the next bill takes; rows that its policy did not read go on as they came.
void AnswerWriting::write_accumulators() {
  out_.key("accumulators").open_array();
  for (const BoundRow& row : bound_.rows) {
    const std::vector<std::int64_t> key =
        row.first_part ? first_part_key(region_, bound_, a_, row.group) : row.key;
    if (was_read(row, key) || (row.first_part && !key_known(row.group))) continue;
    write_row(row.group, key, row.values);
  }
  for (std::size_t r = 0; r < a_.row_count; ++r)
    write_row(a_.rows[r].group, a_.rows[r].key, a_.rows[r].after);
  out_.close_array();
}

bool AnswerWriting::was_read(const BoundRow& row, const std::vector<std::int64_t>& key) const {
  const auto end = a_.rows.begin() + static_cast<std::ptrdiff_t>(a_.row_count);
  return std::any_of(a_.rows.begin(), end, [&](const AccumulatorResult& read) {
    return read.group == row.group && (row.first_part || read.key == key);
  });
}

// A short row of a person or visit that the bill does not name belongs to nobody.
bool AnswerWriting::key_known(std::uint32_t group) const {
  return std::ranges::all_of(region_.groups.at(group).key, [&](std::uint32_t reg) {
    return reg >= region_.facts.size() || bound_.fact_given[reg] != 0;
  });
}

void AnswerWriting::write_row(std::uint32_t number, const std::vector<std::int64_t>& key,
                              const std::vector<std::int64_t>& values) {
  const Group& group = region_.groups.at(number);
  out_.open_object().field("group", group.name).key("key").open_object();
  for (std::size_t i = 0; i < group.key.size(); ++i) {
    const KeyPart part = key_part(region_, group.key[i]);
    out_.key(part.name);
    if (part.type == Type::id)
      out_.text(key_text(region_, bill_, bound_, group.key[i], key[i]));
    else
      write_value(out_, region_, part.type, part.domain, key[i]);
  }
  out_.close_object().key("values").open_object();
  for (std::size_t i = 0; i < group.members.size(); ++i)
    write_value(out_.key(group.members[i].name), region_, group.members[i].type, 0, values[i]);
  out_.close_object().close_object();
}

}  // namespace

std::string_view national_field(const Fund& fund) {
  switch (fund.role) {
    case FundRole::account: return "acct_pay";
    case FundRole::family: return "acct_mulaid_pay";
    case FundRole::provider: return "hosp_part_amt";
    case FundRole::fund: break;
  }
  return std::ranges::find(fund_fields, fund.field) == fund_fields.end() ? fund_fields.back()
                                                                         : std::string_view(fund.field);
}

NationalAmounts national_amounts(const Region& region, const Assessment& assessment) {
  NationalAmounts national;
  for (std::size_t i = 0; i < region.funds.size() && i < assessment.funds.size(); ++i) {
    if (region.funds[i].role != FundRole::fund) continue;
    const auto field = std::ranges::find(fund_fields, national_field(region.funds[i]));
    national.funds[static_cast<std::size_t>(field - fund_fields.begin())] += assessment.funds[i];
  }
  const Split& split = *assessment.split;
  national.fund_sum = split.funds().fen();
  national.account = split.account().fen() + split.family().fen();
  national.family = split.family().fen();
  national.cash = split.cash().fen();
  national.provider = split.provider().fen();
  return national;
}

std::string answer_json(const Library& library, const Bill& bill, const BoundBill& bound,
                        const Assessment& assessment, int indent) {
  return AnswerWriting(library, bill, bound, assessment, indent).write();
}

}  // namespace fenming
