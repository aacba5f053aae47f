#include "server/call.h"

#include <chrono>

#include "base/check.h"
#include "server/node.h"
#include "server/person_numbers.h"
#include "server/uploads.h"

namespace fenming {
namespace {

std::int64_t microseconds_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began)
      .count();
}

// The node cannot take it now: the same message may be sent again.
bool technical(Code code) {
  return tag(code).starts_with("STO") || code == Code::desk_clock || code == Code::desk_stopped ||
         code == Code::desk_overloaded || code == Code::server_busy || code == Code::server_stopping ||
         code == Code::server_decided;
}

// As the caller may and can read it. What belongs to another provider is answered as if it were not there: nobody learns of it by trying
// numbers (REQ SEC-12); an insurance is said by its national code.
Error as_told(const Error& error, std::string_view provider, const RegionWords& words) {
  if (error.code == Code::desk_settlement_of_other && error.value == provider && !error.details.empty())
    return {Code::desk_settlement_unknown, "setl_id", error.details.front(), {}};
  if (error.code == Code::desk_visit_of_other && error.place == "mdtrt_id")
    return {Code::desk_visit_unknown, error.place, error.value, {}};
  if (error.code == Code::desk_insured_otherwise && error.details.size() == 3) {
    const auto national = [&](const std::string& scheme) { return code_for(words.insutype, scheme, scheme); };
    return {error.code,
            error.place,
            error.value,
            {error.details[0], national(error.details[1]), national(error.details[2])}};
  }
  return error;
}

bool may_be_guess(Code code) {
  using enum Code;
  return code == wire_person_not_found || code == desk_person_unknown || code == desk_visit_unknown ||
         code == desk_settlement_unknown || code == desk_visit_of_other || code == desk_settlement_of_other;
}

}  // namespace

Call::Call(Node& node, std::shared_ptr<Exchange> exchange)
    : node_(node), exchange_(std::move(exchange)), reader_(node.reader()) {
  node_.calls_.fetch_add(1);
}

Call::~Call() {
  node_.give_back(std::move(reader_), text_.size());
  land();
  node_.calls_.fetch_sub(1);
}

MessageKey Call::key() const {
  const Envelope& e = request_.envelope();
  return {std::string(e.fixmedins_code), std::string(e.infno), std::string(e.msgid)};
}

AnswerHead Call::own_head() const {
  const Instant now = node_.now().wall;
  return {node_.words().region, now, now, ++node_.serial_};
}

// What a person who runs the node wants to see: technical failures, wrong signatures, what took a second. The request is named by the
// number that its answer carries.
void Call::note(const HttpAnswer& answer, Ending ending, std::int64_t microseconds) const {
  const bool slow = microseconds >= 1'000'000;
  if (ending != Ending::failed && answer.status != 401 && !slow) return;
  static constexpr std::string_view number = "\"inf_refmsgid\":\"";
  const std::size_t at = answer.body.find(number);
  const Envelope& e = request_.envelope();
  JsonOut json;
  json.open_object().field("status", std::int64_t{answer.status}).field("us", microseconds);
  json.field("infno", e.infno).field("provider", contract_ == nullptr ? "" : contract_->credential.provider);
  json.field("request", at == std::string::npos ? "" : answer.body.substr(at + number.size(), 30));
  const std::string text = json.close_object().take();
  node_.note(answer.status == 401       ? "unauthorised"
             : ending == Ending::failed ? "failed"
                                        : "slow",
             std::string_view(text).substr(1, text.size() - 2));
}

HttpAnswer Call::counted(HttpAnswer answer, Ending ending) const {
  const std::int64_t microseconds = microseconds_since(exchange_->began);
  note(answer, ending, microseconds);
  if (transaction_ == SIZE_MAX)
    node_.metrics_.count_http(answer.status);
  else
    node_.metrics_.count(transaction_, ending, microseconds);
  return answer;
}

HttpAnswer Call::said(unsigned status, std::string text, Ending ending) const {
  HttpAnswer answer;
  answer.status = status;
  if (charset_ == Charset::gbk) {
    answer.content_type = "application/json;charset=gbk";
    answer.body = from_utf8(text, Charset::gbk);
  } else {
    answer.body = std::move(text);
  }
  if (status == 503 || status == 429) answer.headers.emplace_back("Retry-After", "1");
  return counted(std::move(answer), ending);
}

HttpAnswer Call::refusal(const std::vector<Error>& errors) const {
  const Code code = errors.front().code;
  if (may_be_guess(code)) node_.guessed_wrong(provider());
  const unsigned status = code == Code::server_rate ? 429 : technical(code) ? 503 : 200;
  return said(status, refusal_text(own_head(), errors), status == 200 ? Ending::refused : Ending::failed);
}

void Call::succeed(const std::string& output) {
  exchange_->answer(said(200, answer_text(own_head(), output), Ending::answered));
}

void Call::refuse(const std::vector<Error>& errors) { exchange_->answer(refusal(errors)); }

void Call::bytes(std::string file, const std::string& name) {
  HttpAnswer answer;
  answer.content_type = "application/octet-stream";
  answer.body = std::move(file);
  answer.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + name + "\"");
  exchange_->answer(counted(std::move(answer), Ending::answered));
}

// Before the answer leaves: whoever has it may send the next message at once, and finds the place free.
void Call::land() {
  if (counted_) node_.end_flight();
  counted_ = false;
}

bool Call::take_flight() {
  if (!counted_) counted_ = node_.take_flight();
  if (!counted_) refuse(Error{Code::server_busy, "", "1000", {}});
  return counted_;
}

// Id, times and the person's name and number of the answer come from the records, so that a repeat has the same bytes (laws.md 5).
void Call::submit(Command command, Render render) {
  if (!take_flight()) return;
  node_.desk_.submit(std::move(command),
                     [call = shared_from_this(), render = std::move(render)](const Result<Outcome>& outcome) {
                       if (outcome && outcome->repeated) return call->decided_again(*outcome, render);
                       call->decided(outcome, render);
                     });
}

void Call::decided(Result<Outcome> outcome, Render render) {
  exchange_->answer_later(
      [call = shared_from_this(), render = std::move(render), outcome = std::move(outcome)] {
        const StageTime time(call->node_.metrics_, Stage::write);
        call->land();
        if (!outcome)
          return call->refusal({as_told(outcome.error(), call->provider(), call->node().words())});
        if (outcome->unread) return call->decided_unread(outcome->position, *outcome->unread);
        const Decision& decision = *outcome->decision;
        const AnswerHead head{call->node_.words().region, decision.time, decision.time, outcome->position};
        const auto output = render(*call, {decision, outcome->sealed, false});
        if (!output) return call->decided_unread(outcome->position, output.error());
        return call->said(200, answer_text(head, *output), Ending::answered);
      });
}

// The money has moved: whoever is told otherwise would do it a second time. The cause by its code only: the store's own sentence speaks of
// what it could not write.
HttpAnswer Call::decided_unread(std::uint64_t position, const Error& why) const {
  return refusal({Error{Code::server_decided, "", std::to_string(position), {std::string(tag(why.code))}}});
}

// The register may have been corrected since: what it said then stands in the records before.
void Call::decided_again(Outcome outcome, Render render) {
  const bool taken = node_.sign_lane_.add(
      [call = shared_from_this(), outcome = std::move(outcome), render = std::move(render)]() mutable {
        if (!outcome.sealed.empty()) {
          auto sealed =
              registered_before(call->node_, outcome.decision->persons.front().psn_no, outcome.position);
          if (!sealed) return call->exchange_->answer(call->decided_unread(outcome.position, sealed.error()));
          if (!sealed->empty()) outcome.sealed = std::move(*sealed);
        }
        call->decided(std::move(outcome), std::move(render));
      });
  if (!taken) refuse(Error{Code::server_busy, "", "1000", {}});
}

namespace {

// Which transaction the visit or sale of this one began with; "" when it is about none that is there.
std::string_view began_with(std::string_view infno) {
  if (infno == "2103") return "2102";
  if (infno.starts_with("22") && infno != "2201") return "2201";
  if (visit_family(infno) == VisitFamily::stay && infno != "2401") return "2401";
  return {};
}

}  // namespace

void Call::say_what_it_is_about(Command& made, const KeepDocument& document) const {
  const Upload* upload = find_upload(request_.envelope().infno);
  if (upload == nullptr || upload->on == Upload::Rests::nowhere) return;
  made.visit = first_filled(request_, "mdtrt_id").value;
  made.person = document.psn_no;
  if (upload->on == Upload::Rests::settlement)
    made.settlement = first_filled(request_, upload->subject).value;
}

std::optional<Command> Call::command(Action action) {
  const std::string_view infno = request_.envelope().infno;
  Command made{key(), std::string(request_.envelope().opter), std::move(action)};
  made.began_with = began_with(infno);
  const bool cancels = std::holds_alternative<CancelSettlement>(made.action) ||
                       std::holds_alternative<RefundPart>(made.action);
  if (cancels) made.visit = request_.row("data").text("mdtrt_id");
  if (const auto* document = std::get_if<KeepDocument>(&made.action)) say_what_it_is_about(made, *document);
  const auto* settle = std::get_if<Settle>(&made.action);
  made.ended = settle != nullptr && infno.starts_with("23") && !settle->interim;
  if (settle == nullptr && !std::holds_alternative<OpenVisit>(made.action)) return made;
  for (const WireNode& node : request_.transaction().input) {
    const WireRow row = request_.row(node.name);
    const std::string_view insutype = row.text("insutype");
    if (insutype.empty()) continue;
    const RegionWords& words = node_.words();
    const std::string scheme = word(words.insutype, insutype);
    if (scheme.empty()) {
      refuse(Error{
          Code::wire_not_mapped, row.pointer("insutype"), std::string(insutype), {std::string("insutype")}});
      return std::nullopt;
    }
    made.insured = {words.scheme, FactValue::Kind::text, scheme, {}};
    break;
  }
  return made;
}

void Call::submit(Action action, Render render) {
  if (auto made = command(std::move(action))) submit(std::move(*made), std::move(render));
}

// REQ SEC-12
void Call::submit_for_person(Action action, Render render) {
  std::string person;
  for (const WireNode& node : request_.transaction().input)
    for (const WireRow& row : request_.rows(node.name)) {
      const std::string_view named = row.text("psn_no");
      if (!person.empty() && !named.empty() && named != person)
        return refuse(
            Error{Code::desk_visit_of_other, row.pointer("psn_no"), std::string(named), {std::move(person)}});
      if (person.empty()) person = named;
    }
  auto made = command(std::move(action));
  if (!made) return;
  made->person = std::move(person);
  submit(std::move(*made), std::move(render));
}

bool Call::too_many_guesses() {
  if (node_.guess_allowed(provider())) return false;
  refuse(Error{Code::server_rate, "", "1", {}});
  return true;
}

void Call::try_out(Action action, Render render) {
  if (too_many_guesses()) return;
  auto made = command(std::move(action));
  if (!made || !take_flight()) return;
  node_.desk_.try_out(std::move(*made), [call = shared_from_this(),
                                         render = std::move(render)](const Result<TrialOutcome>& outcome) {
    // Shared: a function object is copied on its way, and a trial holds a whole decision.
    call->exchange_->answer_later([call, render, kept = std::make_shared<Result<TrialOutcome>>(outcome)] {
      call->land();
      if (!*kept) return call->refusal({as_told(kept->error(), call->provider(), call->node().words())});
      const auto output = render(*call, {(*kept)->decision, (*kept)->sealed, true});
      if (!output) return call->refusal({output.error()});
      return call->said(200, answer_text(call->own_head(), *output), Ending::answered);
    });
  });
}

void Call::query(std::function<Checked<std::string>()> work) { answer_from(std::move(work), {}); }

void Call::query_list(std::function<Checked<std::string>()> work) {
  answer_from(std::move(work), provider());
}

void Call::answer_from(std::function<Checked<std::string>()> work, std::string_view in_turn_of) {
  if (too_many_guesses()) return;
  in_lane(
      [this, work = std::move(work)] {
        auto output = work();
        if (output)
          succeed(*output);
        else
          refuse(output.error());
      },
      in_turn_of);
}

void Call::later(std::function<void()> work) { in_lane(std::move(work), {}); }

void Call::in_lane(std::function<void()> work, std::string_view in_turn_of) {
  const bool taken =
      node_.lane_.add([call = shared_from_this(), work = std::move(work)] { work(); }, in_turn_of);
  if (!taken) {
    ++node_.busy_refusals_;
    refuse(Error{Code::server_busy, "", "1000", {}});
  }
}

void Call::accessed(std::string_view psn_no) const {
  LineLog* log = node_.access_log();
  if (log == nullptr) return;
  const Envelope& e = request_.envelope();
  const Instant now = node_.now().wall;
  JsonOut line;
  line.open_object().field("time", to_text(now)).field("provider", e.fixmedins_code).field("opter", e.opter);
  line.field("infno", e.infno).field("msgid", e.msgid).field("psn_no", psn_no);
  std::string text = line.take();
  log->add(now, std::move(text));
}

}  // namespace fenming
