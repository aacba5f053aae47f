#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <iostream>

#include "cli/arguments.h"

int main(int count, char** words) {
  std::ios::sync_with_stdio(false);
  fenming::Terminal terminal(std::cout, std::cerr);
  const char* no_colour = std::getenv("NO_COLOR");
  terminal.colours = ::isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0');
  terminal.progress = ::isatty(STDERR_FILENO) == 1;
  try {
    const int code = fenming::run_arguments(count, words, terminal);
    std::cout.flush();
    return std::cout ? code : fenming::exit_broken;
  } catch (const std::exception& problem) {  // memory, threads: nothing that a bill could cause
    std::cerr << "fenming: " << problem.what() << '\n';
    return fenming::exit_broken;
  }
}
