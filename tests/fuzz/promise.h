// Promise: what must hold whatever the bytes are; a broken one ends the program.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace fenming::fuzz {

inline void promise(bool kept, const char* what) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

}  // namespace fenming::fuzz
