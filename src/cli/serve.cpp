#include "cli/serve.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "cli/files.h"
#include "cli/keys.h"
#include "cli/store_desk.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

// None when there is no folder for it.
Result<std::unique_ptr<LineLog>> log_in(const std::string& folder, const std::string& name) {
  if (folder.empty()) return std::unique_ptr<LineLog>();
  return LineLog::open(folder, name);
}

Result<std::string> pem(const std::string& folder, const std::string& file) {
  return file.empty() ? Result<std::string>(std::string()) : read_file(fs::path(folder) / file);
}

// A key folder is made when there is none. Beside a journal that would be the wrong folder: nobody's data could be opened any more, and
// new persons would be sealed under keys that no copy has.
std::optional<Error> lost_key(Store& store, const std::string& keys) {
  const auto head = store.head();
  if (!head) return head.error();
  if (head->position == 0) return std::nullopt;
  for (const char* name : {"master.key", "index.key", "ring.txt"}) {
    const fs::path file = fs::path(keys) / name;
    std::error_code ignored;
    if (!fs::exists(file, ignored)) return Error{Code::file_unreadable, "", file.string(), {"node.keys"}};
  }
  return std::nullopt;
}

bool signed_once(const ServerConfig& config) {
  return std::ranges::any_of(config.providers, [](const ProviderContract& contract) {
    return contract.credential.variant == SignVariant::tif && contract.credential.nonce_once;
  });
}

// REQ SEC-12. Nonces do not outlive a node, so what was signed before this one had the store to itself is not taken. Clients sign in whole
// seconds: the rest of the second in which it began is waited for, or a good message of that second would be refused.
void only_signed_after(Instant began, Node& node, const Now& now) {
  constexpr std::int64_t second_ms = 1000;
  const Instant from{(began.ms + second_ms - 1) / second_ms * second_ms};
  node.signed_from(from);
  if (now.wall < from) std::this_thread::sleep_for(std::chrono::milliseconds(from.ms - now.wall.ms));
}

}  // namespace

void block_signals() {
  const sigset_t set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);  // who reads what we print may go before us
}

void wait_for_signal() {
  const sigset_t set = stop_signals();
  int signal = 0;
  sigwait(&set, &signal);
}

Checked<ServerConfig> load_config(const std::string& file) {
  const auto text = read_file(file);
  if (!text) return std::unexpected(std::vector{text.error()});
  return read_config(*text, file);
}

Result<std::unique_ptr<RunningNode>> RunningNode::start(ServerConfig config, const std::string& folder,
                                                        std::function<Now()> clock) {
  if (!clock) clock = system_clock_now;
  const auto path = [&](const std::string& name) { return (fs::path(folder) / name).string(); };
  auto store = open_store(path(config.store));
  if (!store) return std::unexpected(store.error());
  const Instant began = clock().wall;
  if (auto lost = lost_key(**store, path(config.keys))) return std::unexpected(std::move(*lost));
  const auto vault = open_vault(path(config.keys));
  if (!vault) return std::unexpected(vault.error());
  std::unique_ptr<RunningNode> running(new RunningNode());
  DeskUse use{.clock = clock, .keys = path(config.keys), .attach_person = true};
  use.limits.lines_max = config.rows_max;
  use.limits.visit_lines_max = config.visit_lines_max;
  use.limits.amount_max = Money::from_fen(static_cast<std::int64_t>(config.amount_max) * 100);
  use.limits.quantity_max = Decimal{static_cast<std::int64_t>(config.quantity_max) * 1'000'000};
  auto desk = open_desk(std::move(*store), std::move(use));
  if (!desk) return std::unexpected(desk.error());
  running->desk_ = std::move(*desk);
  auto access = log_in(config.access_folder.empty() ? "" : path(config.access_folder), "access");
  if (!access) return std::unexpected(access.error());
  auto events = log_in(config.log_folder.empty() ? "" : path(config.log_folder), "node");
  if (!events) return std::unexpected(events.error());
  auto certificate = pem(folder, config.certificate), key = pem(folder, config.key),
       authority = pem(folder, config.client_authority);
  for (const auto* text : {&certificate, &key, &authority})
    if (!*text) return std::unexpected(text->error());
  HttpOptions http = config.http;
  http.certificate_pem = std::move(*certificate), http.key_pem = std::move(*key);
  http.client_authority_pem = std::move(*authority);
  running->node_ = std::make_unique<Node>(*running->desk_, *vault, std::move(config), std::move(*access),
                                          std::move(*events), std::move(clock));
  Node& node = *running->node_;
  node.show_http([raw = running.get()] {
    const HttpServer* server = raw->counting_;
    return server == nullptr ? HttpFigures() : server->figures();
  });
  if (signed_once(node.config())) only_signed_after(began, node, node.now());
  node.warm();
  auto server = HttpServer::start(
      std::move(http), [&node](const std::shared_ptr<Exchange>& exchange) { node.handle(exchange); },
      [&node](unsigned status) { return node.refusal(status); }, [&node] { return node.admits(); });
  if (!server) return std::unexpected(server.error());
  running->http_ = std::move(*server);
  running->counting_ = running->http_.get();
  node.note("serving", fmt::format(R"("port":{})", running->port()));
  return running;
}

RunningNode::~RunningNode() {
  constexpr auto answers_leave_most = std::chrono::seconds(5);
  if (node_) node_->note("stopping");
  if (node_) node_->stop();
  if (http_) http_->stop_listening();
  if (node_) node_->drain();  // what is under way is answered; the sockets are still there to carry it
  if (http_) http_->finish(answers_leave_most);
  http_.reset();
  node_.reset();
}

int serve_command(Terminal& terminal, const ServeOptions& options) {
  auto config = load_config(options.config);
  if (!config) return terminal.refuse(config.error());
  if (options.check) {
    terminal.out << fmt::format(
        fmt::runtime(terminal.say("配置有效：{} 家机构，{}:{}\n",
                                  "the configuration is sound: {} providers, {}:{}\n")),
        config->providers.size(), config->http.address, config->http.port);
    return exit_ok;
  }
  leave_no_core();
  block_signals();
  const std::string address = config->http.address, scheme = config->certificate.empty() ? "http" : "https";
  auto running = RunningNode::start(std::move(*config), fs::path(options.config).parent_path().string());
  if (!running) return terminal.refuse(running.error());
  terminal.out << fmt::format(fmt::runtime(terminal.say("正在服务 {}://{}:{}，Ctrl-C 停止\n",
                                                        "serving at {}://{}:{}, Ctrl-C stops\n")),
                              scheme, address, (*running)->port());
  terminal.out.flush();
  wait_for_signal();
  running->reset();
  terminal.out << terminal.say("已停止\n", "stopped\n");
  return exit_ok;
}

}  // namespace fenming
