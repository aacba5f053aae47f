// Node: the door of a region. Takes complete HTTP requests, finds out who sent them and what they are, gives them to their handler and
// keeps count. All that is shared between calls lives here.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "identity/vault.h"
#include "policy/library.h"
#include "server/call.h"
#include "server/catalogue_book.h"
#include "server/config.h"
#include "server/line_log.h"
#include "server/metrics.h"
#include "settlement/artifacts.h"
#include "settlement/desk.h"

namespace fenming {

// A few threads for what waits or reads much, with a bounded line before them: a storm of queries fills the line and is refused there.
class QueryLane {
 public:
  QueryLane(std::size_t threads, std::size_t waiting_max);
  ~QueryLane();
  // False: the line is full. What is added in the name of somebody runs one after another for him, and eight of it may wait.
  bool add(std::function<void()> work, std::string_view in_turn_of = {});
  std::size_t waiting() const;

 private:
  struct Work {
    std::function<void()> run;
    std::string in_turn_of;
  };
  void run();
  std::deque<Work>::iterator next();  // whose turn it is
  std::size_t waiting_max_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Work> line_;
  std::set<std::string, std::less<>> at_work_;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

// So many a second, a second's worth at once. One thread.
class Rate {
 public:
  explicit Rate(unsigned per_second = 0) : per_second_(per_second) {}
  bool take(std::int64_t steady_ms);

 private:
  unsigned per_second_;
  std::int64_t at_ms_ = 0, thousandths_ = -1;
};

class Node {
 public:
  Node(SettlementDesk& desk, std::shared_ptr<const Vault> vault, ServerConfig config,
       std::unique_ptr<LineLog> access, std::unique_ptr<LineLog> events, std::function<Now()> clock);
  ~Node();

  void handle(const std::shared_ptr<Exchange>& exchange);  // HttpServer's handler
  HttpAnswer refusal(unsigned status);                     // and its refusal
  bool admits();                                           // and whether it lets a message in
  // What the first message would wait for: rules and catalogue in force. A fault is noted, and told to whoever settles.
  void warm();
  void stop();   // new messages are refused from here on
  void drain();  // until every message is answered

  // ---- For handlers
  SettlementDesk& desk() { return desk_; }
  const Vault& vault() const { return *vault_; }
  const ServerConfig& config() const { return config_; }
  const RegionWords& words() const { return config_.words; }
  Now now() const { return clock_(); }
  Result<std::shared_ptr<const Library>> library(const std::string& digest);  // that a record names
  // None: no catalogue was in force.
  Result<std::shared_ptr<const Catalogue>> catalogue(const std::string& digest);
  LineLog* access_log() { return access_.get(); }
  // What went wrong or took long, for whoever runs the node; `rest`: further members, no personal data among them. No log: nothing.
  void note(std::string_view event, std::string_view rest = {}) const;
  CatalogueBook& catalogues() { return catalogues_; }
  Result<bool> signed_in(const std::string& provider,
                         Date day);  // some operator of the provider has; asks the desk when it must
  void sign_changed(
      const std::string& provider);               // somebody signed in or out: the next message asks the desk
  bool guess_allowed(std::string_view provider);  // false: too many of those asked for were not found
  void guessed_wrong(std::string_view provider);
  std::string new_file_number();  // for 9102: file_qury_no, never given twice

  // What was signed before is refused where a signature is good once: a node of before may have taken it. Before the first message.
  void signed_from(Instant from) { nonces_.remember_from(from); }

  // What the HTTP server counted; set before the first message.
  void show_http(std::function<HttpFigures()> figures) { http_figures_ = std::move(figures); }
  std::string metrics_text() const;
  bool stopping() const { return stopping_; }

 private:
  friend class Call;
  void message(const std::shared_ptr<Exchange>& exchange, std::string_view path_infno, bool other_path);
  void show_document(const std::shared_ptr<Exchange>& exchange);  // GET /documents
  SignedHeaders headers_of(const Exchange& exchange, bool& underscored) const;
  bool take_text(Call& call);
  bool identify(Call& call, std::string_view path_infno, bool other_path);
  bool authorised(Call& call, const SignedHeaders& headers, const ProviderContract* contract);
  bool as_agreed(Call& call, bool other_path);
  void dispatch(const CallPtr& call);
  std::unique_ptr<RequestReader> reader();
  void give_back(std::unique_ptr<RequestReader> reader, std::size_t text_bytes);
  bool take_flight();
  void end_flight();

  SettlementDesk& desk_;
  std::shared_ptr<const Vault> vault_;
  ServerConfig config_;
  std::unique_ptr<LineLog> access_, events_;
  CatalogueBook catalogues_;
  std::function<Now()> clock_;
  std::function<HttpFigures()> http_figures_;
  bool any_unsigned_ = false;  // some provider's messages come without a signature
  std::map<std::string, const ProviderContract*, std::less<>> by_key_, by_code_;
  std::map<std::string, Rate, std::less<>> rates_;
  Nonces nonces_;
  std::mutex door_;  // of nonces and rates: several event threads
  Metrics metrics_;
  std::atomic<std::uint64_t> serial_{0}, in_flight_{0}, calls_{0}, busy_refusals_{0}, guesses_wrong_{0},
      guesses_refused_{0};
  std::atomic<bool> stopping_{false};
  mutable std::mutex readers_mutex_, libraries_mutex_, item_lists_mutex_, signs_mutex_;
  std::vector<std::unique_ptr<RequestReader>> readers_;
  std::unordered_map<std::string, std::shared_ptr<const Library>> libraries_;
  LastAsked<Catalogue> item_lists_{catalogues_kept};
  struct SignedIn {
    Date day;
    bool here = false;
    std::int64_t asked_ms = 0;
  };
  std::optional<bool> known_signed_in(const std::string& provider, Date day) const;
  std::map<std::string, SignedIn> signs_;  // provider → what the desk said, until somebody signs in or out
  std::uint64_t sign_changes_ = 0;
  struct Guesses {
    std::int64_t since_ms = 0;
    unsigned wrong = 0;
  };
  std::map<std::string, Guesses, std::less<>> guesses_;
  // Last: their threads end before what they use. Whoever waits to hear whether somebody is signed in may be a settlement: never behind queries. Nor does a repeat.
  QueryLane lane_, sign_lane_;
};

}  // namespace fenming
