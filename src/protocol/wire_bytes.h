// WireBytes: the bytes of a file inside a message: Base64, or an array of numbers as byte arrays are written by some clients.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/json.h"

namespace fenming {

std::optional<std::string> bytes_of_base64(std::string_view text);  // line breaks inside are read over
std::optional<std::string> bytes_of_array(Json array);              // -128 to 255
std::string base64_of_bytes(std::string_view bytes);

}  // namespace fenming
