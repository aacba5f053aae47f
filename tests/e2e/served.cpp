#include "e2e/served.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace fenming::e2e {

namespace fs = std::filesystem;

namespace {

pid_t begin(const std::vector<std::string>& words, int output) {
  const std::string binary = program().string();
  std::vector<char*> arguments{const_cast<char*>("fenming")};
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  ::dup2(output, STDOUT_FILENO);
  ::execv(binary.c_str(), arguments.data());
  ::_exit(127);
}

}  // namespace

fs::path program() { return fs::read_symlink("/proc/self/exe").parent_path() / "fenming"; }

int run_program(const std::vector<std::string>& words) {
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  const pid_t pid = begin(words, nowhere);
  ::close(nowhere);
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Served::Served(const fs::path& config) {
  int pipe[2];
  EXPECT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
  pid_ = begin({"serve", "--config", config.string()}, pipe[1]);
  ::close(pipe[1]);
  static constexpr std::string_view address = "127.0.0.1:";
  std::string said;
  char piece[256];
  const auto number_ends = [&] {
    const std::size_t at = said.find(address);
    return at != std::string::npos &&
           said.find_first_not_of("0123456789", at + address.size()) != std::string::npos;
  };
  while (!number_ends()) {
    const ssize_t got = ::read(pipe[0], piece, sizeof piece);
    if (got <= 0) break;
    said.append(piece, static_cast<std::size_t>(got));
  }
  reading_ = pipe[0];
  const std::size_t at = said.find(address);
  EXPECT_NE(at, std::string::npos) << said;
  if (at != std::string::npos)
    port = static_cast<std::uint16_t>(std::strtoul(said.c_str() + at + address.size(), nullptr, 10));
}

Served::~Served() {
  end(SIGKILL);
  ::close(reading_);
}

int Served::end(int signal) {
  if (pid_ <= 0) return 0;
  ::kill(pid_, signal);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return status;
}

}  // namespace fenming::e2e
