#include "server/node.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.h"
#include "server/multipart.h"
#include "server/paths.h"
#include "server/transactions.h"
#include "settlement/artifacts.h"
#include "settlement/cells.h"

namespace fenming {
namespace {

// The four messages of the written interface, and what else may be wrong (envelope.md 2).
Code code_of(SignFault fault) {
  switch (fault) {
    case SignFault::header_missing: return Code::header_missing;
    case SignFault::time_off: return Code::header_time;
    case SignFault::user_unknown: return Code::header_user;
    case SignFault::differs: return Code::header_signature;
    case SignFault::replayed: return Code::header_replayed;
  }
  return Code::header_signature;
}

std::string gateway_text(unsigned code, std::string_view message) {
  JsonOut json;
  json.open_object().field("code", std::int64_t{code}).field("message", message).close_object();
  return json.take();
}

constexpr unsigned guesses_max = 60;  // of persons, visits and settlements not found, per provider
constexpr std::int64_t guesses_ms = 60'000;

}  // namespace

Node::Node(SettlementDesk& desk, std::shared_ptr<const Vault> vault, ServerConfig config,
           std::unique_ptr<LineLog> access, std::unique_ptr<LineLog> events, std::function<Now()> clock)
    : desk_(desk),
      vault_(std::move(vault)),
      config_(std::move(config)),
      access_(std::move(access)),
      events_(std::move(events)),
      clock_(std::move(clock)),
      lane_(config_.query_threads, config_.queries_max),
      sign_lane_(1, config_.in_flight_max) {
  for (const ProviderContract& contract : config_.providers) {
    by_code_.emplace(contract.credential.provider, &contract);
    if (contract.credential.variant != SignVariant::none)
      by_key_.emplace(contract.credential.access_key, &contract);
    else
      any_unsigned_ = true;
    rates_.emplace(contract.credential.provider, Rate(contract.per_second));
  }
}

Node::~Node() { drain(); }

void Node::note(std::string_view event, std::string_view rest) const {
  if (events_ == nullptr) return;
  const Instant now = clock_().wall;
  events_->add(now, fmt::format(R"({{"time":"{}","event":"{}"{}{})", to_text(now), event,
                                rest.empty() ? "" : ",", rest));
}

void Node::warm() {
  const auto read = [this]() -> Result<void> {
    if (auto desk = desk_.warm(); !desk) return desk;
    const auto shard = desk_.object(shard_object);
    if (!shard) return std::unexpected(shard.error());
    const std::string rules(shard->find(rules_cell)), items(shard->find(catalogue_cell));
    if (rules.empty()) return {};
    if (auto known = library(rules); !known) return std::unexpected(known.error());
    if (auto known = catalogue(items); !known) return std::unexpected(known.error());
    return {};
  }();
  if (!read) note("not_warm", fmt::format(R"("code":"{}")", tag(read.error().code)));
}

void Node::stop() { stopping_ = true; }

void Node::drain() {
  while (calls_ != 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

// ---- From bytes to a handler

HttpAnswer Node::refusal(unsigned status) {
  metrics_.count_http(status);
  const auto error = [&]() -> Error {
    switch (status) {
      case 400: return {Code::wire_type, "", "Transfer-Encoding, Content-Length", {"HTTP", "Content-Length"}};
      case 403: return {Code::header_user, "", "", {}};
      case 413: return {Code::wire_too_large, "", "body", {std::to_string(config_.http.body_max)}};
      default: break;
    }
    return stopping_ ? Error{Code::server_stopping, "", "", {}} : Error{Code::server_busy, "", "1000", {}};
  }();
  const Instant now = clock_().wall;
  HttpAnswer answer;
  answer.status = status;
  answer.body = refusal_text({config_.words.region, now, now, ++serial_}, {&error, 1});
  if (status == 503) answer.headers.emplace_back("Retry-After", "1");
  return answer;
}

bool Node::admits() {
  const bool room = !stopping_ && in_flight_ < config_.in_flight_max;
  if (!room) ++busy_refusals_;
  return room;
}

void Node::message(const std::shared_ptr<Exchange>& exchange, std::string_view path_infno, bool other_path) {
  if (!admits()) return exchange->answer(refusal(503));  // before anything is read: a refusal must be cheap
  const StageTime time(metrics_, Stage::read);
  const auto call = std::make_shared<Call>(*this, exchange);
  if (take_text(*call) && identify(*call, path_infno, other_path)) dispatch(call);
}

bool Node::take_text(Call& call) {
  const std::string_view type = call.exchange_->header("Content-Type");
  if (const auto form = read_form(type, call.exchange_->body)) {  // 9101: the file is no text
    call.file_ = form->file;
    call.text_ = form->message;
    return true;
  }
  call.charset_ = charset_of(type);
  if (call.charset_ == Charset::utf8) {
    call.text_ = std::move(call.exchange_->body);
    return true;
  }
  auto text = to_utf8(call.exchange_->body, call.charset_);
  if (text) call.text_ = std::move(*text);
  if (!text)
    call.exchange_->answer(
        call.said(400, refusal_text(call.own_head(), {&text.error(), 1}), Ending::refused));
  return text.has_value();
}

// REQ SEC-03, SEC-12
bool Node::authorised(Call& call, const SignedHeaders& headers, const ProviderContract* contract) {
  std::optional<SignFault> fault;
  if (headers.variant == SignVariant::none && contract != nullptr &&
      contract->credential.variant == SignVariant::none)
    return true;
  {
    const std::lock_guard lock(door_);
    fault = check_signature(headers, contract == nullptr ? nullptr : &contract->credential, nonces_,
                            clock_().wall);
  }
  if (!fault) return true;
  const Error error{code_of(*fault), "", "x-tif-*, _api_*", {}};
  call.exchange_->answer(call.said(401, gateway_text(401, sentence(error, Language::zh)), Ending::refused));
  return false;
}

SignedHeaders Node::headers_of(const Exchange& exchange, bool& underscored) const {
  return signed_headers([&](std::string_view name) {
    const std::string_view value = exchange.header(name);
    if (!value.empty() || name.find('-') == std::string_view::npos) return value;
    std::string other(name);
    std::ranges::replace(other, '-', '_');
    const std::string_view found = exchange.header(other);
    underscored = underscored || !found.empty();
    return found;
  });
}

// Who sends it comes first: only then are the message's own tolerances and limits known. Nobody's JSON is read before his signature.
bool Node::identify(Call& call, std::string_view path_infno, bool other_path) {
  bool underscored = false;
  const SignedHeaders headers = headers_of(*call.exchange_, underscored);
  const ProviderContract* contract = nullptr;
  if (headers.variant != SignVariant::none) {
    if (const auto found = by_key_.find(headers.key); found != by_key_.end()) contract = found->second;
    // Where underscores are not read, such a header is not there.
    if (underscored && contract != nullptr && !contract->tolerances.has(Tolerance::header_underscore))
      return authorised(call, SignedHeaders(), nullptr);
    if (!authorised(call, headers, contract)) return false;
  } else if (!any_unsigned_) {
    return authorised(call, headers, nullptr);
  }
  RequestLimits limits;
  limits.json = {config_.http.body_max, config_.depth_max};
  limits.rows = config_.rows_max;
  const auto envelope = call.reader_->read_envelope(call.text_, limits);
  const auto say = [&](unsigned status, const Error& error) {
    call.exchange_->answer(call.said(status, refusal_text(call.own_head(), {&error, 1}), Ending::refused));
    return false;
  };
  if (!envelope) return say(400, envelope.error());
  if (headers.variant ==
      SignVariant::none) {  // the provider says who he is: only where his contract lets him
    if (const auto found = by_code_.find(envelope->fixmedins_code); found != by_code_.end())
      contract = found->second;
    if (!authorised(call, headers, contract)) return false;
  }
  if (contract->credential.provider != envelope->fixmedins_code)
    return say(200, {Code::wire_provider, "/fixmedins_code", std::string(envelope->fixmedins_code), {}});
  call.contract_ = contract;
  {
    const std::lock_guard lock(door_);
    if (!rates_.find(contract->credential.provider)->second.take(clock_().steady_ms))
      return say(429, {Code::server_rate, "", std::to_string(contract->per_second), {}});
  }
  if (!path_infno.empty() && path_infno != envelope->infno)
    return say(200, {Code::wire_path, "/infno", std::string(envelope->infno), {std::string(path_infno)}});
  return as_agreed(call, other_path || !path_infno.empty());
}

// What lies around the message by the contract's tolerances, then its input by the tables.
bool Node::as_agreed(Call& call, bool other_path) {
  const Tolerances tolerances = call.contract_->tolerances;
  const auto refuse = [&](const std::vector<Error>& errors) {
    call.exchange_->answer(call.refusal(errors));
    return false;
  };
  if (other_path && !tolerances.has(Tolerance::path_form))
    return refuse({{Code::wire_tolerance, "", call.exchange_->path, {"path_form"}}});
  if (call.charset_ != Charset::utf8 && !tolerances.has(Tolerance::charset))
    return refuse({{Code::wire_tolerance, "", "GBK", {"charset"}}});
  auto request = call.reader_->read_input(tolerances);
  if (!request) {
    if (const Transaction* known = find_transaction(call.reader_->envelope().infno))
      call.transaction_ = static_cast<std::size_t>(known - transactions().data());
    return refuse(request.error());
  }
  call.request_ = *request;
  call.transaction_ = static_cast<std::size_t>(&call.request_.transaction() - transactions().data());
  return true;
}

void Node::dispatch(const CallPtr& call) {
  const Envelope& e = call->request().envelope();
  const Handling* handling = find_handling(e.infno);
  if (handling == nullptr)
    return call->refuse(Error{Code::wire_not_offered,
                              "/infno",
                              std::string(e.infno),
                              {std::string(call->request().transaction().name)}});
  if (!e.insuplc_admdvs.empty() &&
      e.insuplc_admdvs.substr(0, 4) != std::string_view(config_.words.region).substr(0, 4) &&
      !handling->any_region)
    return call->refuse(Error{Code::wire_region, "/insuplc_admdvs", std::string(e.insuplc_admdvs), {}});
  if (call->contract().sign_in && !handling->before_sign_in) {
    const std::string provider(call->provider());
    const Date day = civil_day(clock_().wall);
    const auto go_on = [call, handling](const Result<bool>& here) {
      if (!here) return call->refuse(here.error());
      if (*here) return handling->run(call);
      call->refuse(Error{Code::wire_not_signed_in, "", std::string(call->request().envelope().opter), {}});
    };
    if (const auto known = known_signed_in(provider, day)) return go_on(*known);
    const bool taken = sign_lane_.add([this, go_on, provider, day] { go_on(signed_in(provider, day)); });
    if (!taken) call->refuse(Error{Code::server_busy, "", "1000", {}});
    return;
  }
  handling->run(call);
}

// ---- Shared between calls

std::unique_ptr<RequestReader> Node::reader() {
  const std::lock_guard lock(readers_mutex_);
  if (readers_.empty()) return std::make_unique<RequestReader>();
  auto reader = std::move(readers_.back());
  readers_.pop_back();
  return reader;
}

// A reader that held a large message keeps its buffers: it goes, else a few of them would hold what the limits forbid.
void Node::give_back(std::unique_ptr<RequestReader> reader, std::size_t text_bytes) {
  constexpr std::size_t text_kept_max = 128 << 10;
  if (text_bytes > text_kept_max) return;
  const std::lock_guard lock(readers_mutex_);
  if (readers_.size() < 64) readers_.push_back(std::move(reader));
}

bool Node::take_flight() {
  if (in_flight_.fetch_add(1) < config_.in_flight_max) return true;
  in_flight_.fetch_sub(1);
  ++busy_refusals_;
  return false;
}

void Node::end_flight() { in_flight_.fetch_sub(1); }

Result<std::shared_ptr<const Library>> Node::library(const std::string& digest) {
  if (digest.size() != sizeof(Digest)) return std::unexpected(Error{Code::desk_no_rules, "", "", {}});
  {
    const std::lock_guard lock(libraries_mutex_);
    if (const auto found = libraries_.find(digest); found != libraries_.end()) return found->second;
  }
  const auto bytes = desk_.store().artifact(to_digest(digest));
  if (!bytes) return std::unexpected(bytes.error());
  const auto library = unpack_library(*bytes);
  if (!library) return std::unexpected(library.error().front());
  const std::lock_guard lock(libraries_mutex_);
  return libraries_.try_emplace(digest, *library).first->second;
}

Result<std::shared_ptr<const Catalogue>> Node::catalogue(const std::string& digest) {
  if (digest.size() != sizeof(Digest)) return nullptr;
  const std::lock_guard lock(item_lists_mutex_);  // held while it is read: one reads it, the others wait
  if (auto known = item_lists_.find(digest)) return known;
  const auto bytes = desk_.store().artifact(to_digest(digest));
  if (!bytes) return std::unexpected(bytes.error());
  auto catalogue = Catalogue::read(*bytes, "catalog.csv");
  if (!catalogue) return std::unexpected(catalogue.error().front());
  return item_lists_.keep(digest, std::make_shared<const Catalogue>(std::move(*catalogue)));
}

// That nobody is signed in holds for a second only: a storm of such messages asks the desk once in it.
std::optional<bool> Node::known_signed_in(const std::string& provider, Date day) const {
  constexpr std::int64_t absent_ms = 1'000;
  const std::lock_guard lock(signs_mutex_);
  const auto known = signs_.find(provider);
  if (known == signs_.end() || known->second.day != day) return std::nullopt;
  if (!known->second.here && clock_().steady_ms - known->second.asked_ms > absent_ms) return std::nullopt;
  return known->second.here;
}

Result<bool> Node::signed_in(const std::string& provider, Date day) {
  if (const auto known = known_signed_in(provider, day)) return *known;  // by who stood before it in the lane
  std::uint64_t changes = 0;
  {
    const std::lock_guard lock(signs_mutex_);
    changes = sign_changes_;
  }
  const auto object = desk_.object(provider_object(provider));
  if (!object) return std::unexpected(object.error());
  bool any = false;
  for (const auto& [name, value] : object->with("n")) {
    const auto state = read_cell<SignState>(value);
    any = any || (state && state->day == day);
  }
  const std::lock_guard lock(signs_mutex_);
  if (changes == sign_changes_) signs_[provider] = {day, any, clock_().steady_ms};
  return any;
}

void Node::sign_changed(const std::string& provider) {
  const std::lock_guard lock(signs_mutex_);
  ++sign_changes_;
  signs_.erase(provider);
}

// REQ SEC-12: whoever asks for many that are not there is guessing. Queries and trials are then refused for the rest of the minute;
// settlements are not: they leave a trace, and a hospital's bills must go on.
bool Node::guess_allowed(std::string_view provider) {
  const std::lock_guard lock(signs_mutex_);
  const auto found = guesses_.find(provider);
  if (found == guesses_.end() || clock_().steady_ms - found->second.since_ms > guesses_ms ||
      found->second.wrong < guesses_max)
    return true;
  ++guesses_refused_;
  return false;
}

void Node::guessed_wrong(std::string_view provider) {
  ++guesses_wrong_;
  const std::lock_guard lock(signs_mutex_);
  Guesses& guesses = guesses_[std::string(provider)];
  const std::int64_t now = clock_().steady_ms;
  if (guesses.wrong == 0 || now - guesses.since_ms > guesses_ms) guesses = {now, 0};
  ++guesses.wrong;
}

std::string Node::new_file_number() {  // the serial begins anew with each start, the time goes on
  return fmt::format("F{}{:013}{:04}", config_.words.region, clock_().wall.ms, ++serial_ % 10'000);
}

// ---- Lanes and rates

QueryLane::QueryLane(std::size_t threads, std::size_t waiting_max) : waiting_max_(waiting_max) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

QueryLane::~QueryLane() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool QueryLane::add(std::function<void()> work, std::string_view in_turn_of) {
  constexpr std::ptrdiff_t of_one_max = 8;
  {
    const std::lock_guard lock(mutex_);
    if (line_.size() >= waiting_max_) return false;
    if (!in_turn_of.empty() && std::ranges::count(line_, in_turn_of, &Work::in_turn_of) >= of_one_max)
      return false;
    line_.push_back({std::move(work), std::string(in_turn_of)});
  }
  wake_.notify_one();
  return true;
}

std::size_t QueryLane::waiting() const {
  const std::lock_guard lock(mutex_);
  return line_.size();
}

std::deque<QueryLane::Work>::iterator QueryLane::next() {
  return std::ranges::find_if(line_, [&](const Work& one) { return !at_work_.contains(one.in_turn_of); });
}

void QueryLane::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return (stop_ && line_.empty()) || next() != line_.end(); });
    if (line_.empty()) return;
    const auto at = next();
    Work work = std::move(*at);
    line_.erase(at);
    if (!work.in_turn_of.empty()) at_work_.insert(work.in_turn_of);
    lock.unlock();
    work.run();
    work.run = nullptr;
    lock.lock();
    at_work_.erase(work.in_turn_of);
    if (!work.in_turn_of.empty()) wake_.notify_all();
  }
}

bool Rate::take(std::int64_t steady_ms) {
  if (per_second_ == 0) return true;
  const std::int64_t full = std::int64_t{per_second_} * 1000;
  if (thousandths_ < 0)
    thousandths_ = full;
  else
    thousandths_ = std::min(full, thousandths_ + std::max<std::int64_t>(steady_ms - at_ms_, 0) * per_second_);
  at_ms_ = std::max(at_ms_, steady_ms);
  if (thousandths_ < 1000) return false;
  thousandths_ -= 1000;
  return true;
}

}  // namespace fenming
