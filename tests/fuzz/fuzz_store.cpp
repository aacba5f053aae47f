#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "store/embedded/embedded_store.h"
#include "store/fake/fake_store.h"
#include "store/test_walk.h"

// The same operations on the embedded store and on the fake one: the same answers.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace fenming;
  static const std::string folder =
      (std::filesystem::temp_directory_path() / ("fenming-fuzz-" + std::to_string(::getpid()))).string();
  std::filesystem::remove_all(folder);
  const auto disk = make_fake_disk();
  EmbeddedOptions options;
  options.sync = false;
  {
    StoreWalk walk([&] { return open_embedded(folder, options).value(); }, [&] { return open_fake(disk); });
    const auto difference = walk.run({reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 400)});
    if (difference) {
      std::fprintf(stderr, "the stores differ in %s\n", difference->c_str());
      std::abort();
    }
  }
  std::filesystem::remove_all(folder);
  return 0;
}
