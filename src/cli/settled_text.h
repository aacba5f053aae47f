// A settled bill as tables for a terminal: the lines, the layers, who pays.
#pragma once

#include "cli/desk.h"
#include "cli/terminal.h"

namespace fenming {

void print_settled(Terminal& terminal, const Settled& settled);

std::string percent_of(std::int64_t part, std::int64_t whole);  // "85.00%", for the eye only; "" of nothing

}  // namespace fenming
