// The subcommands that work on a store: what each is asked and what it does. store_arguments.cpp fills the options.
#pragma once

#include <cstdint>
#include <string>

#include "cli/terminal.h"

namespace fenming {

struct StoreOptions {
  std::string store;                           // folder
  std::string rules, catalogue;                // adopt
  std::string to;                              // backup, restore, export: the other folder
  std::string key;                             // verify: public key (PEM); import, simulate: key folder
  std::string message, provider, transaction;  // outcome
  std::string by;                              // who
  std::string kind, file, report;              // import
  std::uint64_t position = 0;                  // receipt
  std::string check;                           // receipt: a file to check instead
  bool with_record = false;                    // receipt
  std::string from, until;                     // statement: days
  std::string group, person;                   // keys erase: one of the two
  bool confirmed = false;                      // keys erase
  std::string kept, merged;                    // merge: psn_no
  std::uint32_t persons = 10'000;
  std::uint64_t seed = 1;
  int days = 365;
  unsigned in_flight = 64;
  bool json = false;
};

int adopt_command(Terminal& terminal, const StoreOptions& options);         // store_adopt.cpp
int merge_command(Terminal& terminal, const StoreOptions& options);         // store_adopt.cpp
int clock_accept_command(Terminal& terminal, const StoreOptions& options);  // store_adopt.cpp
int outcome_command(Terminal& terminal, const StoreOptions& options);       // store_adopt.cpp
int verify_store_command(Terminal& terminal, const StoreOptions& options);  // store_check.cpp
int replay_command(Terminal& terminal, const StoreOptions& options);        // store_check.cpp
int rebuild_command(Terminal& terminal, const StoreOptions& options);       // store_check.cpp
int backup_command(Terminal& terminal, const StoreOptions& options);        // store_copy.cpp
int restore_command(Terminal& terminal, const StoreOptions& options);       // store_copy.cpp
int export_command(Terminal& terminal, const StoreOptions& options);        // store_copy.cpp
int import_command(Terminal& terminal, const StoreOptions& options);        // store_import.cpp
int receipt_command(Terminal& terminal, const StoreOptions& options);       // store_receipt.cpp
int statement_command(Terminal& terminal, const StoreOptions& options);     // store_statement.cpp
int keys_rotate_command(Terminal& terminal, const StoreOptions& options);   // store_keys.cpp
int keys_erase_command(Terminal& terminal, const StoreOptions& options);    // store_keys.cpp
int simulate_command(Terminal& terminal, const StoreOptions& options);      // store_simulate.cpp

}  // namespace fenming
