// ZipText: a zip with one text file, as the interface's catalogue and statement files are. The same text gives the same bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fenming {

std::string zip_text(const std::string& name, std::string_view text);
// Of the first file; nothing: no zip, damaged, or larger than `bytes_max` when unpacked, which `too_large` tells apart. A text that is no zip
// at all is read as it is.
std::optional<std::string> text_of_zip(std::string_view bytes, std::size_t bytes_max,
                                       bool* too_large = nullptr);

}  // namespace fenming
