#include "server/node.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.h"
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

constexpr std::size_t files_max = 200;
constexpr unsigned guesses_max = 60;  // of persons not found, per provider and minute

}  // namespace

Node::Node(SettlementDesk& desk, std::shared_ptr<const Vault> vault, ServerConfig config,
           std::unique_ptr<LineLog> access, std::function<Now()> clock)
    : desk_(desk),
      vault_(std::move(vault)),
      config_(std::move(config)),
      access_(std::move(access)),
      clock_(std::move(clock)),
      lane_(config_.query_threads, config_.queries_max) {
  for (const ProviderContract& contract : config_.providers) {
    by_code_.emplace(contract.credential.provider, &contract);
    if (contract.credential.variant != SignVariant::none)
      by_key_.emplace(contract.credential.access_key, &contract);
    rates_.emplace(contract.credential.provider, Rate(contract.per_second));
  }
}

Node::~Node() { drain(); }

void Node::stop() { stopping_ = true; }

void Node::drain() {
  while (calls_ != 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

// ---- From bytes to a handler

HttpAnswer Node::refusal(unsigned status) {
  metrics_.count_http(status);
  const Error error = status == 413
                          ? Error{Code::wire_too_large, "", "body", {std::to_string(config_.http.body_max)}}
                          : Error{Code::server_busy, "", "1000", {}};
  const Instant now = clock_().wall;
  HttpAnswer answer;
  answer.status = status;
  answer.body = refusal_text({config_.words.region, now, now, ++serial_}, {&error, 1});
  if (status == 503) answer.headers.emplace_back("Retry-After", "1");
  return answer;
}

void Node::message(const std::shared_ptr<Exchange>& exchange, std::string_view path_infno, bool other_path) {
  if (stopping_ || in_flight_ >= config_.in_flight_max) {  // before anything is read: a refusal must be cheap
    ++busy_refusals_;
    return exchange->answer(refusal(503));
  }
  const auto call = std::make_shared<Call>(*this, exchange);
  if (take_text(*call) && identify(*call, path_infno, other_path)) dispatch(call);
}

bool Node::take_text(Call& call) {
  call.charset_ = charset_of(call.exchange_->header("Content-Type"));
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

// REQ SEC-03
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

// Who sends it comes first: only then are the message's own tolerances and limits known.
bool Node::identify(Call& call, std::string_view path_infno, bool other_path) {
  const auto header = [&](std::string_view name) {
    const std::string_view value = call.exchange_->header(name);
    if (!value.empty() || name.find('-') == std::string_view::npos) return value;
    std::string underscored(name);
    std::ranges::replace(underscored, '-', '_');
    return call.exchange_->header(underscored);
  };
  const SignedHeaders headers = signed_headers(header);
  const ProviderContract* contract = nullptr;
  if (headers.variant != SignVariant::none) {
    if (const auto found = by_key_.find(headers.key); found != by_key_.end()) contract = found->second;
    if (!authorised(call, headers, contract)) return false;
  }
  RequestLimits limits;
  limits.json = {config_.http.body_max, config_.depth_max};
  limits.rows = config_.rows_max;
  const auto envelope = call.reader_->read_envelope(call.text_, limits);
  const auto say = [&](unsigned status, const Error& error) {
    call.exchange_->answer(call.said(status, refusal_text(call.own_head(), {&error, 1}), Ending::refused));
    return false;
  };
  if (headers.variant ==
      SignVariant::none) {  // the provider says who he is: only where his contract lets him
    if (envelope)
      if (const auto found = by_code_.find(envelope->fixmedins_code); found != by_code_.end())
        contract = found->second;
    if (!authorised(call, headers, contract)) return false;
  }
  if (!envelope) return say(400, envelope.error());
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
  if (other_path && !contract->tolerances.has(Tolerance::path_form))
    return say(200, {Code::wire_tolerance, "", call.exchange_->path, {"path_form"}});
  if (call.charset_ != Charset::utf8 && !contract->tolerances.has(Tolerance::charset))
    return say(200, {Code::wire_tolerance, "", "GBK", {"charset"}});
  auto request = call.reader_->read_input(contract->tolerances);
  if (!request) {
    if (const Transaction* known = find_transaction(envelope->infno))
      call.transaction_ = static_cast<std::size_t>(known - transactions().data());
    call.exchange_->answer(call.refusal(request.error()));
    return false;
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
    bool here = false;
    {
      const std::lock_guard lock(signs_mutex_);
      const auto known = signs_.find(provider);
      here = known != signs_.end() && known->second == day;
    }
    if (!here) {
      const bool taken = lane_.add([this, call, handling, provider, day] {
        if (signed_in(provider, day)) return handling->run(call);
        call->refuse(Error{Code::wire_not_signed_in, "", std::string(call->request().envelope().opter), {}});
      });
      if (!taken) call->refuse(Error{Code::server_busy, "", "1000", {}});
      return;
    }
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

void Node::give_back(std::unique_ptr<RequestReader> reader) {
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

std::shared_ptr<const Library> Node::library(const std::string& digest) {
  if (digest.size() != sizeof(Digest)) return nullptr;
  {
    const std::lock_guard lock(libraries_mutex_);
    if (const auto found = libraries_.find(digest); found != libraries_.end()) return found->second;
  }
  const auto bytes = desk_.store().artifact(to_digest(digest));
  if (!bytes) return nullptr;
  const auto library = unpack_library(*bytes);
  if (!library) return nullptr;
  const std::lock_guard lock(libraries_mutex_);
  return libraries_.try_emplace(digest, *library).first->second;
}

bool Node::signed_in(const std::string& provider, Date day) {
  const auto object = desk_.object(provider_object(provider));
  if (!object) return false;
  const auto [first, last] = object->with("n");
  const bool any = std::any_of(first, last, [&](const Object::Cell& cell) {
    const auto state = read_cell<SignState>(cell.second);
    return state && state->day == day;
  });
  if (any) note_sign(provider, day, true);
  return any;
}

void Node::note_sign(const std::string& provider, Date day, bool in) {
  const std::lock_guard lock(signs_mutex_);
  if (in)
    signs_[provider] = day;
  else
    signs_.erase(provider);  // another operator may still be signed in: the next message asks
}

// SEC-12: whoever asks for many persons that are not there is guessing.
bool Node::guess_allowed(const std::string& provider) {
  const std::int64_t now = clock_().steady_ms;
  const std::lock_guard lock(signs_mutex_);
  Guesses& guesses = guesses_[provider];
  if (now - guesses.since_ms > 60'000) guesses = {now, 0};
  if (guesses.wrong < guesses_max) return true;
  ++guesses_refused_;
  return false;
}

void Node::guessed_wrong(const std::string& provider) {
  const std::lock_guard lock(signs_mutex_);
  ++guesses_[provider].wrong;
}

std::string Node::keep_file(std::string bytes, std::string name, std::string provider) {
  const std::string id = fmt::format("F{}{:010}", config_.words.region, ++serial_);
  const std::lock_guard lock(files_mutex_);
  files_[id] =
      std::make_shared<const KeptFile>(KeptFile{std::move(bytes), std::move(name), std::move(provider)});
  file_order_.push_back(id);
  if (file_order_.size() > files_max) {
    files_.erase(file_order_.front());
    file_order_.pop_front();
  }
  return id;
}

std::shared_ptr<const Node::KeptFile> Node::kept_file(const std::string& file_qury_no) const {
  const std::lock_guard lock(files_mutex_);
  const auto found = files_.find(file_qury_no);
  return found == files_.end() ? nullptr : found->second;
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

bool QueryLane::add(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (line_.size() >= waiting_max_) return false;
    line_.push_back(std::move(work));
  }
  wake_.notify_one();
  return true;
}

std::size_t QueryLane::waiting() const {
  const std::lock_guard lock(mutex_);
  return line_.size();
}

void QueryLane::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return stop_ || !line_.empty(); });
    if (line_.empty()) return;
    auto work = std::move(line_.front());
    line_.pop_front();
    lock.unlock();
    work();
    work = nullptr;
    lock.lock();
  }
}

bool Rate::take(std::int64_t steady_ms) {
  if (per_second_ == 0) return true;
  const std::int64_t full = std::int64_t{per_second_} * 1000;
  if (thousandths_ < 0)
    thousandths_ = full;
  else
    thousandths_ = std::min(full, thousandths_ + (steady_ms - at_ms_) * per_second_);
  at_ms_ = steady_ms;
  if (thousandths_ < 1000) return false;
  thousandths_ -= 1000;
  return true;
}

}  // namespace fenming
