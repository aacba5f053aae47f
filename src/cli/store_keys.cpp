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

int keys_erase_command(Terminal& terminal, const StoreOptions& options) {
  const std::string group = options.person.empty() ? options.group : Vault::group_of(options.person);
  if (!Vault::is_group(group)) return terminal.refuse(Error{Code::key_group, "", group, {}});
  if (!options.confirmed) return terminal.refuse(Error{Code::erase_unconfirmed, "", group, {}});
  if (const auto error = erase_group(options.key, group)) return terminal.refuse(*error);
  terminal.out << fmt::format(
      fmt::runtime(
          terminal.say("组 {} 的数据密钥已销毁：此前以它加密的个人信息在任何副本中都不能再读；"
                       "密钥目录的旧副本仍含该密钥，请一并销毁，并重新备份密钥目录\n",
                       "the data key of group {} is erased: what was sealed under it until now cannot be "
                       "read again in any copy of the store; older copies of the key folder still hold it: "
                       "destroy them, and keep a new copy\n")),
      group);
  return exit_ok;
}

}  // namespace fenming
