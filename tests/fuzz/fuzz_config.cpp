#include "fuzz/node_targets.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  fenming::fuzz::config({reinterpret_cast<const char*>(data), size});
  return 0;
}
