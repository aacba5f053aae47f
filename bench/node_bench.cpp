// Load on a running node, from one thread: messages leave at their appointed times whatever the answers do, and a message's latency counts
// from that time, so that a stalled node does not hide its stall (no coordinated omission). Keep-alive connections, one message at a time
// on each; a message waits when none is free.
//
//   node_bench --data DIR --port N --mode purchase|flow|query|mixed|hello [--rate R (0: as fast as the connections allow)] [--seconds S]
//             [--connections C]
//
// DIR is a region of `fenming sandbox run`. Queries (5203) ask for settlements that this run made itself: good ones, which count as failed when they
// find nothing. Prints one line of figures; exits with 1 when an answer was neither good nor a refusal for being busy.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "cli/serve.h"
#include "cli/store_desk.h"
#include "conformance/messages.h"
#include "conformance/wire_client.h"
#include "population/items.h"
#include "population/sales.h"

namespace fenming {
namespace {

std::int64_t now_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

enum class Mode { purchase, flow, query, mixed, hello };

struct Options {
  std::string data;
  std::uint16_t port = 8080;
  Mode mode = Mode::purchase;
  double rate = 0;
  int seconds = 10;
  unsigned connections = 64;
  std::uint32_t persons = 10'000;
  double query_share = 0;  // mixed: queries for each settlement
};

// Makes messages: a purchase of 12 lines, or the steps of a flow (2201 before the measurement, then 2204, 2206, 2207).
class Messages {
 public:
  Messages(const Options& options, const ServerConfig& config)
      : people_(options.persons, 1, Date{20'089}),
        providers_(60'000),
        items_(1, Date{20'089}),
        sales_(1, people_, items_, providers_, false) {
    for (const ProviderContract& contract : config.providers) {
      if (contract.credential.variant != SignVariant::tif) continue;
      const std::string& code = contract.credential.provider;
      clients_.push_back(std::make_unique<WireClient>(
          "127.0.0.1", options.port,
          WireIdentity{code, code, "op1", config.words.region, contract.credential}));
    }
    day_ = civil_day(system_clock_now().wall);
    session_ = static_cast<std::uint64_t>(system_clock_now().wall.ms) % 100'000;
  }

  std::size_t clients() const { return clients_.size(); }

  Settle sale(std::uint64_t number, std::size_t lines = 12) {
    const auto person = static_cast<std::uint32_t>(mixed(number) % people_.size());
    Settle sale;
    sale.psn_no = People::psn_no(person);
    sale.from = sale.to = day_;
    Random random(7, number);
    static constexpr Shelf shelves[] = {Shelf::cheap_drugs, Shelf::cheap_drugs, Shelf::drugs};
    for (std::size_t i = 0; i < lines; ++i)
      sale.total = sale.total + sales_.lines().add(sale.lines, random.of(shelves), 2, day_,
                                                   static_cast<std::uint32_t>(i + 1), random);
    return sale;
  }

  std::string request(std::uint64_t number, std::string_view infno, const std::string& input) {
    WireClient& client = *clients_[number % clients_.size()];
    const Instant now = system_clock_now().wall;
    std::string code = client.identity().provider;
    const std::string msgid = fmt::format("{}{:05}{:013}", code.substr(0, 12), session_, ++message_);
    return client.request(client.envelope(infno, input, msgid, now), now);
  }
  WireAnswer call(std::uint64_t number, std::string_view infno, const std::string& input) {
    return clients_[number % clients_.size()]->call(infno, input);
  }
  std::string hello() const { return "GET /health HTTP/1.1\r\nHost: node\r\n\r\n"; }

 private:
  People people_;
  Providers providers_;
  Items items_;
  Sales sales_;
  std::vector<std::unique_ptr<WireClient>> clients_;
  Date day_;
  std::uint64_t session_ = 0, message_ = 0;
};

struct Made {  // a settlement to ask for
  std::uint64_t number = 0;
  std::string setl_id, psn_no;
};

struct Job {
  std::uint64_t number = 0;
  int step = 0;             // of a flow
  std::int64_t due_ns = 0;  // when it should have left
  bool query = false;
  std::shared_ptr<Settle> sale;
  std::string visit;
};

struct Connection {
  int socket = -1;
  bool busy = false;
  std::int64_t sent_ns = 0;
  Job job;
  std::string in;
};

struct Figures {
  std::vector<std::uint32_t> us;                                // latencies of what succeeded
  std::vector<std::uint32_t> refused_us, refused_from_sent_us;  // from when it was due; from when it left
  std::uint64_t good = 0, busy = 0, bad = 0, flows = 0, queries = 0, queries_busy = 0, due = 0;
  std::string first_bad;
};

std::uint32_t percentile(std::vector<std::uint32_t>& values, double p) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::size_t>(p * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

class Load {
 public:
  Load(const Options& options, Messages& messages) : options_(options), messages_(messages) {
    epoll_ = epoll_create1(0);
  }

  void prepare() {
    if (options_.mode == Mode::query || options_.mode == Mode::mixed) return make_some();
    if (options_.mode != Mode::flow) return;
    const auto count =
        static_cast<std::size_t>((options_.rate > 0 ? options_.rate : 4'000) * options_.seconds) + 1;
    for (std::size_t i = 0; i < count; ++i) {
      Settle sale = messages_.sale(i);
      WireAnswer answer;
      for (int attempt = 0; attempt < 100;
           ++attempt) {  // what an overload before it left behind is worked off first
        answer = messages_.call(i, "2201", registration_input(sale, fmt::format("B{}", i)));
        if (answer.status != 503) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
      }
      visits_.push_back(answer.value("mdtrt_id"));
      if (visits_.back().empty()) {
        fmt::print(stderr, "2201: {}\n", answer.body);
        std::exit(2);
      }
    }
  }

  Figures run() {
    connections_.resize(options_.connections);
    for (std::size_t i = 0; i < connections_.size(); ++i) open(i);
    begin_ = now_ns();
    const std::int64_t end = begin_ + options_.seconds * 1'000'000'000LL;
    for (std::int64_t now = begin_; now < end || in_flight_ > 0; now = now_ns()) {
      if (now > end + 5'000'000'000LL) break;
      if (now < end) plan(now);
      dispatch();
      wait(now < end ? 1 : 10);
    }
    figures_.us.shrink_to_fit();
    return std::move(figures_);
  }
  double seconds() const { return static_cast<double>(now_ns() - begin_) / 1e9; }

 private:
  // Before the measurement, numbered apart from it.
  void make_some() {
    constexpr std::uint64_t first = 1ULL << 40U;
    for (std::uint64_t i = 0; i < 200; ++i) {
      const Settle sale = messages_.sale(first + i);
      const WireAnswer answer = messages_.call(first + i, "2102", purchase_input(sale));
      if (answer.ok()) made_.push_back({first + i, answer.value("setl_id"), sale.psn_no});
    }
    if (made_.empty()) {
      fmt::print(stderr, "2102: no settlement to ask for\n");
      std::exit(2);
    }
  }

  void keep(const Job& job, std::string_view answer) {
    constexpr std::size_t made_max = 100'000;
    WireAnswer read;
    read.body = answer.substr(answer.find("\r\n\r\n") + 4);
    Made made{job.number, read.value("setl_id"), read.value("psn_no")};
    if (made_.size() < made_max)
      made_.push_back(std::move(made));
    else
      made_[job.number % made_max] = std::move(made);
  }

  void open(std::size_t index) {
    Connection& c = connections_[index];
    if (c.socket >= 0) ::close(c.socket);
    c.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const int one = 1;
    setsockopt(c.socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(options_.port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::connect(c.socket, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, c.socket, &event);
    c.in.clear();
    c.busy = false;
    free_.push_back(index);
  }

  void plan(std::int64_t now) {
    if (options_.rate <= 0) {
      while (waiting_.size() < free_.size()) waiting_.push_back(made(now));
      return;
    }
    const auto due = static_cast<std::uint64_t>(static_cast<double>(now - begin_) * options_.rate / 1e9);
    for (; planned_ < due; ++planned_)
      waiting_.push_back(
          made(begin_ + static_cast<std::int64_t>(static_cast<double>(planned_) * 1e9 / options_.rate)));
  }

  Job made(std::int64_t due) {
    Job job;
    ++figures_.due;
    job.number = number_++;
    job.due_ns = due;
    if (options_.mode == Mode::mixed) {
      const double share = options_.query_share / (1 + options_.query_share);
      job.query = static_cast<double>(mixed(job.number) % 1'000'000) < share * 1e6;
      figures_.due -= job.query ? 1 : 0;
    }
    return job;
  }

  std::string bytes(Job& job) {
    if (options_.mode == Mode::hello) return messages_.hello();
    if (options_.mode == Mode::query || job.query) {
      const Made& one = made_[mixed(job.number) % made_.size()];
      return messages_.request(one.number, "5203",
                               fmt::format(R"({{"data":{{"psn_no":"{}","setl_id":"{}","mdtrt_id":"x"}}}})",
                                           one.psn_no, one.setl_id));
    }
    if (options_.mode != Mode::flow)
      return messages_.request(job.number, "2102", purchase_input(messages_.sale(job.number)));
    if (job.sale == nullptr) {
      job.sale = std::make_shared<Settle>(messages_.sale(job.number));
      job.visit = visits_[job.number % visits_.size()];
    }
    if (job.step == 0)
      return messages_.request(job.number, "2204",
                               lines_input(job.sale->psn_no, job.visit, "B1", job.sale->lines));
    return messages_.request(job.number, job.step == 1 ? "2206" : "2207",
                             settle_input(*job.sale, job.visit, "B1", "11"));
  }

  void dispatch() {
    while (!waiting_.empty() && !free_.empty()) {
      if (options_.mode == Mode::flow && waiting_.front().number >= visits_.size()) {
        waiting_.pop_front();
        continue;
      }
      const std::size_t index = free_.back();
      free_.pop_back();
      Connection& c = connections_[index];
      c.job = std::move(waiting_.front());
      waiting_.pop_front();
      send(c);
    }
  }

  void send(Connection& c) {
    const std::string text = bytes(c.job);
    c.busy = true;
    c.sent_ns = now_ns();
    ++in_flight_;
    std::string_view rest = text;
    while (!rest.empty()) {
      const ssize_t sent = ::send(c.socket, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (sent > 0) rest.remove_prefix(static_cast<std::size_t>(sent));
      if (sent < 0 && errno != EAGAIN && errno != ENOTCONN) break;
    }
  }

  void wait(int ms) {
    epoll_event events[256];
    const int count = epoll_wait(epoll_, events, 256, waiting_.empty() || free_.empty() ? ms : 0);
    for (int i = 0; i < count; ++i) receive(static_cast<std::size_t>(events[i].data.u64));
  }

  void receive(std::size_t index) {
    Connection& c = connections_[index];
    char piece[65'536];
    const ssize_t got = ::recv(c.socket, piece, sizeof piece, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
      if (c.busy) {
        --in_flight_;
        ++figures_.bad;
        if (figures_.first_bad.empty()) figures_.first_bad = "connection closed";
      } else {
        std::erase(free_, index);
      }
      return open(index);
    }
    c.in.append(piece, static_cast<std::size_t>(got));
    const std::size_t head = c.in.find("\r\n\r\n");
    if (head == std::string::npos) return;
    const std::size_t at = c.in.find("Content-Length: ");
    const std::size_t size = head + 4 + (at < head ? std::strtoull(c.in.c_str() + at + 16, nullptr, 10) : 0);
    if (c.in.size() < size) return;
    --in_flight_;
    c.busy = false;
    answered(index, std::string_view(c.in).substr(0, size));
    c.in.erase(0, size);
  }

  void answered(std::size_t index, std::string_view answer) {
    Connection& c = connections_[index];
    const auto us = static_cast<std::uint32_t>((now_ns() - c.job.due_ns) / 1000);
    const bool busy = answer.substr(9, 3) == "503" || answer.substr(9, 3) == "429";
    const bool query = options_.mode == Mode::query || c.job.query;
    const bool good =
        answer.substr(9, 3) == "200" &&
        (options_.mode == Mode::hello || answer.find("\"infcode\":0") != std::string_view::npos);
    if (query && (good || busy)) {
      busy ? ++figures_.queries_busy : ++figures_.queries;
    } else if (busy) {
      ++figures_.busy;
      figures_.refused_us.push_back(us);
      figures_.refused_from_sent_us.push_back(static_cast<std::uint32_t>((now_ns() - c.sent_ns) / 1000));
    } else if (!good) {
      ++figures_.bad;
      if (figures_.first_bad.empty()) figures_.first_bad = answer;
    } else if (options_.mode == Mode::flow && c.job.step < 2) {
      ++c.job.step;
      ++figures_.good;
      return send(c);
    } else {
      ++figures_.good;
      figures_.flows += options_.mode == Mode::flow;
      figures_.us.push_back(us);
      if (options_.mode == Mode::mixed) keep(c.job, answer);
    }
    free_.push_back(index);
  }

  const Options& options_;
  Messages& messages_;
  int epoll_ = -1;
  std::vector<Connection> connections_;
  std::vector<std::size_t> free_;
  std::deque<Job> waiting_;
  std::vector<std::string> visits_;
  std::vector<Made> made_;
  std::uint64_t planned_ = 0, number_ = 0;
  std::size_t in_flight_ = 0;
  std::int64_t begin_ = 0;
  Figures figures_;
};

Options read_options(int count, char** words) {
  Options options;
  static const std::map<std::string_view, Mode> modes{{"purchase", Mode::purchase},
                                                      {"flow", Mode::flow},
                                                      {"query", Mode::query},
                                                      {"mixed", Mode::mixed},
                                                      {"hello", Mode::hello}};
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view key = words[i];
    const char* value = words[i + 1];
    if (key == "--data") options.data = value;
    if (key == "--port") options.port = static_cast<std::uint16_t>(std::atoi(value));
    if (key == "--mode") options.mode = modes.at(value);
    if (key == "--rate") options.rate = std::atof(value);
    if (key == "--seconds") options.seconds = std::atoi(value);
    if (key == "--connections") options.connections = static_cast<unsigned>(std::atoi(value));
    if (key == "--queries") options.query_share = std::atof(value);
  }
  return options;
}

int run(int count, char** words) {
  const Options options = read_options(count, words);
  ServerConfig config;
  if (options.mode != Mode::hello) {
    auto read = load_config(options.data + "/node.toml");
    if (!read) {
      fmt::print(stderr, "{}\n", to_text(read.error().front(), Language::en));
      return 2;
    }
    config = std::move(*read);
  }
  Messages messages(options, config);
  Load load(options, messages);
  load.prepare();
  Figures f = load.run();
  const double seconds = load.seconds();
  const auto per_second = [&](std::uint64_t number) { return static_cast<double>(number) / seconds; };
  fmt::print("{:.0f}/s good", per_second(options.mode == Mode::flow ? f.flows : f.us.size()));
  if (options.mode == Mode::flow) fmt::print(" flows ({:.0f} messages/s)", per_second(f.good));
  fmt::print(", p50 {} us, p99 {} us, max {} us", percentile(f.us, 0.5), percentile(f.us, 0.99),
             percentile(f.us, 1.0));
  if (f.busy != 0)
    fmt::print("; busy {:.0f}/s, refused p99 {} us, {} us from when it was sent", per_second(f.busy),
               percentile(f.refused_us, 0.99), percentile(f.refused_from_sent_us, 0.99));
  if (options.mode == Mode::mixed && f.due != 0)
    fmt::print("; {:.2f} % of {} due settled",
               100.0 * static_cast<double>(f.good) / static_cast<double>(f.due), f.due);
  if (f.queries + f.queries_busy != 0)
    fmt::print("; queries {:.0f}/s, busy {:.0f}/s", per_second(f.queries), per_second(f.queries_busy));
  if (f.bad != 0) fmt::print("; BAD {}: {}", f.bad, f.first_bad);
  fmt::print("\n");
  return f.bad == 0 ? 0 : 1;
}

}  // namespace
}  // namespace fenming

int main(int count, char** words) { return fenming::run(count, words); }
