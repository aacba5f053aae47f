// SM3 digests (GB/T 32905-2016) of byte strings.
#pragma once

#include <string>
#include <string_view>

namespace fenming {

std::string sm3_hex(std::string_view bytes);  // 64 lower-case hexadecimal digits

}  // namespace fenming
