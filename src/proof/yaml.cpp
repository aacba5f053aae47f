#include "proof/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <unordered_set>
#include <utility>

namespace fenming {
namespace {

using Kind = ProofTree::Kind;

// yaml-cpp calls back, so stopping it takes an exception; it never leaves this file.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class TreeBuilder final : public YAML::EventHandler {
 public:
  ProofTree take() { return std::move(documents_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override { throw Refused("an alias"); }
  void OnNull(const YAML::Mark&, YAML::anchor_t anchor) override {
    enter("?", anchor);
    place(ProofTree{});
  }
  void OnScalar(const YAML::Mark&, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    enter(tag, anchor);
    if (wants_key()) {
      if (value == "<<") throw Refused("a merge key");
      if (!open_.back().seen.insert(value).second) throw Refused("a doubled key: " + value);
      open_.back().tree.keys.push_back(value);
      return;
    }
    place(ProofTree{Kind::text, value, {}, {}});
  }
  void OnSequenceStart(const YAML::Mark&, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(tag, anchor, Kind::list);
  }
  void OnMapStart(const YAML::Mark&, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(tag, anchor, Kind::map);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    ProofTree tree;
    std::unordered_set<std::string> seen;
  };

  bool wants_key() const {
    return !open_.empty() && open_.back().tree.kind == Kind::map &&
           open_.back().tree.keys.size() == open_.back().tree.items.size();
  }
  void enter(const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) throw Refused("an anchor");
    if (!tag.empty() && tag != "?" && tag != "!") throw Refused("a tag");
    if (++nodes_ > proof_yaml_nodes_max) throw Refused("more than 200,000 nodes");
  }
  void open(const std::string& tag, YAML::anchor_t anchor, Kind kind) {
    enter(tag, anchor);
    if (wants_key()) throw Refused("a key that is no text");
    if (open_.size() == proof_yaml_depth_max) throw Refused("more than 64 levels");
    open_.push_back(Open{ProofTree{kind, "", {}, {}}, {}});
  }
  void close() {
    ProofTree done = std::move(open_.back().tree);
    open_.pop_back();
    place(std::move(done));
  }
  void place(ProofTree tree) {
    if (wants_key()) throw Refused("a key that is no text");
    (open_.empty() ? documents_ : open_.back().tree).items.push_back(std::move(tree));
  }

  ProofTree documents_{Kind::list, "", {}, {}};
  std::vector<Open> open_;
  std::size_t nodes_ = 0;
};

Error unreadable(const std::string& file, const std::string& why) {
  return {Code::trace_library, file, "", {why}};
}

}  // namespace

Result<ProofTree> read_proof_yaml(const std::string& file, const std::string& text) {
  if (text.size() > proof_yaml_bytes_max) return std::unexpected(unreadable(file, "more than 8 MB"));
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    TreeBuilder builder;
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.take();
  } catch (const std::exception& problem) {
    return std::unexpected(unreadable(file, problem.what()));
  }
}

}  // namespace fenming
