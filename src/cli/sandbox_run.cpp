// fenming sandbox run: a make-believe region made once, its node started here, a day played over HTTP, the books compared; then it serves
// until Ctrl-C.
#include <fmt/format.h>

#include <atomic>
#include <filesystem>
#include <optional>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/home.h"
#include "cli/keys.h"
#include "cli/progress.h"
#include "cli/serve.h"
#include "cli/store_desk.h"
#include "conformance/sample_day.h"
#include "model/record.h"
#include "population/items.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t providers_for = 60'000;  // persons; gives 41 providers
constexpr Date statuses_from{20'089};            // 2025-01-01
constexpr unsigned waiting_max = 2'000;

class SandboxRegion {
 public:
  SandboxRegion(Terminal& terminal, const SandboxRunOptions& options)
      : terminal_(terminal),
        options_(options),
        people_(options.persons, options.seed, statuses_from),
        providers_(providers_for),
        items_(options.seed, statuses_from) {}

  const People& people() const { return people_; }
  const Providers& providers() const { return providers_; }
  const Items& items() const { return items_; }

  // Everything, or nothing that a later start would take for complete: the configuration is written last.
  std::optional<Error> make(const fs::path& home) {
    const fs::path folder(options_.data);
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (failed) return Error{Code::file_unwritable, "", options_.data, {failed.message()}};
    if (auto error = write_file(folder / "catalog.csv", items_.csv())) return error;
    auto store = open_store((folder / "store").string(), true);
    if (!store) return store.error();
    const auto vault = open_vault((folder / "keys").string());
    if (!vault) return vault.error();
    auto desk = open_desk(std::move(*store), {.keys = (folder / "keys").string()});
    if (!desk) return desk.error();
    if (const auto adopted = adopt(**desk, (home / "rules" / "990000-mingzhou").string(),
                                   (folder / "catalog.csv").string(), "sandbox");
        !adopted)
      return adopted.error().front();
    if (auto error = register_all(**desk, **vault)) return error;
    return write_config(home, folder);
  }

 private:
  std::optional<Error> register_all(SettlementDesk& desk, const Vault& vault) {
    std::atomic<unsigned> waiting = 0;
    std::optional<Error> failure;
    const auto send = [&](Action action) {
      for (unsigned there = waiting.load(); there >= waiting_max; there = waiting.load()) waiting.wait(there);
      ++waiting;
      desk.submit({{}, "sandbox", std::move(action)}, [&](const Result<Outcome>& outcome) {
        if (!outcome && !failure) failure = outcome.error();
        --waiting;
        waiting.notify_one();
      });
    };
    Progress bar(terminal_);
    for (const MadeProvider& provider : providers_.all()) send(Providers::command(provider));
    for (std::uint32_t i = 0; i < people_.size(); ++i) {
      const MadePerson person = people_.person(i);
      for (Action& action : people_.actions(person)) {
        if (auto* registration = std::get_if<RegisterPerson>(&action)) seal(vault, person, *registration);
        send(std::move(action));
      }
      if (i % 64 == 0) bar.show(i, people_.size());
    }
    for (unsigned there = waiting.load(); there != 0; there = waiting.load()) waiting.wait(there);
    if (const auto caught_up = desk.catch_up(); !caught_up && !failure) failure = caught_up.error();
    return failure;
  }

  void seal(const Vault& vault, const MadePerson& person, RegisterPerson& registration) const {
    const PersonalData data = people_.personal(person);
    JsonOut plain;
    plain.open_object().field("name", data.name).field("certno", data.certno);
    plain.field("phone", data.phone).field("address", data.address).close_object();
    registration.sealed = vault.seal_same(registration.psn_no, plain.str());
    registration.found_by = {vault.found_by(data.certno)};
  }

  // Hospitals sign in variant A, clinics in B, the first station and pharmacy not at all (variant E), so that curl can speak for them.
  std::optional<Error> write_config(const fs::path& home, const fs::path& folder) const {
    const auto text = read_file(home / "sandbox" / "node.toml");
    if (!text) return text.error();
    std::string config = *text;
    static constexpr std::string_view port = "port = 8080";
    if (const std::size_t at = config.find(port); at != std::string::npos && options_.port != 0)
      config.replace(at, port.size(), fmt::format("port = {}", options_.port));
    config += "\n# The providers of this sandbox, their keys made at random.\n";
    std::size_t number = 0;
    bool open_clinic = false, open_pharmacy = false;
    for (const MadeProvider& provider : providers_.all()) {
      bool& open = provider.kind == ProviderKind::pharmacy ? open_pharmacy : open_clinic;
      const bool small = provider.kind == ProviderKind::pharmacy || provider.kind == ProviderKind::clinic;
      const bool none = small && !open;
      if (none) open = true;
      config += fmt::format("\n[[provider]]\ncode = \"{}\"\n", provider.code);
      if (none)
        config += "variant = \"none\"\n";
      else
        config += fmt::format("variant = \"{}\"\nkey = \"{}\"\nsecret = \"{}\"\n",
                              number++ % 2 == 0 ? "tif" : "csb",
                              "ak" + to_hex(SecretKey::random().bytes().substr(0, 6)),
                              to_hex(SecretKey::random().bytes().substr(0, 16)));
    }
    return write_secret_file(folder / "node.toml", config);
  }

  Terminal& terminal_;
  const SandboxRunOptions& options_;
  People people_;
  Providers providers_;
  Items items_;
};

struct Sums {  // fen
  std::int64_t total = 0, funds = 0, account = 0, cash = 0, provider = 0;
};

// Of the records behind a position: the settlement table, and the ledger's entries.
Result<std::pair<Sums, Sums>> sums_after(SettlementDesk& desk, std::uint64_t position) {
  Sums settlements, ledger;
  const auto integer = [](const ViewCell& cell) { return std::get<std::int64_t>(cell); };
  auto read = desk.store().rows(ViewTable::settlement, {}, [&](std::span<const ViewCell> row) {
    if (static_cast<std::uint64_t>(integer(row[1])) <= position) return true;
    settlements.total += integer(row[13]), settlements.funds += integer(row[19]);
    settlements.account += integer(row[20]) + integer(row[21]), settlements.cash += integer(row[22]);
    settlements.provider += integer(row[23]);
    return true;
  });
  if (!read) return std::unexpected(read.error());
  std::optional<Error> damaged;
  read = desk.store().read(position + 1, [&](std::uint64_t, std::string_view bytes) {
    const auto decision = read_record(bytes);
    if (!decision) {
      damaged = decision.error();
      return false;
    }
    for (const Posting& posting : decision->entries) {
      const std::int64_t fen = posting.amount.fen();
      const AccountKind kind = posting.account.kind;
      if (kind == AccountKind::fund) ledger.funds -= fen;
      if (kind == AccountKind::personal) ledger.account -= fen;
      if (kind == AccountKind::cash) ledger.cash -= fen;
      if (kind == AccountKind::reduction) ledger.provider -= fen;
      if (kind == AccountKind::provider) ledger.total += fen;
    }
    return true;
  });
  if (!read) return std::unexpected(read.error());
  if (damaged) return std::unexpected(*damaged);
  return std::pair{settlements, ledger};
}

bool print_books(Terminal& t, const SampleDayTally& tally, const Sums& settlements, const Sums& ledger) {
  const auto yuan = [](std::int64_t fen) { return to_text(Money::from_fen(fen)); };
  bool equal = true;
  t.out << '\n'
        << fmt::format("{:<26}{:>18}{:>18}{:>18}\n", t.say("元 / yuan", "yuan"),
                       t.say("各机构收到", "told to providers"), t.say("结算表", "settlements"),
                       t.say("总账", "ledger"));
  const auto row = [&](std::string_view name, std::int64_t told, std::int64_t settled, std::int64_t booked) {
    equal = equal && told == settled && settled == booked;
    t.out << fmt::format("{:<26}{:>18}{:>18}{:>18}\n", name, yuan(told), yuan(settled), yuan(booked));
  };
  row("medfee_sumamt", tally.total, settlements.total, ledger.total);
  row("fund_pay_sumamt", tally.funds, settlements.funds, ledger.funds);
  row("acct_pay", tally.account, settlements.account, ledger.account);
  row("psn_cash_pay", tally.cash, settlements.cash, ledger.cash);
  row("hosp_part_amt", tally.provider, settlements.provider, ledger.provider);
  t.out << (equal ? t.say("三处合计相等。\n", "The three agree to the fen.\n")
                  : t.say("合计不符！\n", "THEY DIFFER.\n"));
  return equal;
}

void print_tally(Terminal& t, const SampleDayTally& tally, std::int64_t ms) {
  std::string visits;
  std::uint64_t count = 0;
  for (const auto& [kind, number] : tally.visits) {
    visits += fmt::format("{}{} {}", visits.empty() ? "" : ", ", kind, number);
    count += number;
  }
  t.out << fmt::format(
      fmt::runtime(t.say("{} 次就诊（{}），{} 条报文，{} 毫秒\n", "{} visits ({}), {} messages, {} ms\n")),
      count, visits, tally.messages, ms);
  t.out << fmt::format(fmt::runtime(t.say("结算 {}，撤销 {}，部分退费 {}，冲正 {}，重发 {}，因繁忙重试 {}\n",
                                          "settled {}, cancelled {}, refunded in part {}, reversed {}, "
                                          "repeated {}, tried again when busy {}\n")),
                       tally.settled, tally.cancelled, tally.refunded, tally.reversed, tally.repeated,
                       tally.busy);
  for (const auto& [code, times] : tally.refusals)
    t.out << fmt::format("  {:>5} × {}\n", times.first, times.second);
  for (const std::string& broken : tally.broken) t.err << broken << '\n';
}

void print_next(Terminal& t, const RunningNode& running, const SandboxRegion& region,
                const ServerConfig& config) {
  std::string clinic;
  for (const ProviderContract& contract : config.providers)
    if (contract.credential.variant == SignVariant::none && clinic.empty())
      clinic = contract.credential.provider;
  t.out << '\n'
        << t.paint(Paint::heading, t.say("接下来：用 curl 结算第一张门诊账单",
                                         "Next: settle your first outpatient bill with curl"))
        << '\n';
  t.out << fmt::format("  export FENMING=http://127.0.0.1:{}/fsi/api/rsfComIfsService/callService\n",
                       running.port());
  t.out << fmt::format("  export PROVIDER={} PSN={} ITEM={}\n", clinic, People::psn_no(0),
                       region.items().all().front().code);
  t.out << t.say("  然后照 docs/first-bill.md 一步步来（1101 → 2201 → 2204 → 2207）\n",
                 "  then follow docs/first-bill.md (1101 → 2201 → 2204 → 2207)\n");
  t.out << fmt::format("  curl -s http://127.0.0.1:{}/metrics | grep -v '^#' | head\n", running.port());
}

std::map<std::string, WireIdentity> identities(const ServerConfig& config) {
  std::map<std::string, WireIdentity> all;
  for (const ProviderContract& contract : config.providers) {
    const std::string& code = contract.credential.provider;
    all[code] = WireIdentity{code, code, "op1", config.words.region, contract.credential};
  }
  return all;
}

}  // namespace

// REQ PLT-01
int sandbox_run_command(Terminal& terminal, const SandboxRunOptions& options) {
  const auto home = find_home(options.home);
  if (!home)
    return terminal.refuse(Error{Code::home_missing, "", options.home.empty() ? "." : options.home, {}});
  block_signals();
  SandboxRegion region(terminal, options);
  const fs::path file = fs::path(options.data) / "node.toml";
  if (!fs::exists(file)) {
    terminal.out << fmt::format(
        fmt::runtime(terminal.say("建立虚构地区：{} 人，{} 家机构，{} 条目录 → {}\n",
                                  "making the region: {} persons, {} providers, {} catalogue rows → {}\n")),
        options.persons, region.providers().all().size(), drug_rows + service_rows + material_rows,
        options.data);
    terminal.out.flush();
    if (const auto error = region.make(*home)) return terminal.refuse(*error);
  }
  auto config = load_config(file.string());
  if (!config) return terminal.refuse(config.error());
  config->http.port = options.port;
  const ServerConfig kept = *config;
  auto running = RunningNode::start(std::move(*config), options.data);
  if (!running) return terminal.refuse(running.error());
  SettlementDesk& desk = (*running)->desk();
  terminal.out << fmt::format(
      fmt::runtime(terminal.say("节点运行于 http://127.0.0.1:{}，播放一天的业务…\n",
                                "the node serves at http://127.0.0.1:{}; playing a day…\n")),
      (*running)->port());
  terminal.out.flush();
  const std::uint64_t before = desk.figures().head.position;
  SampleDayOptions day;
  day.port = (*running)->port(), day.persons = options.persons, day.visits = options.visits;
  day.seed = options.seed + before;  // another day each time
  day.day = civil_day(system_clock_now().wall), day.identities = identities(kept);
  Progress bar(terminal);
  const Sales sales(options.seed, region.people(), region.items(), region.providers(), false);
  const std::int64_t begin = system_clock_now().steady_ms;
  const SampleDayTally tally = play_day(day, sales, region.people(), region.providers(),
                                        [&](std::size_t done, std::size_t all) { bar.show(done, all); });
  print_tally(terminal, tally, system_clock_now().steady_ms - begin);
  if (const auto caught_up = desk.catch_up(); !caught_up) return terminal.refuse(caught_up.error());
  const auto sums = sums_after(desk, before);
  if (!sums) return terminal.refuse(sums.error());
  const bool equal = print_books(terminal, tally, sums->first, sums->second) && tally.broken.empty();
  if (options.once) return equal ? exit_ok : exit_findings;
  print_next(terminal, **running, region, kept);
  terminal.out << terminal.say("Ctrl-C 停止\n", "Ctrl-C stops\n");
  terminal.out.flush();
  wait_for_signal();
  return equal ? exit_ok : exit_findings;
}

}  // namespace fenming
