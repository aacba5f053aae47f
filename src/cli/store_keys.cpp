// keys: the key folder of a node, outside its store (laws.md 4).
#include <fmt/format.h>

#include "cli/keys.h"
#include "cli/store_commands.h"

namespace fenming {

int keys_rotate_command(Terminal& terminal, const StoreOptions& options) {
  const auto count = rotate_master_key(options.key);
  if (!count) return terminal.refuse(count.error());
  terminal.out << fmt::format(
      fmt::runtime(
          terminal.say("{} 个数据密钥已改由新的主密钥封装；密文不变，请重新备份密钥目录\n",
                       "{} data keys are wrapped by a new master key; no ciphertext changed, keep a new "
                       "copy of the key folder\n")),
      *count);
  return exit_ok;
}

}  // namespace fenming
