// The command line as people type it. Only arguments.cpp and store_arguments.cpp include CLI11.
#pragma once

#include <string_view>

#include "cli/terminal.h"

namespace fenming {

// Runs the command that the words ask for; the exit code. Mistyped words are answered with the nearest known one.
int run_arguments(int count, char** words, Terminal& terminal);

std::string_view version_text();

}  // namespace fenming
