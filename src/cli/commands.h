// The subcommands: what each is asked and what it does. arguments.cpp fills the options; each function stands
// in a file of its own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/terminal.h"

namespace fenming {

struct SettleOptions {
  std::string rules, bill, catalogue;  // bill: a file or "-"
  std::string batch, out;              // batch: ndjson, then `bill` is empty
  unsigned threads = 1;
  bool json = false;
};
int settle_command(Terminal& terminal, const SettleOptions& options);  // settle.cpp
int batch_command(Terminal& terminal, const SettleOptions& options);   // settle_batch.cpp

struct ExplainOptions {
  std::string rules, bill, catalogue;
  std::string verify, settlement;  // a machine trace to check, and an answer it must agree with
  std::string store, stored;       // instead of a bill: a settlement of a store, by its setl_id
  bool staff = false, json = false;
};
int explain_command(Terminal& terminal, const ExplainOptions& options);         // explain.cpp
int verify_command(Terminal& terminal, const ExplainOptions& options);          // verify.cpp
int explain_stored_command(Terminal& terminal, const ExplainOptions& options);  // explain_stored.cpp

struct RulesOptions {
  std::string folder;
  bool json = false, quiet = false;
};
int rules_show_command(Terminal& terminal, const RulesOptions& options);   // rules_show.cpp
int rules_test_command(Terminal& terminal, const RulesOptions& options);   // rules_cases.cpp
int rules_check_command(Terminal& terminal, const RulesOptions& options);  // rules_check.cpp

struct CompareOptions {
  std::string first, second, bill, second_bill;
  std::vector<std::string> first_facts, second_facts;  // "level=L3": put into the bill for that region
  bool json = false;
};
int rules_compare_command(Terminal& terminal, const CompareOptions& options);  // rules_compare.cpp

struct ImpactOptions {
  std::string before, after, bills, by;
  unsigned threads = 1;
  bool json = false;
};
int rules_impact_command(Terminal& terminal, const ImpactOptions& options);  // rules_impact.cpp

struct DemoOptions {
  std::string home;     // the folder with rules/ and sandbox/; empty: looked for
  std::string program;  // as it was typed, for the commands to try next
};
int demo_command(Terminal& terminal, const DemoOptions& options);  // demo.cpp

struct SandboxOptions {
  std::string home, to;  // to: the folder that is filled
  std::uint32_t persons = 10'000;
  std::uint64_t seed = 1;
  int days = 0;  // of visits; 0: none
};
struct SandboxRunOptions {
  std::string home, data = "sandbox-data";  // data: where the region lives; made when it is not there
  std::uint32_t persons = 10'000, visits = 2'000;
  std::uint64_t seed = 1;
  std::uint16_t port = 8080;
  bool once = false;  // stop after the day
};
struct ProtocolStatusOptions {
  std::string config;               // of the running sandbox node
  std::string provider;             // empty: its first hospital
  std::string person, other, item;  // psn_no with a personal account and another, an item of the catalogue
  std::uint16_t port = 0;           // 0: the configuration's
};
int protocol_status_command(Terminal& terminal, const ProtocolStatusOptions& options);  // protocol_status.cpp

int sandbox_run_command(Terminal& terminal, const SandboxRunOptions& options);  // sandbox_run.cpp
int sandbox_make_command(Terminal& terminal, const SandboxOptions& options);    // sandbox_make.cpp

}  // namespace fenming
