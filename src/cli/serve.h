// serve: a region's node in this process: store, desk, keys, the node and its HTTP server, wired by hand.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "cli/terminal.h"
#include "server/node.h"

namespace fenming {

struct ServeOptions {
  std::string config;  // TOML
  bool check = false;  // only read it
};
int serve_command(Terminal& terminal, const ServeOptions& options);

class RunningNode {
 public:
  // `folder`: what the configuration's names are relative to.
  static Result<std::unique_ptr<RunningNode>> start(ServerConfig config, const std::string& folder,
                                                    std::function<Now()> clock = {});
  ~RunningNode();  // refuses what comes, answers what is under way, lets the views catch up

  SettlementDesk& desk() { return *desk_; }
  Node& node() { return *node_; }
  std::uint16_t port() const { return http_->port(); }

 private:
  RunningNode() = default;
  std::unique_ptr<SettlementDesk> desk_;
  std::unique_ptr<Node> node_;
  std::unique_ptr<HttpServer> http_;
  std::atomic<const HttpServer*> counting_{nullptr};  // what the figures on the event thread are read from
};

Checked<ServerConfig> load_config(const std::string& file);
void wait_for_signal();  // until Ctrl-C or SIGTERM; call block_signals before any thread starts
void block_signals();

}  // namespace fenming
