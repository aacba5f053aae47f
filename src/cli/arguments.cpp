#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <thread>
#include <utility>

#include "base/nearest.h"
#include "cli/commands.h"
#include "cli/serve.h"
#include "cli/store_arguments.h"

namespace fenming {
namespace {

constexpr const char* footer =
    "例 / Examples:\n"
    "  fenming demo\n"
    "  fenming settle --rules rules --bill bill.json\n"
    "  fenming settle --rules rules --batch bills.ndjson --out answers.ndjson --threads 2\n"
    "  fenming explain --rules rules --bill bill.json --for staff\n"
    "  fenming rules test rules\n"
    "退出码 / Exit codes: 0 正常 ok, 1 有发现 findings, 2 用法 usage, 3 输入有误 bad input, 4 程序或文件 "
    "internal or files\n"
    "说明 / Manual: docs/command-line.md";

std::string name_and_value(const std::string& text) {
  const std::size_t equals = text.find('=');
  return equals == std::string::npos || equals == 0 ? "NAME=VALUE: " + text : "";
}

// What the arguments ask for.
struct Typed {
  SettleOptions settle;
  ExplainOptions explain;
  RulesOptions rules;
  CompareOptions compare;
  ImpactOptions impact;
  DemoOptions demo;
  ServeOptions serve;
  SandboxOptions sandbox;
  SandboxRunOptions sandbox_run;
  ProtocolStatusOptions protocol_status;
  std::string language, audience = "patient";
};

class Arguments {
 public:
  explicit Arguments(Typed& request)
      : r_(request),
        app_("分明 fenming: 医保待遇结算 · settles medical insurance bills, every fen explained", "fenming") {
    app_.require_subcommand(1);
    app_.footer(footer);
    app_.set_version_flag("--version", std::string(version_text()));
    add_settle();
    add_explain();
    add_rules();
    add_demo();
    add_serve();
    store_.add_to(app_);
    add_sandbox();
    add_protocol();
  }

  CLI::App& app() { return app_; }
  int run(Terminal& terminal) const;
  std::string hint(int count, char** words) const;

 private:
  void language(CLI::App* command) {
    command->add_option("--lang", r_.language, "zh 或 en / zh or en")->check(CLI::IsMember({"zh", "en"}));
  }
  CLI::Option* threads(CLI::App* command, unsigned& value) {
    return command->add_option("--threads", value, "线程数 / threads")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
  }
  void rules_folder(CLI::App* command, std::string& value) {
    command
        ->add_option("--rules", value,
                     "政策库文件夹，或放政策库的文件夹 / one library, or a folder of libraries")
        ->required()
        ->type_name("DIR");
  }
  void json(CLI::App* command, bool& value) { command->add_flag("--json", value, "输出 JSON / print JSON"); }
  void add_settle();
  void add_explain();
  void add_rules();
  void add_compare(CLI::App* rules);
  void add_impact(CLI::App* rules);
  void add_demo();
  void add_serve();
  void add_sandbox();
  void add_protocol();

  Typed& r_;
  CLI::App app_;
  StoreArguments store_{r_.language};
};

void Arguments::add_settle() {
  CLI::App* settle = app_.add_subcommand("settle", "结算账单 / settle a bill, or a file of bills");
  rules_folder(settle, r_.settle.rules);
  auto* bill =
      settle->add_option("--bill", r_.settle.bill, "账单文件，- 为标准输入 / the bill, - for standard input")
          ->type_name("FILE");
  auto* batch = settle
                    ->add_option("--batch", r_.settle.batch,
                                 "每行一张账单，各自独立结算，累计不相接 / one bill on each line, each by "
                                 "itself: nothing is carried over")
                    ->type_name("IN.ndjson");
  auto* out =
      settle
          ->add_option("--out", r_.settle.out,
                       "每行一个结果，可中断后续作 / an answer on each line; an interrupted run goes on")
          ->type_name("OUT.ndjson");
  settle->add_option("--catalog", r_.settle.catalogue, "目录 CSV / catalogue of items")->type_name("FILE");
  batch->needs(out);
  out->needs(batch);
  bill->excludes(batch);
  threads(settle, r_.settle.threads)->needs(batch);
  json(settle, r_.settle.json);
  language(settle);
  settle->footer(
      "例 / Examples:\n  fenming settle --rules rules --bill bill.json --json\n  cat bill.json | fenming "
      "settle --rules rules --bill -\n"
      "  fenming settle --rules rules --batch bills.ndjson --out answers.ndjson --threads 2");
}

void Arguments::add_explain() {
  CLI::App* explain = app_.add_subcommand(
      "explain", "解释一张账单，或核对一份解释 / explain a bill, or verify a machine trace");
  rules_folder(explain, r_.explain.rules);
  auto* bill =
      explain
          ->add_option("--bill", r_.explain.bill, "账单文件，- 为标准输入 / the bill, - for standard input")
          ->type_name("FILE");
  auto* verify = explain
                     ->add_option("--verify", r_.explain.verify,
                                  "核对 --json 输出的解释 / re-add a trace that --json printed")
                     ->type_name("FILE");
  explain
      ->add_option("--settlement", r_.explain.settlement, "与这份结算结果对照 / an answer it must agree with")
      ->type_name("FILE")
      ->needs(verify);
  explain->add_option("--for", r_.audience, "读者：patient 参保人，staff 经办 / the reader")
      ->check(CLI::IsMember({"patient", "staff"}))
      ->capture_default_str();
  explain->add_option("--catalog", r_.explain.catalogue, "目录 CSV / catalogue of items")->type_name("FILE");
  bill->excludes(verify);
  CLI::Option* store =
      explain->add_option("--store", r_.explain.store, "存储目录 / a store")->type_name("DIR");
  explain->add_option("--setl", r_.explain.stored, "已存结算的结算ID / a settlement of the store")
      ->type_name("SETL_ID")
      ->needs(store);
  store->needs("--setl")->excludes(bill)->excludes(verify);
  CLI::Option* rules = explain->get_option("--rules")->required(false);  // a stored one names its own
  bill->needs(rules);
  verify->needs(rules);
  explain->callback([this] {
    if (r_.explain.store.empty() && r_.explain.rules.empty()) throw CLI::RequiredError("--rules");
  });
  json(explain, r_.explain.json);
  language(explain);
  explain->footer(
      "例 / Examples:\n  fenming explain --rules rules --bill bill.json\n  fenming explain --rules rules "
      "--bill bill.json --json > trace.json\n"
      "  fenming explain --rules rules --verify trace.json\n"
      "  fenming explain --store DIR --setl SETL_ID --for staff");
}

void Arguments::add_rules() {
  CLI::App* rules = app_.add_subcommand("rules", "政策库 / rule libraries");
  rules->require_subcommand(1);
  const auto with_folder = [&](const char* name, const char* what, const char* examples) {
    CLI::App* command = rules->add_subcommand(name, what);
    command
        ->add_option("DIR", r_.rules.folder,
                     "一个政策库，或放政策库的文件夹 / one library, or a folder of libraries")
        ->required();
    json(command, r_.rules.json);
    language(command);
    command->footer(std::string("例 / Examples:\n") + examples);
    return command;
  };
  with_folder("show", "列出参数、累计、政策各版本与各层 / facts, accumulators, versions, layers",
              "  fenming rules show rules/990000-mingzhou\n  fenming rules show rules --json");
  with_folder("test", "重算所有案例 / recompute every case",
              "  fenming rules test rules\n  fenming rules test rules/990000-mingzhou -q")
      ->add_flag("-q,--quiet", r_.rules.quiet, "只列出错误 / list only what is wrong");
  with_folder("check", "检查政策库：漏洞、冲突、倒挂、跳升 / find gaps, clashes, falling benefits, jumps",
              "  fenming rules check rules/990000-mingzhou\n  fenming rules check rules -q")
      ->add_flag("-q,--quiet", r_.rules.quiet,
                 "不列提示和搜索范围 / neither notes nor the coverage of the search");
  add_compare(rules);
  add_impact(rules);
  rules->footer(
      "例 / Examples:\n  fenming rules test rules\n  fenming rules check rules/990000-a\n  fenming rules "
      "compare rules/990000-a rules/990001-b "
      "--bill bill.json --second-fact level=T3\n"
      "  fenming rules impact rules new-rules --bills year.ndjson --by level");
}

void Arguments::add_compare(CLI::App* rules) {
  CLI::App* compare = rules->add_subcommand("compare", "同一账单在两个地区 / the same bill in two regions");
  compare->add_option("DIR1", r_.compare.first, "政策库 / a library")->required();
  compare->add_option("DIR2", r_.compare.second, "政策库 / a library")->required();
  compare->add_option("--bill", r_.compare.bill, "账单 / the bill")->required()->type_name("FILE");
  compare
      ->add_option("--second-bill", r_.compare.second_bill,
                   "第二个地区用的账单 / the bill as the second region sees it")
      ->type_name("FILE");
  compare
      ->add_option("--first-fact", r_.compare.first_facts,
                   "为第一个地区改写参数 / a fact for the first region")
      ->type_name("NAME=VALUE")
      ->check(name_and_value);
  compare
      ->add_option("--second-fact", r_.compare.second_facts,
                   "为第二个地区改写参数 / a fact for the second region")
      ->type_name("NAME=VALUE")
      ->check(name_and_value);
  json(compare, r_.compare.json);
  language(compare);
  compare->footer(
      "例 / Examples:\n  fenming rules compare rules/990000-a rules/990001-b --bill bill.json\n"
      "  fenming rules compare rules/990000-a rules/990001-b --bill bill.json --second-fact level=T3");
}

void Arguments::add_impact(CLI::App* rules) {
  CLI::App* impact =
      rules->add_subcommand("impact", "政策改动：谁受益，谁受损 / a changed library: who gains, who loses");
  impact->add_option("OLD", r_.impact.before, "现行政策库 / the library in force")->required();
  impact->add_option("NEW", r_.impact.after, "拟改政策库 / the changed one")->required();
  impact->add_option("--bills", r_.impact.bills, "每行一张账单 / one bill on each line")
      ->required()
      ->type_name("FILE.ndjson");
  impact->add_option("--by", r_.impact.by, "按此参数分组 / group by this fact")->type_name("FACT");
  threads(impact, r_.impact.threads);
  json(impact, r_.impact.json);
  language(impact);
  impact->footer(
      "例 / Examples:\n  fenming rules impact rules/990000-a new/990000-a --bills year.ndjson\n"
      "  fenming rules impact rules new-rules --bills year.ndjson --by level --threads 2");
}

void Arguments::add_serve() {
  CLI::App* serve = app_.add_subcommand("serve", "运行统筹区节点 / run a region's node");
  serve->add_option("--config", r_.serve.config, "配置文件（docs/operating.md）/ the configuration")
      ->required()
      ->type_name("FILE");
  serve->add_flag("--check-config", r_.serve.check, "只检查配置 / only check the configuration");
  language(serve);
  serve->footer(
      "例 / Examples:\n  fenming serve --config node.toml\n  fenming serve --config node.toml "
      "--check-config");
}

void Arguments::add_demo() {
  CLI::App* demo =
      app_.add_subcommand("demo", "三张示例账单与解释 / three sample bills with their explanations");
  demo->add_option("--home", r_.demo.home,
                   "含 rules/ 与 sandbox/ 的文件夹 / the folder with rules/ and sandbox/")
      ->type_name("DIR");
  language(demo);
  demo->footer("例 / Examples:\n  fenming demo\n  fenming demo --lang en");
  app_.add_subcommand("version", "版本 / the version");
}

void Arguments::add_sandbox() {
  CLI::App* sandbox = app_.add_subcommand("sandbox", "虚构地区 / a make-believe region");
  sandbox->require_subcommand(1);
  CLI::App* make = sandbox->add_subcommand(
      "make", "生成人员、机构、账户、目录和就诊 / make persons, providers, accounts, catalogues, visits");
  make->add_option("--persons", r_.sandbox.persons, "人数 / how many persons")
      ->check(CLI::Range(1, 50'000'000))
      ->capture_default_str();
  make->add_option("--seed", r_.sandbox.seed, "同样的种子，同样的地区 / same seed, same region")
      ->capture_default_str();
  make->add_option("--days", r_.sandbox.days,
                   "就诊天数，自2025-01-01起；0 为不生成 / days of visits; 0: none")
      ->check(CLI::Range(0, 1826))
      ->capture_default_str();
  make->add_option("--to", r_.sandbox.to, "写入的文件夹 / the folder to fill")->required()->type_name("DIR");
  make->add_option("--home", r_.sandbox.home,
                   "含 rules/ 与 sandbox/ 的文件夹 / the folder with rules/ and sandbox/")
      ->type_name("DIR");
  language(make);
  make->footer("例 / Examples:\n  fenming sandbox make --persons 100000 --seed 7 --days 30 --to region");
  CLI::App* run = sandbox->add_subcommand(
      "run", "建立地区、启动节点、播放一天、继续服务 / make the region, serve it, play a day");
  run->add_option("--data", r_.sandbox_run.data, "地区所在的文件夹 / where the region lives")
      ->capture_default_str()
      ->type_name("DIR");
  run->add_option("--persons", r_.sandbox_run.persons, "人数 / persons")
      ->check(CLI::Range(100, 1'000'000))
      ->capture_default_str();
  run->add_option("--visits", r_.sandbox_run.visits, "就诊次数 / visits of the day")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  run->add_option("--seed", r_.sandbox_run.seed, "种子 / seed")->capture_default_str();
  run->add_option("--port", r_.sandbox_run.port, "端口，0 为任意 / port, 0: any")->capture_default_str();
  run->add_option("--home", r_.sandbox_run.home,
                  "含 rules/ 与 sandbox/ 的文件夹 / the folder with rules/ and sandbox/")
      ->type_name("DIR");
  run->add_flag("--once", r_.sandbox_run.once, "播放后停止 / stop after the day");
  language(run);
}

void Arguments::add_protocol() {
  CLI::App* protocol = app_.add_subcommand("protocol", "国家接口 / the national interface");
  protocol->require_subcommand(1);
  ProtocolStatusOptions& asked = r_.protocol_status;
  CLI::App* status = protocol->add_subcommand("status",
                                              "逐个调用正在运行的沙盒节点，列出各交易的实际情况 / calls a "
                                              "running sandbox node: what it does with each transaction");
  status->add_option("--config", asked.config, "该节点的配置 / the node's configuration")
      ->required()
      ->type_name("FILE");
  status->add_option("--person", asked.person, "有个人账户的人员编号 / psn_no with a personal account")
      ->required();
  status->add_option("--other", asked.other, "另一人员编号 / another psn_no")->required();
  status->add_option("--item", asked.item, "目录中的药品编码 / an item of the catalogue")->required();
  status->add_option("--provider", asked.provider, "定点医药机构 / the provider that calls");
  status->add_option("--port", asked.port, "端口 / port, when it is not the configuration's");
  language(status);
  status->footer(
      "例 / Examples:\n  fenming protocol status --config sandbox-data/node.toml --person PSN_NO --other "
      "PSN_NO --item ITEM");
}

int Arguments::run(Terminal& terminal) const {
  if (const auto command = store_.chosen()) return command(terminal, store_.options());
  if (app_.got_subcommand("settle"))
    return r_.settle.batch.empty() ? settle_command(terminal, r_.settle) : batch_command(terminal, r_.settle);
  if (app_.got_subcommand("explain") && !r_.explain.store.empty())
    return explain_stored_command(terminal, r_.explain);
  if (app_.got_subcommand("explain"))
    return r_.explain.verify.empty() ? explain_command(terminal, r_.explain)
                                     : verify_command(terminal, r_.explain);
  if (app_.got_subcommand("protocol")) return protocol_status_command(terminal, r_.protocol_status);
  if (app_.got_subcommand("sandbox"))
    return app_.get_subcommand("sandbox")->got_subcommand("run")
               ? sandbox_run_command(terminal, r_.sandbox_run)
               : sandbox_make_command(terminal, r_.sandbox);
  if (app_.got_subcommand("demo")) return demo_command(terminal, r_.demo);
  if (app_.got_subcommand("serve")) return serve_command(terminal, r_.serve);
  if (const CLI::App* rules = app_.get_subcommand("rules"); rules->parsed()) {
    if (rules->got_subcommand("show")) return rules_show_command(terminal, r_.rules);
    if (rules->got_subcommand("test")) return rules_test_command(terminal, r_.rules);
    if (rules->got_subcommand("check")) return rules_check_command(terminal, r_.rules);
    if (rules->got_subcommand("compare")) return rules_compare_command(terminal, r_.compare);
    return rules_impact_command(terminal, r_.impact);
  }
  terminal.out << "fenming " << version_text() << '\n';
  return exit_ok;
}

std::vector<std::string> names_in(const CLI::App& app, bool options) {
  std::vector<std::string> names;
  if (options)
    for (const CLI::Option* option : app.get_options())
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  else
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
      names.push_back(command->get_name());
  return names;
}

// The dashes of an option are no likeness.
std::string nearest_option(const std::string& name, const std::vector<std::string>& known) {
  if (!name.starts_with("--")) return nearest_name(name, known);
  std::vector<std::string> bare;
  for (const std::string& option : known) bare.push_back(option.substr(2));
  const std::string meant = nearest_name(name.substr(2), bare);
  return meant.empty() ? meant : "--" + meant;
}

// Which commands below know this option: it may stand in front of the command it belongs to.
void commands_with(const CLI::App& app, const std::string& option, const std::string& path,
                   std::vector<std::string>& found) {
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    const std::string name = path + command->get_name();
    const std::vector<std::string> known = names_in(*command, true);
    if (std::ranges::find(known, option) != known.end()) found.push_back(name);
    commands_with(*command, option, name + " ", found);
  }
}

// The first word that no command or option is called, with the name that was probably meant.
std::string Arguments::hint(int count, char** words) const {
  const CLI::App* at = &app_;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    const bool option = word.starts_with("--");
    const std::string name = option ? word.substr(0, word.find('=')) : word;
    const std::vector<std::string> known = names_in(*at, option);
    if (std::ranges::find(known, name) != known.end()) {
      if (!option) at = at->get_subcommand(name);
      continue;
    }
    if (!option && known.empty()) continue;  // a value
    if (option) {
      std::vector<std::string> commands;
      commands_with(app_, name, "", commands);
      const auto typed = std::ranges::find_if(commands, [&](const std::string& command) {
        const std::string last = command.substr(command.rfind(' ') + 1);
        return std::find(words + i, words + count, last) != words + count;
      });
      if (typed != commands.end()) return name + " → " + *typed + " " + name + "?";
    }
    if (const std::string meant = nearest_option(name, known); !meant.empty())
      return name + " → " + meant + "?";
    return "";
  }
  return "";
}

Language chosen_language(const std::string& asked) {
  if (!asked.empty()) return asked == "en" ? Language::en : Language::zh;
  for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(variable);
    if (value == nullptr || *value == '\0') continue;
    return std::string_view(value).starts_with("en") ? Language::en : Language::zh;
  }
  return Language::zh;
}

}  // namespace

std::string_view version_text() { return "0.1.0"; }

int run_arguments(int count, char** words, Terminal& terminal) {
  Typed request;
  Arguments arguments(request);
  CLI::App& app = arguments.app();
  if (count <= 1) {
    terminal.err << app.help();
    return exit_usage;
  }
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    std::ostringstream complaint;
    const int code = app.exit(error, terminal.out, complaint);
    if (code == 0) return exit_ok;  // --help, --version
    if (const std::string hint = arguments.hint(count, words); !hint.empty()) terminal.err << hint << '\n';
    terminal.err << complaint.str();
    return exit_usage;
  }
  request.demo.program = words[0];
  request.explain.staff = request.audience == "staff";
  terminal.language = chosen_language(request.language);
  if (app.got_subcommand("settle") && request.settle.bill.empty() && request.settle.batch.empty()) {
    terminal.err << "--bill FILE | --batch IN.ndjson --out OUT.ndjson\n";
    return exit_usage;
  }
  if (app.got_subcommand("explain") && request.explain.bill.empty() && request.explain.verify.empty() &&
      request.explain.store.empty()) {
    terminal.err << "--bill FILE | --verify FILE | --store DIR --setl SETL_ID\n";
    return exit_usage;
  }
  return arguments.run(terminal);
}

}  // namespace fenming
