// OpenApi: the interface's tables as an OpenAPI 3.0 document. The committed docs/openapi.json is this text (tests/docs), the node serves
// the same.
#pragma once

#include <string>

namespace fenming {

std::string openapi();

}  // namespace fenming
