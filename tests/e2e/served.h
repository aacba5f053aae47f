// For tests: the program itself, as a process that may be killed.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace fenming::e2e {

std::filesystem::path program();
int run_program(
    const std::vector<std::string>& words);  // until it ends, its output thrown away; its exit code

class Served {  // fenming serve
 public:
  explicit Served(const std::filesystem::path& config);
  ~Served();
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  int end(int signal);  // what waitpid says
  pid_t pid() const { return pid_; }
  std::uint16_t port = 0;  // 0: it did not start

 private:
  pid_t pid_ = -1;
  int reading_ = -1;
};

}  // namespace fenming::e2e
