// Which known name did somebody mean? For the hint beside "unknown name". Compares characters (UTF-8), ASCII
// without regard to case.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace fenming {

// The candidate with the fewest insertions, deletions, replacements and swaps of neighbours, the first of
// equals; empty when even that one differs in more than a third of the longer name (one character at least,
// four at most). Names longer than 64 bytes: empty.
std::string nearest_name(std::string_view wanted, std::span<const std::string> candidates);

// As detail of an error sentence: " (→ NAME?)" or nothing.
std::string nearest_hint(std::string_view wanted, std::span<const std::string> candidates);

}  // namespace fenming
