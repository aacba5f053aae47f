// A text as a JSON string, quotes included. UTF-8 is kept, control characters are escaped.
#pragma once

#include <string>
#include <string_view>

namespace fenming {

void append_json(std::string& out, std::string_view text);

}  // namespace fenming
