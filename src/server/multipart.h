// Multipart: the form that 9101 is posted as: the message under jsonStr, the file's bytes under file.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fenming {

struct Form {
  std::string_view message, file;  // inside the body
};

// Nothing: the type is no multipart/form-data. A part that is not there is empty.
std::optional<Form> read_form(std::string_view content_type, std::string_view body);

}  // namespace fenming
