// The bare HTTP library: the node's own HttpServer with a handler that says hello, to see what the node adds to it.
//   hello_bench PORT SECONDS
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "server/http.h"

int main(int count, char** words) {
  using namespace fenming;
  HttpOptions options;
  options.port = static_cast<std::uint16_t>(count > 1 ? std::atoi(words[1]) : 8099);
  const auto server = HttpServer::start(
      options,
      [](const std::shared_ptr<Exchange>& exchange) { exchange->answer({200, "text/plain", "hello\n", {}}); },
      [](unsigned status) { return HttpAnswer{status, "text/plain", "no\n", {}}; });
  if (!server) return 1;
  std::this_thread::sleep_for(std::chrono::seconds(count > 2 ? std::atoi(words[2]) : 60));
  fmt::print("{} requests\n", (*server)->figures().requests);
}
