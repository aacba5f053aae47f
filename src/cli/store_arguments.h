// The words of the commands that work on a store.
#pragma once

#include <memory>

#include "cli/store_commands.h"

namespace CLI {
class App;
}

namespace fenming {

class StoreArguments {
 public:
  explicit StoreArguments(std::string& language) : language_(language) {}
  void add_to(CLI::App& app);
  int (*chosen() const)(Terminal&, const StoreOptions&);  // null: another command was meant
  const StoreOptions& options() const { return options_; }

 private:
  void add_import(CLI::App& app);  // and what follows it in the list
  void add_receipt(CLI::App& app);
  void add_keys(CLI::App& app);
  struct Choice {
    CLI::App* command;
    int (*run)(Terminal&, const StoreOptions&);
  };
  CLI::App* command(CLI::App& parent, const char* name, const char* what,
                    int (*run)(Terminal&, const StoreOptions&));
  CLI::App* with_folder(CLI::App& parent, const char* name, const char* what,
                        int (*run)(Terminal&, const StoreOptions&));

  std::string& language_;
  StoreOptions options_;
  std::vector<Choice> choices_;
};

}  // namespace fenming
