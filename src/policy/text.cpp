#include "policy/text.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <optional>
#include <set>
#include <sstream>

namespace fenming {
namespace {

constexpr std::size_t key_bytes_max = 256, path_bytes_max = 64 << 20;

struct Refusal {  // thrown through yaml-cpp's parser, caught in read_text
  Code code;
  YAML::Mark mark;
  std::string value, detail;
};

std::string pointer_step(std::string_view key) {
  std::string step = "/";
  for (const char c : key) {
    if (c == '~')
      step += "~0";
    else if (c == '/')
      step += "~1";
    else
      step += c;
  }
  return step;
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::uint32_t file) : file_(file) {}
  std::vector<TextNode> documents;

  void OnDocumentStart(const YAML::Mark& mark) override {
    // yaml-cpp leaves a token that begins no value ("," or "]") where it is and finds an empty document there again, for ever.
    if (mark.pos == last_start_)
      throw Refusal{Code::yaml_malformed, mark, "", "nothing can begin with this sign"};
    last_start_ = mark.pos;
    stack_.clear();
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    if (stack_.empty()) return;  // an empty document
    if (awaits_key()) throw Refusal{Code::yaml_refused, mark, "", "empty keys (or a bracket is not closed)"};
    throw Refusal{Code::yaml_value_missing, mark, stack_.back().key, ""};
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refusal{Code::yaml_refused, mark, "", "aliases (*name)"};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    guard(mark, tag, anchor);
    if (awaits_key()) return take_key(mark, value);
    TextNode node = make(mark, TextNode::Kind::scalar);
    node.scalar = value;
    node.quoted = tag == "!";
    if (value.empty() && !node.quoted) throw Refusal{Code::yaml_value_missing, mark, last_key(), ""};
    attach(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, TextNode::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, TextNode::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    TextNode node;
    std::string key;
    Place key_place;
    bool has_key = false;
    std::set<std::string> keys;
  };

  bool awaits_key() const { return !stack_.empty() && stack_.back().node.is_map() && !stack_.back().has_key; }
  std::string last_key() const { return stack_.empty() ? "" : stack_.back().key; }

  void guard(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) throw Refusal{Code::yaml_refused, mark, "", "anchors (&name)"};
    if (!tag.empty() && tag != "?" && tag != "!") throw Refusal{Code::yaml_refused, mark, tag, "tags"};
    if (++nodes_ > text_nodes_max) throw Refusal{Code::yaml_too_large, mark, "", "nodes"};
  }

  Place place_at(const YAML::Mark& mark) const {
    Place place;
    place.file = file_;
    place.line = mark.line + 1;
    place.column = mark.column + 1;
    return place;
  }

  TextNode make(const YAML::Mark& mark, TextNode::Kind kind) {
    TextNode node;
    node.kind = kind;
    node.place = place_at(mark);
    if (stack_.empty()) {
      node.place.path = "/" + std::to_string(documents.size());
    } else {
      const Frame& parent = stack_.back();
      path_bytes_ += parent.node.place.path.size();
      if (path_bytes_ > path_bytes_max) throw Refusal{Code::yaml_too_large, mark, "", "paths"};
      node.place.path =
          parent.node.place.path +
          pointer_step(parent.node.is_map() ? parent.key : std::to_string(parent.node.entries.size()));
    }
    return node;
  }

  void take_key(const YAML::Mark& mark, const std::string& key) {
    Frame& frame = stack_.back();
    if (key == "<<") throw Refusal{Code::yaml_refused, mark, key, "merge keys (<<)"};
    if (key.size() > key_bytes_max) throw Refusal{Code::yaml_too_large, mark, "", "key"};
    if (!frame.keys.insert(key).second) throw Refusal{Code::yaml_key_doubled, mark, key, ""};
    if (key.find("：") != std::string::npos || key.find("，") != std::string::npos)
      throw Refusal{Code::fullwidth_signs, mark, key, ""};
    frame.key = key;
    frame.key_place = place_at(mark);
    frame.has_key = true;
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, TextNode::Kind kind) {
    guard(mark, tag, anchor);
    if (awaits_key())
      throw Refusal{Code::yaml_refused, mark, "", "keys that are lists or maps (or a bracket is not closed)"};
    if (stack_.size() >= text_depth_max) throw Refusal{Code::yaml_too_large, mark, "", "levels"};
    TextNode node = make(mark, kind);
    stack_.push_back({std::move(node), "", {}, false, {}});
  }

  void close() {
    TextNode node = std::move(stack_.back().node);
    stack_.pop_back();
    attach(std::move(node));
  }

  void attach(TextNode node) {
    if (stack_.empty()) return documents.push_back(std::move(node));
    Frame& parent = stack_.back();
    if (parent.node.is_map()) {
      parent.node.entries.push_back({parent.key, parent.key_place, std::move(node)});
      parent.has_key = false;
    } else {
      Place place = node.place;
      parent.node.entries.push_back({"", std::move(place), std::move(node)});
    }
  }

  std::uint32_t file_;
  std::size_t nodes_ = 0, path_bytes_ = 0;
  int last_start_ = -1;
  std::vector<Frame> stack_;
};

bool is_key_sign(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
}

// "limit：5" or "{L1: 5，else: 4}": a sign of the Chinese keyboard where YAML wants its own. Text may hold such
// signs: only beside a key are they taken for one.
bool has_fullwidth_slip(std::string_view line) {
  constexpr std::string_view colon = "：", comma = "，";
  for (std::size_t at = line.find(colon); at != std::string_view::npos; at = line.find(colon, at + 1)) {
    std::size_t begin = at;
    while (begin > 0 && is_key_sign(line[begin - 1])) --begin;
    if (begin < at && (begin == 0 || line[begin - 1] == ' ' || line[begin - 1] == '{')) return true;
  }
  for (std::size_t at = line.find(comma); at != std::string_view::npos; at = line.find(comma, at + 1)) {
    std::size_t begin = at + comma.size();
    while (begin < line.size() && line[begin] == ' ') ++begin;
    std::size_t end = begin;
    while (end < line.size() && is_key_sign(line[end])) ++end;
    if (begin < end && (line.substr(end).starts_with(":") || line.substr(end).starts_with(colon)))
      return true;
  }
  return false;
}

// What YAML does not understand is often noticed on the line behind: `number` counts from 0.
std::optional<Error> fullwidth_slip(std::string_view name, std::string_view text, int number) {
  for (int line = 0; line <= number && !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view now = text.substr(0, end);
    if (line + 1 >= number && has_fullwidth_slip(now))
      return Error{Code::fullwidth_signs, fmt::format("{}:{}:1", name, line + 1), std::string(now), {}};
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::nullopt;
}

std::string mark_place(std::string_view name, const YAML::Mark& mark) {
  return fmt::format("{}:{}:{}", name, mark.line + 1, mark.column + 1);
}

}  // namespace

const TextNode* TextNode::find(std::string_view key) const {
  for (const TextEntry& entry : entries)
    if (entry.key == key && kind == Kind::map) return &entry.value;
  return nullptr;
}

std::string shown(const TextNode& node) {
  if (node.is_scalar()) return node.scalar;
  if (node.is_list()) return node.entries.empty() ? "[]" : "[...]";
  return node.entries.empty() ? "{}" : "{" + node.entries.front().key + ": ...}";
}

std::string error_place(std::string_view file_name, const Place& place) {
  return fmt::format("{}:{}:{}", file_name, place.line, place.column);
}

bool is_utf8(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead >= 0xF5 || (lead >= 0x80 && lead < 0xC2) || i + length > bytes.size()) return false;
    std::uint32_t point = length == 1 ? lead : lead & (0x7FU >> length);
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(bytes[i + k]);
      if ((next & 0xC0) != 0x80) return false;
      point = (point << 6) | (next & 0x3FU);
    }
    constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < least[length] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
    i += length;
  }
  return true;
}

Result<std::vector<TextNode>> read_text(std::string_view name, std::string_view bytes, std::uint32_t file) {
  const std::string start = fmt::format("{}:1:1", name);
  if (bytes.size() > text_bytes_max)
    return std::unexpected(Error{Code::yaml_too_large, start, "", {fmt::format("{} bytes", bytes.size())}});
  if (!is_utf8(bytes) || bytes.find('\0') != std::string_view::npos)
    return std::unexpected(Error{Code::yaml_malformed, start, "", {"not UTF-8"}});
  TreeBuilder builder(file);
  try {
    // The end mark makes the parser notice a quote that is never closed, which it would else take as closed.
    std::istringstream stream{std::string(bytes) + "\n...\n"};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Refusal& refusal) {
    return std::unexpected(
        Error{refusal.code, mark_place(name, refusal.mark), refusal.value, {refusal.detail}});
  } catch (const YAML::Exception& problem) {
    if (auto slip = fullwidth_slip(name, bytes, problem.mark.line)) return std::unexpected(std::move(*slip));
    return std::unexpected(Error{Code::yaml_malformed, mark_place(name, problem.mark), "", {problem.msg}});
  }
  return std::move(builder.documents);
}

}  // namespace fenming
