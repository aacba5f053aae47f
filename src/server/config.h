// ServerConfig: one TOML file (docs/operating.md lists every key), read as a value. A key that is not known, a value that cannot be, a
// provider named twice: an error with its place; a file that is read is complete.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "identity/gateway.h"
#include "model/error.h"
#include "protocol/tolerance.h"
#include "server/http.h"
#include "server/words.h"

namespace fenming {

struct ProviderContract {
  Credential credential;
  Tolerances tolerances;
  unsigned per_second = 0;  // messages; 0: no bound
  bool sign_in = false;     // 9001 must have come today before anything else
};

struct ServerConfig {
  std::string store, keys, access_folder, log_folder;  // folders; relative to the file
  std::string certificate, key, client_authority;      // PEM files
  HttpOptions http;
  std::size_t rows_max = 1000;
  std::size_t visit_lines_max = 20'000;
  std::size_t amount_max = 1'000'000'000,
              quantity_max = 1'000'000'000;  // yuan of a line or a bill; pieces of a line
  int depth_max = 16;
  std::size_t in_flight_max = 256;                   // commands given to the desk and not answered
  std::size_t query_threads = 2, queries_max = 512;  // waiting ones
  std::vector<std::string> reversible = {"2102", "2207", "2207A", "2304", "2401"};
  RegionWords words;
  std::vector<ProviderContract> providers;
};

// `file`: its name, for the places of errors.
Checked<ServerConfig> read_config(std::string_view text, std::string_view file);

}  // namespace fenming
