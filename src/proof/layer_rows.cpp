// Which layers there are: those of the text of the policy that governs the bill's date, for each part, in order.
#include <fmt/format.h>

#include <algorithm>

#include "proof/claims.h"

namespace fenming {
namespace {

void check_text(const ProofLayer& row, const ProofLayerText& text, const std::string& place,
                std::vector<Error>& errors) {
  const auto equal = [&](std::string_view what, const std::string& found, const std::string& due) {
    if (found != due)
      errors.push_back(
          {Code::trace_layer_text, fmt::format("{}/{}", place, what), found, {std::string(what), due}});
  };
  equal("fund", row.fund, text.fund);
  equal("article", row.article, text.article);
}

bool says_no(const ProofScene& scene, int who) {
  return who != no_node && scene.node(who).value.type == ProofType::boolean && !scene.node(who).value.yes;
}

}  // namespace

const ProofLayerText* layer_text(const ProofScene& scene, std::string_view name) {
  if (scene.policy == nullptr) return nullptr;
  const auto found = std::ranges::find(scene.policy->layers, name, &ProofLayerText::name);
  return found == scene.policy->layers.end() ? nullptr : &*found;
}

void check_layer_rows(const ProofScene& scene, std::vector<Error>& errors) {
  const ProofTrace& trace = scene.trace;
  std::size_t row = 0, off = 0;
  for (std::size_t part = 0; part < trace.parts.size(); ++part)
    for (const ProofLayerText& text : scene.policy->layers) {
      const auto is_next = [&](const auto& rows, std::size_t at) {
        return at < rows.size() && rows[at].layer == text.name && rows[at].part == part;
      };
      if (is_next(trace.layers, row)) {
        check_text(trace.layers[row], text, fmt::format("/layers/{}", row), errors);
        ++row;
      } else if (text.has("who") && is_next(trace.skipped, off)) {
        ++off;
      } else {
        return errors.push_back({Code::trace_layer_missing, "/layers", text.name, {fmt::format("{}", part)}});
      }
    }
  const auto too_many = [&](std::string_view list, const auto& rows, std::size_t at) {
    if (at < rows.size())
      errors.push_back({Code::trace_layer_missing,
                        fmt::format("/{}/{}", list, at),
                        rows[at].layer,
                        {fmt::format("{}", rows[at].part)}});
  };
  too_many("layers", trace.layers, row);
  too_many("skipped", trace.skipped, off);
  for (std::size_t i = 0; i < trace.skipped.size(); ++i)
    if (const int who = trace.skipped[i].who; !says_no(scene, who))
      errors.push_back({Code::trace_skipped,
                        fmt::format("/skipped/{}/who", i),
                        who == no_node ? "null" : to_text(scene.node(who).value),
                        {}});
}

}  // namespace fenming
