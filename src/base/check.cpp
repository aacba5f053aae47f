#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace fenming {

void check_failed(const char* fact, const char* why, const char* file, int line) {
  std::fprintf(stderr, "fenming: internal error: %s (%s) at %s:%d\n", why, fact, file, line);
  std::abort();
}

}  // namespace fenming
