// CHECK: a fact that our own code guarantees. It stays on in release builds. No input from outside reaches it:
// the world's errors are values (model/error.h).
#pragma once

namespace fenming {

[[noreturn]] void check_failed(const char* fact, const char* why, const char* file, int line);

}  // namespace fenming

#define CHECK(fact, why) \
  do { \
    if (!(fact)) [[unlikely]] \
      ::fenming::check_failed(#fact, why, __FILE__, __LINE__); \
  } while (false)
