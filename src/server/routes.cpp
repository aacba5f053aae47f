// The one route table: what is answered under which path. Messages of the national interface come by POST (paths.h), the rest is for
// people and machines that run the node.
#include <fmt/format.h>

#include <algorithm>

#include "protocol/field_reference.h"
#include "protocol/openapi.h"
#include "server/node.h"
#include "server/paths.h"

namespace fenming {
namespace {

HttpAnswer text_answer(std::string text, std::string type = "text/plain;charset=utf-8") {
  HttpAnswer answer;
  answer.content_type = std::move(type);
  answer.body = std::move(text);
  return answer;
}

HttpAnswer healthy(Node&) { return text_answer("ok\n"); }

// Ready: takes messages, and the store behind the desk answers.
HttpAnswer ready(Node& node) {
  const auto head = node.desk().store().head();
  if (head && !node.stopping()) return text_answer("ready\n");
  HttpAnswer answer =
      text_answer(node.stopping() ? "stopping\n" : to_text(head.error(), Language::en) + "\n");
  answer.status = 503;
  return answer;
}

HttpAnswer metrics(Node& node) { return text_answer(node.metrics_text(), "text/plain; version=0.0.4"); }

// Every code with both sentences, for whoever shows errors.
HttpAnswer errors(Node&) {
  JsonOut json;
  json.open_array();
#define X(name, tag, zh, en) \
  json.open_object().field("code", tag).field("name", #name).field("zh", zh).field("en", en).close_object();
#include "model/error_codes.inc"
#undef X
  return text_answer(json.close_array().take(), "application/json;charset=utf-8");
}

// The interface as the node reads it (REQ HOS-10): /openapi.json, and the field reference as one text.
HttpAnswer openapi_text(Node&) {
  static const std::string text = openapi();
  return text_answer(text, "application/json;charset=utf-8");
}
HttpAnswer fields_text(Node&) {
  static const std::string text = [] {
    std::string all;
    for (const Document& document : field_reference()) all += document.text + "\n";
    return all;
  }();
  return text_answer(text, "text/markdown;charset=utf-8");
}

struct Route {
  std::string_view path;
  HttpAnswer (*answer)(Node&);
};
constexpr Route routes[] = {{"/health", healthy},
                            {"/ready", ready},
                            {"/metrics", metrics},
                            {"/errors", errors},
                            {"/openapi.json", openapi_text},
                            {"/fields", fields_text}};

}  // namespace

void Node::handle(const std::shared_ptr<Exchange>& exchange) {
  const auto say = [&](unsigned status, const Error& error) {
    metrics_.count_http(status);
    const Instant now = clock_().wall;
    HttpAnswer answer;
    answer.status = status;
    if (status == 405) answer.headers.emplace_back("Allow", error.details.front());
    answer.body = refusal_text({config_.words.region, now, now, ++serial_}, {&error, 1});
    exchange->answer(std::move(answer));
  };
  const bool get = exchange->method == "GET" || exchange->method == "HEAD";
  if (const auto route = std::ranges::find(routes, exchange->path, &Route::path); route != std::end(routes)) {
    if (!get) return say(405, {Code::http_method, "", exchange->method, {"GET"}});
    metrics_.count_http(200);
    return exchange->answer(route->answer(*this));
  }
  if (get && exchange->path == "/documents") return show_document(exchange);
  const auto path = message_path_of(exchange->path);
  if (!path) return say(404, {Code::http_path, "", exchange->path, {std::string(message_path)}});
  if (exchange->method != "POST") return say(405, {Code::http_method, "", exchange->method, {"POST"}});
  const std::string infno(path->infno);  // lives as long as the message is read
  message(exchange, infno, path->other);
}

std::string Node::metrics_text() const {
  std::string text;
  metrics_.write(text);
  const DeskFigures figures = desk_.figures();
  // Folding is part of what deciding takes.
  for (const auto& [stage, ns] : {std::pair{"decide", figures.decide_ns - figures.fold_ns},
                                  {"encode", figures.encode_ns},
                                  {"fold", figures.fold_ns},
                                  {"append", figures.append_ns},
                                  {"views", figures.views_ns}})
    write_seconds(text, "fenming_stage_seconds_total", fmt::format("stage=\"{}\"", stage),
                  static_cast<std::uint64_t>(std::max<std::int64_t>(ns, 0)));
  const auto one = [&](std::string_view name, std::string_view what, std::uint64_t value,
                       std::string_view type) {
    text += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, what, name, type);
    write_metric(text, name, "", value);
  };
  const auto gauge = [&](auto name, auto what, std::uint64_t value) { one(name, what, value, "gauge"); };
  const auto counter = [&](auto name, auto what, std::uint64_t value) { one(name, what, value, "counter"); };
  gauge("fenming_journal_position", "records in the journal", figures.head.position);
  gauge("fenming_views_behind", "records that the tables are behind the journal",
        figures.head.position - figures.watermark);
  gauge("fenming_desk_in_doubt", "1: it is not known what became of the last commit",
        figures.in_doubt ? 1 : 0);
  counter("fenming_commits_total", "times that records were made durable, many at once", figures.batches);
  gauge("fenming_in_flight", "commands at the desk", in_flight_);
  gauge("fenming_queries_waiting", "queries that wait for a thread", lane_.waiting());
  counter("fenming_busy_refusals_total", "messages refused because the node was busy", busy_refusals_);
  counter("fenming_guesses_wrong_total", "persons, visits and settlements asked for that were not found",
          guesses_wrong_);
  counter("fenming_guesses_refused_total", "queries refused because too many were not found: an alarm",
          guesses_refused_);
  counter("fenming_access_lines_lost_total", "lines of the access record that could not be written: an alarm",
          access_ == nullptr ? 0 : access_->lost());
  if (!http_figures_) return text;
  const HttpFigures http = http_figures_();
  counter("fenming_http_requests_total", "requests whose head was read", http.requests);
  counter("fenming_http_too_large_total", "requests refused for the size of their body", http.too_large);
  counter("fenming_http_too_slow_total", "connections closed because a request did not come to its end",
          http.too_slow);
  counter("fenming_http_no_room_total",
          "requests refused because waiting bodies held all memory given to them", http.no_room);
  counter("fenming_http_malformed_total", "requests that say in two ways where their body ends: an alarm",
          http.malformed);
  counter("fenming_http_unknown_clients_total", "requests without a certificate of the authority: an alarm",
          http.unknown_clients);
  gauge("fenming_http_waiting_bytes", "bytes of bodies that are held", http.waiting_bytes);
  return text;
}

}  // namespace fenming
