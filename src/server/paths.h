// Paths: the addresses under which messages of the national interface arrive (spec/nhsa envelope.md 3.1), as regions wrote them, spelling
// mistakes and all.
#pragma once

#include <optional>
#include <string_view>

namespace fenming {

inline constexpr std::string_view message_path = "/fsi/api/rsfComIfsService/callService";

struct MessagePath {
  std::string_view infno;  // that the path says; empty: only the message says it
  bool other = false;      // not the one path of the interface
};
std::optional<MessagePath> message_path_of(std::string_view path);  // nothing: no such path

}  // namespace fenming
