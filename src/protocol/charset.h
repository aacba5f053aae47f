// Charset: what a client's bytes are written in, by its Content-Type. Inside everything is UTF-8.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/error.h"

namespace fenming {

// UTF-8 from and to what the client speaks. Code: wire_encoding.
enum class Charset : std::uint8_t { utf8, gbk };
Charset charset_of(std::string_view content_type);  // charset=gbk, gb2312, gb18030; else UTF-8
Result<std::string> to_utf8(std::string_view bytes, Charset charset);
std::string from_utf8(std::string_view text, Charset charset);  // what GBK lacks becomes '?'

}  // namespace fenming
