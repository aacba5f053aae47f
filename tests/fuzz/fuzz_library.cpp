#include "fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  fenming::fuzz::library({reinterpret_cast<const char*>(data), size});
  return 0;
}
