#include "server/multipart.h"

namespace fenming {
namespace {

constexpr std::string_view form_type = "multipart/form-data", boundary_key = "boundary=", line_end = "\r\n",
                           head_end = "\r\n\r\n", name_key = "name=";

std::string_view boundary_of(std::string_view content_type) {
  const std::size_t at = content_type.find(boundary_key);
  if (at == std::string_view::npos) return {};
  std::string_view boundary = content_type.substr(at + boundary_key.size());
  if (boundary.starts_with('"')) return boundary.substr(1, boundary.find('"', 1) - 1);
  return boundary.substr(0, boundary.find(';'));
}

std::string_view name_in(std::string_view head) {
  for (std::size_t at = head.find(name_key); at != std::string_view::npos; at = head.find(name_key, at + 1)) {
    if (at > 0 && head[at - 1] == 'e') continue;  // filename=
    const std::string_view name = head.substr(at + name_key.size());
    if (name.starts_with('"')) return name.substr(1, name.find('"', 1) - 1);
    return name.substr(0, name.find_first_of("; \t\r\n"));
  }
  return {};
}

}  // namespace

std::optional<Form> read_form(std::string_view content_type, std::string_view body) {
  if (!content_type.starts_with(form_type)) return std::nullopt;
  Form form;
  const std::string_view boundary = boundary_of(content_type);
  if (boundary.empty()) return form;
  const std::string mark = "--" + std::string(boundary), next = "\r\n" + mark;
  std::size_t at = body.starts_with(mark) ? 0 : body.find(next);
  while (at != std::string_view::npos) {
    const std::size_t begin = body.find(line_end, at + (body.substr(at).starts_with(line_end) ? 2 : 0));
    const std::size_t head = begin == std::string_view::npos ? begin : body.find(head_end, begin);
    if (head == std::string_view::npos) break;
    const std::size_t first = head + head_end.size();
    const std::size_t end = body.find(next, first);
    if (end == std::string_view::npos) break;
    const std::string_view name = name_in(body.substr(begin, head - begin));
    if (name == "jsonStr") form.message = body.substr(first, end - first);
    if (name == "file") form.file = body.substr(first, end - first);
    at = end;
  }
  return form;
}

}  // namespace fenming
