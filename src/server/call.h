// Call: one message on its way through the node, from its bytes to its answer. A handler (transactions.h) reads its request and ends it in
// exactly one way: succeed, refuse, or one of the calls that answer later.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/answer.h"
#include "protocol/request.h"
#include "server/config.h"
#include "server/http.h"
#include "server/metrics.h"
#include "settlement/desk.h"

namespace fenming {

class Node;
class Call;
using CallPtr = std::shared_ptr<Call>;

struct Decided {  // what an answer is made of: the record, and the register's ciphertext of its person
  const Decision& decision;
  const std::string& sealed;
  bool trial = false;
};

class Call : public std::enable_shared_from_this<Call> {
 public:
  Call(Node& node, std::shared_ptr<Exchange> exchange);
  ~Call();

  Node& node() const { return node_; }
  const Request& request() const { return request_; }
  const ProviderContract& contract() const { return *contract_; }
  std::string_view provider() const { return request_.envelope().fixmedins_code; }
  MessageKey key() const;
  std::string_view file() const { return file_; }  // beside the message, in a form

  // ---- The ways to end
  void succeed(const std::string& output);  // JSON of the output, empty: null
  void refuse(const std::vector<Error>& errors);
  void refuse(Error error) { refuse(std::vector{std::move(error)}); }
  void bytes(std::string file, const std::string& name);  // 9102: the file itself

  // An error is the store's: the answer is asked for again, and the same.
  using Render = std::function<Result<std::string>(const Call&, const Decided&)>;
  void submit(Action action, Render render);  // through the desk; the answer comes from the record
  // The same about a visit: the person whom the message names, in all of its rows, must be the visit's.
  void submit_for_person(Action action, Render render);
  void try_out(Action action, Render render);  // what the settlement would be
  // On a query thread; several at once, never on the desk's or the connection's. `work` may wait for the desk.
  void query(std::function<Checked<std::string>()> work);
  // The same for what reads many records: those of one provider one after another, so that the others find a thread.
  void query_list(std::function<Checked<std::string>()> work);
  void later(std::function<void()> work);  // there too; `work` ends the call itself

  // Somebody's personal data was shown: who, whose, why (REQ SEC-06).
  void accessed(std::string_view psn_no) const;

 private:
  friend class Node;
  HttpAnswer counted(HttpAnswer answer, Ending ending) const;
  void note(const HttpAnswer& answer, Ending ending, std::int64_t microseconds) const;
  HttpAnswer said(unsigned status, std::string text, Ending ending) const;
  HttpAnswer refusal(const std::vector<Error>& errors) const;
  HttpAnswer decided_unread(std::uint64_t position, const Error& why) const;
  void say_what_it_is_about(Command& made, const KeepDocument& document) const;
  bool take_flight();
  void land();
  void submit(Command command, Render render);
  std::optional<Command> command(
      Action action);  // with what the message says beside the action; none: refused
  void decided(Result<Outcome> outcome, Render render);
  void decided_again(Outcome outcome, Render render);
  void answer_from(std::function<Checked<std::string>()> work, std::string_view in_turn_of);
  void in_lane(std::function<void()> work, std::string_view in_turn_of);
  bool too_many_guesses();  // refused when there were
  AnswerHead own_head() const;

  Node& node_;
  std::shared_ptr<Exchange> exchange_;
  std::unique_ptr<RequestReader> reader_;
  std::string text_;  // the body as UTF-8 when it came otherwise
  std::string file_;
  Charset charset_ = Charset::utf8;
  Request request_;
  const ProviderContract* contract_ = nullptr;
  std::size_t transaction_ = SIZE_MAX;  // in transactions()
  bool counted_ = false;                // among the commands in flight
};

}  // namespace fenming
