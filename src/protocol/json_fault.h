// Where a text stops being JSON. Slow and careful, for the message only: run when the fast parser has refused.
#pragma once

#include <string>
#include <string_view>

namespace fenming {

struct JsonFault {
  std::string place;     // "line:column", characters, from 1
  std::string found;     // the characters there; EOF at the end
  std::string expected;  // in signs that need no language: `, }`
};

// A text without a fault: `place` is empty. Only as many levels as `depth` are followed.
JsonFault find_json_fault(std::string_view text, int depth = 1024);

}  // namespace fenming
