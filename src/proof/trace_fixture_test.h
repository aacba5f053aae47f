// A small library and a trace over it, both written by hand: a stay with a refund, an item outside the scope,
// a deductible by number of stays, two bands, a yearly cap that cuts, and the account. Tests change one thing
// and look at what the verifier says.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "proof/proof.h"

namespace fenming::proof_test {

inline const std::string region_yaml = R"(region: 990100
calendar: {year_starts: '07-01', by: discharge}
facts:
  level: [L1, L2, L3]
  disease: [epilepsy, asthma, copd]
  diseases: set of disease
  age: {type: int 0..120, default: 40}
  account: money
  away: bool
keep: {year: {per: [year], of: {stays: int, pooled: money, rest: money}}}
funds: {basic: {field: hifp_pay}, aid: {field: maf_pay}}
line_facts: {item: [XA01, XB02]}
lines:
  prepay: {by: class, B: 10%, else: 0%}
tables:
  yearly: {type: money, by: [disease], epilepsy: 3000, "asthma, copd": 2000}
  first: {type: ratio, by: [level, away], L3: {yes: 60%, no: 70%}, else: 80%}
  nights: {type: money, by: days, 0..3: 100, 4..7: 200, above 7: 300}
  costs: {type: money, by: amount, ..999.99: none, "1000元": 1, "1000.01..": 2}
  twice: {type: money, by: days, 0..9: 100, 9..: 200}
  lent: {type: money, by: level, L1: 1, L2: 2, L3: 3}
  fee: {type: money, since: {2023-01-01: 10, 2023-06-01: 20, 2024-07-01: 30}}
  late: {type: money, since: {else: {since: {2023-01-01: 40, 2023-09-01: 50}}, 2023-08-01: {since: {2023-01-01: 10}}}}
  dated: {type: money, by: level, L3: {since: {2023-06-01: 20, 2023-08-01: 30}}, else: {since: {2023-01-01: 20}}}
  turned: {type: money, since: {2023-01-01: {by: level, L3: 10, else: 20}, 2023-08-01: {by: level, L3: 30, else: 40}}}
  plans: {by: level, L3: [{to: 500, ratio: 50%}, {ratio: 55%}], else: [{ratio: 45%}]}
)";
inline const std::string residents_yaml = R"y(policy: residents
in_force: 2023-01-01..2023-12-31
steps:
  - layer: basic
    base: eligible
    deductible: {by: year.stays, 0: 1300, 1..: 650}
    bands: [{to: 30000, ratio: {by: level, L3: 85%, else: 90%}}, {ratio: 95%}]
    cap: {limit: 100000, used: year.pooled}
    article: Article 9
    add: {year.pooled: paid, year.stays: 1}
  - layer: aid
    who: "level == 'L1' and 分层 < min(1300元, 0.5%) and yes"
    at: "round(total, 10元, down)"
    limit: "min(lent[ level ], lent[if away then 'L1' else level])"
  - {layer: account, base: left, ratio: 100%, cap: account}
)y";

inline constexpr int null_arg = -1;

struct TestNode {
  std::string op;
  std::vector<int> args;
  std::string type, value, extra;  // extra: further fields, as JSON, beginning with a comma
};

struct TestTrace {
  std::string bill, files, parts = R"({"from":"2023-05-28","to":"2023-07-02"})", region = "990100",
                           policy = "residents";
  std::vector<TestNode> nodes;
  std::vector<std::pair<std::string, int>> outputs;
  std::string lines, layers, accumulators, skipped;

  int add(TestNode node) {
    nodes.push_back(std::move(node));
    return static_cast<int>(nodes.size()) - 1;
  }
  int op(std::string name, std::vector<int> args, std::string type, std::string value,
         std::string extra = "") {
    return add({std::move(name), std::move(args), std::move(type), std::move(value), std::move(extra)});
  }
  int of_bill(const std::string& at, std::string type, std::string value) {
    return op("bill", {}, std::move(type), std::move(value), fmt::format(R"(,"at":"{}")", at));
  }
  int cell(const std::string& file, const std::string& path, std::string type, std::string value,
           const std::string& chars = "") {
    const std::string part = chars.empty() ? "" : R"(,"chars":)" + chars;
    return op("cell", {}, std::move(type), std::move(value),
              fmt::format(R"(,"file":"{}","path":"{}"{})", file, path, part));
  }
  int& output(const std::string& name) {
    return std::ranges::find(outputs, name, &std::pair<std::string, int>::first)->second;
  }

  static std::string index(int number) { return number == null_arg ? "null" : fmt::format("{}", number); }
  static std::string render(const TestNode& node) {
    std::vector<std::string> args;
    for (const int arg : node.args) args.push_back(index(arg));
    return fmt::format(R"({{"op":"{}","args":[{}],"type":"{}","value":"{}"{}}})", node.op,
                       fmt::join(args, ","), node.type, node.value, node.extra);
  }
  std::string json() const {
    std::vector<std::string> rendered, results;
    for (const TestNode& node : nodes) rendered.push_back(render(node));
    for (const auto& [name, number] : outputs)
      results.push_back(fmt::format(R"("{}":{})", name, index(number)));
    return fmt::format(
        R"({{"fenming_trace":1,"engine":"1","region":"{}","policy":"{}","files":[{}],"parts":[{}],"bill":{},"nodes":[{}],)"
        R"("outputs":{{{}}},"lines":[{}],"layers":[{}],"accumulators":[{}],"skipped":[{}]}})",
        region, policy, files, parts, bill, fmt::join(rendered, ",\n"), fmt::join(results, ","), lines,
        layers, accumulators, skipped);
  }
};

inline std::vector<ProofFile> library_files() {
  return {{"region.yaml", region_yaml}, {"residents.yaml", residents_yaml}};
}

inline std::string file_entry(const std::string& name, const std::string& text) {
  return fmt::format(R"({{"file":"{}","digest":"sm3:{}"}})", name, sm3_hex(text));
}

inline const std::string by_bands = "/0/steps/0/bands/0/ratio";

inline std::string table_field(const std::string& file, const std::string& path,
                               const std::string& more = "") {
  return fmt::format(R"(,"table":{{"file":"{}","path":"{}"}}{})", file, path, more);
}

inline void add_lines(TestTrace& t, int (&sums)[4]) {
  const std::string fen = R"(,"mode":"half_up","places":2)";
  const int a1 = t.of_bill("/lines/0/amount", "money", "20000.00"),
            a2 = t.of_bill("/lines/1/amount", "money", "1500.00"),
            a3 = t.of_bill("/lines/2/amount", "money", "-1000.00");
  const int key = t.of_bill("/lines/0/class", "code", "B");
  const int rate = t.op("pick", {key, t.cell("region.yaml", "/0/lines/prepay/B", "ratio", "0.1")}, "ratio",
                        "0.1", table_field("region.yaml", "/0/lines/prepay"));
  const int net = t.op("net", {a1, a3}, "money", "19000.00");
  const int pre_net = t.op("round", {t.op("mul", {net, rate}, "money", "1900.00")}, "money", "1900.00", fen);
  const int in_net = t.op("sub", {net, pre_net}, "money", "17100.00");
  const int pre1 = t.op("round", {t.op("mul", {a1, rate}, "money", "2000.00")}, "money", "2000.00", fen);
  const int in1 = t.op("sub", {a1, pre1}, "money", "18000.00");
  const int pre3 = t.op("sub", {pre_net, pre1}, "money", "-100.00"),
            in3 = t.op("sub", {in_net, in1}, "money", "-900.00");
  t.lines = fmt::format(R"({{"id":"1","amount":{},"over":null,"out":null,"pre":{},"in":{}}},)"
                        R"({{"id":"2","amount":{},"over":null,"out":{},"pre":null,"in":null}},)"
                        R"({{"id":"3","amount":{},"over":null,"out":null,"pre":{},"in":{}}})",
                        a1, pre1, in1, a2, a2, a3, pre3, in3);
  sums[0] = t.op("sum", {a1, a2, a3}, "money", "20500.00");
  sums[1] = a2;
  sums[2] = t.op("sum", {pre1, pre3}, "money", "1900.00");
  sums[3] = t.op("sum", {in1, in3}, "money", "17100.00");
}

// basic: 17100 - 650 = 16450 x 85 % = 13982.50, of which the cap leaves 100000 - 90000; account: 120; cash:
// what is left.
inline void add_layers(TestTrace& t, const int (&sums)[4]) {
  const std::string fen = R"(,"mode":"half_up","places":2)", file = "residents.yaml";
  const int stays = t.of_bill("/accumulators/year/stays", "int", "1"),
            used = t.of_bill("/accumulators/year/pooled", "money", "90000");
  const int limit = t.op("pick", {stays, t.cell(file, "/0/steps/0/deductible/1..", "money", "650")}, "money",
                         "650", table_field(file, "/0/steps/0/deductible"));
  const int deductible =
      t.op("take", {sums[3], t.op("room", {limit, null_arg}, "money", "650")}, "money", "650.00");
  const int covered = t.op("sub", {sums[3], deductible}, "money", "16450.00");
  const int level = t.of_bill("/facts/level", "code", "L3");
  const int ratio1 = t.op("pick", {level, t.cell(file, by_bands + "/L3", "ratio", "0.85")}, "ratio", "0.85",
                          table_field(file, by_bands));
  const int bound = t.cell(file, "/0/steps/0/bands/0/to", "money", "30000"),
            ratio2 = t.cell(file, "/0/steps/0/bands/1/ratio", "ratio", "0.95");
  const int share1 = t.op("overlap", {null_arg, covered, null_arg, bound}, "money", "16450"),
            share2 = t.op("overlap", {null_arg, covered, bound, null_arg}, "money", "0");
  const int full = t.op(
      "sum", {t.op("mul", {share1, ratio1}, "money", "13982.5"), t.op("mul", {share2, ratio2}, "money", "0")},
      "money", "13982.50");
  const int want = t.op("round", {full}, "money", "13982.50", fen);
  const int room =
      t.op("room", {t.cell(file, "/0/steps/0/cap/limit", "money", "100000"), used}, "money", "10000");
  const int paid =
      t.op("min", {t.op("take", {want, room, null_arg}, "money", "10000"), sums[0]}, "money", "10000.00");
  const int cut = t.op("sub", {want, paid}, "money", "3982.50");
  const int consumed =
      t.op("least", {paid, share1, ratio1, share2, ratio2}, "money", "11764.71", R"(,"mode":"half_up")");
  const int left = t.op("sub", {sums[0], paid}, "money", "10500.00");
  const int all = t.op("overlap", {null_arg, left, null_arg, null_arg}, "money", "10500"),
            whole = t.cell(file, "/0/steps/2/ratio", "ratio", "1");
  const int wanted = t.op("mul", {all, whole}, "money", "10500.00");
  const int balance = t.op("room", {t.of_bill("/facts/account", "money", "120"), null_arg}, "money", "120");
  const int account = t.op("min", {t.op("min", {wanted, balance}, "money", "120"), left}, "money", "120.00");
  const int short_of = t.op("sub", {wanted, account}, "money", "10380.00"),
            used_up = t.op("least", {account, all, whole}, "money", "120", R"(,"mode":"half_up")");
  const int cash = t.op("sub", {left, account}, "money", "10380.00"),
            person = t.op("add", {cash, account}, "money", "10500.00");
  const int pooled = t.op("add", {used, paid}, "money", "100000.00"),
            rest = t.op("absent", {}, "money", "0", R"(,"at":"year.rest")");
  const int one = t.cell(file, "/0/steps/0/add/year.stays", "int", "1"),
            next = t.op("add", {stays, one}, "int", "2");
  t.layers = fmt::format(
      R"({{"layer":"basic","part":0,"fund":"basic","article":"Article 9","base":{},"over":null,"deductible":{},"covered":{},"after":null,"paid":{},"consumed":{},"cut":{}}},)"
      R"({{"layer":"account","part":0,"fund":"account","article":"","base":{},"over":null,"deductible":null,"covered":{},"after":null,"paid":{},"consumed":{},"cut":{}}})",
      sums[3], deductible, covered, paid, consumed, cut, left, left, account, used_up, short_of);
  t.skipped = fmt::format(R"({{"layer":"aid","part":0,"who":{}}})", t.of_bill("/facts/away", "bool", "no"));
  const std::tuple<std::string_view, int, int> rows[] = {
      {"stays", stays, next}, {"pooled", used, pooled}, {"rest", rest, rest}};
  for (const auto& [member, before, after] : rows)
    t.accumulators +=
        fmt::format(R"({}{{"group":"year","key":{{"year":2023}},"member":"{}","before":{},"after":{}}})",
                    t.accumulators.empty() ? "" : ",", member, before, after);
  t.outputs = {{"medfee_sumamt", sums[0]},  {"fulamt_ownpay_amt", sums[1]}, {"overlmt_selfpay", null_arg},
               {"preselfpay_amt", sums[2]}, {"inscp_scp_amt", sums[3]},     {"act_pay_dedc", deductible},
               {"hifp_pay", paid},          {"cvlserv_pay", null_arg},      {"hifes_pay", null_arg},
               {"hifmi_pay", null_arg},     {"hifob_pay", null_arg},        {"hifdm_pay", null_arg},
               {"maf_pay", null_arg},       {"oth_pay", null_arg},          {"fund_pay_sumamt", paid},
               {"psn_part_amt", person},    {"acct_pay", account},          {"acct_mulaid_pay", null_arg},
               {"psn_cash_pay", cash},      {"hosp_part_amt", null_arg}};
}

inline TestTrace sample() {
  TestTrace t;
  t.bill =
      R"({"bill":"T-1","region":"990100","visit":{"kind":"inpatient","from":"2023-05-28","to":"2023-07-02"},"settle":"2023-07-03",
"facts":{"level":"L3","age":59,"away":false,"ward":true,"account":"120.00","diseases":["asthma","epilepsy"],"share":"12.5%"},
"accumulators":{"year":{"stays":1,"pooled":"90000.00"}},"total":"20500.00",
"lines":[{"id":"1","amount":"20000.00","class":"B","item":"ZZ99"},{"id":"2","amount":1500,"class":"C","qty":"2"},
{"id":"3","amount":"-1000.00","refund_of":"1"}]})";
  t.files = file_entry("region.yaml", region_yaml) + "," + file_entry("residents.yaml", residents_yaml);
  int sums[4];
  add_lines(t, sums);
  add_layers(t, sums);
  return t;
}

inline std::string verdict_of(const Checked<ProofReport>& report) {
  if (report) return "";
  std::vector<std::string> names;
  for (const Error& error : report.error()) {
    const std::string text(name(error.code));
    if (std::ranges::find(names, text) == names.end()) names.push_back(text);
  }
  return fmt::format("{}", fmt::join(names, " "));
}

// "" when the trace holds, otherwise the names of the codes met, each once, in order.
inline std::string verdict(const std::string& json, const std::vector<ProofFile>& files,
                           const std::optional<std::string_view>& settlement = std::nullopt) {
  return verdict_of(verify_trace(json, files, settlement));
}
inline std::string verdict(const std::string& json) {
  static const auto library = *read_proof_library(library_files());
  return verdict_of(verify_trace(json, *library, std::nullopt));
}
inline std::string verdict(const TestTrace& trace) { return verdict(trace.json()); }

}  // namespace fenming::proof_test
