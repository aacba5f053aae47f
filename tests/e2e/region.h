// For the tests of the wire: the sandbox region as a running node on a real store and real sockets, with a few invented persons.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "cli/serve.h"
#include "conformance/wire_client.h"

namespace fenming::e2e {

inline constexpr std::string_view employee = "990000000001", resident = "990000000002", poor = "990000000003";

class Region {
 public:
  // `more`: further text of the configuration, "[limits]\nin_flight = 2\n"; `provider`: further keys of every provider.
  // `clock`: of everything that happens in it; none: the system's.
  explicit Region(const std::string& more = {}, const std::string& provider = {},
                  std::function<Now()> clock = {});
  ~Region();

  WireClient client(SignVariant variant = SignVariant::tif);  // of the hospital that signs so
  WireClient pharmacy();
  void restart();
  void stop() { running.reset(); }
  void catch_up();  // until the views have everything

  std::filesystem::path folder;
  ServerConfig config;
  std::string config_text;  // what `config` was read from
  std::function<Now()> clock;
  std::unique_ptr<RunningNode> running;

 private:
  static constexpr std::uint32_t messages_of_a_client = 1'000, clients_apart = 10;
  void number_apart(WireIdentity& identity);
  std::uint32_t clients = 0;
};

// Inputs, as short as the interface lets them be.
std::string purchase(std::string_view psn_no, int lines = 1, std::string_view yuan_each = "20.00");
std::string person_02(std::string_view certno, std::string_view name = "");
std::string register_outpatient(std::string_view psn_no, std::string_view number = "MZ1");
std::string lines_of(std::string_view psn_no, std::string_view mdtrt_id, std::string_view batch, int count,
                     std::string_view yuan_each = "20.00", int first = 1);
std::string settle_outpatient(std::string_view psn_no, std::string_view mdtrt_id, std::string_view batch,
                              std::string_view total, std::string_view med_type = "11");
std::string admission(std::string_view psn_no, std::string_view day);
std::string settle_stay(std::string_view psn_no, std::string_view mdtrt_id, std::string_view total,
                        bool interim = false);
std::string cancel(std::string_view psn_no, std::string_view mdtrt_id, std::string_view setl_id);
// A node's answer as a client reads it.
bool reads_as_answer(const WireAnswer& answer);    // envelope members there, infcode a number, err_msg a text
std::string refusal_of(const WireAnswer& answer);  // "WIR-020" of a refusal, "" of an accepted message
std::string metric(Region& region, const std::string& name);  // of GET /metrics; "" when it is not there

std::string certno_of(std::string_view psn_no);
std::string name_of(std::string_view psn_no);
std::string today();

WireAnswer good(WireAnswer answer);             // which it must be
std::string refused(const WireAnswer& answer);  // "[DSK-026]", which it must be

}  // namespace fenming::e2e
