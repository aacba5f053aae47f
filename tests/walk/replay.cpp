#include "walk/replay.h"

#include <fmt/format.h>

#include <map>

#include "model/record.h"
#include "settlement/decider.h"
#include "walk/small_region.h"

namespace fenming::walk {
namespace {

class Kept : public Records {
 public:
  std::vector<std::shared_ptr<const Decision>> decisions;
  Result<std::shared_ptr<const Decision>> at(std::uint64_t position) override {
    return decisions.at(position - 1);
  }
};

}  // namespace

// LAW 3
std::string replay(Store& store) {
  Kept records;
  PlainObjects objects;
  Artifacts artifacts(store);
  Decider decider(objects, records, artifacts, region_code);
  std::map<MessageKey, KnownMessage> known;
  std::string wrong;
  const auto read = store.read(1, [&](std::uint64_t position, std::string_view bytes) {
    const auto stored = read_record(bytes);
    if (!stored) return wrong = to_text(stored.error(), Language::en), false;
    KnownMessage reversed;
    if (const auto* reverse = std::get_if<Reverse>(&stored->command.action))
      if (const auto at = known.find({stored->command.key.provider, reverse->infno, reverse->msgid});
          at != known.end())
        reversed = at->second;
    const auto again = decider.decide(stored->command, stored->time, position, reversed);
    if (!again || write_record(*again) != bytes) {
      wrong =
          fmt::format("record {} ({}) is replayed otherwise{}", position, action_name(stored->command.action),
                      again ? "" : ": " + to_text(again.error(), Language::en));
      return false;
    }
    if (const auto error = fold(objects, position, *stored)) wrong = to_text(*error, Language::en);
    for (const Bound& bound : stored->bound)
      known[bound.key] = {true, bound.kind == BindKind::tombstone, position};
    records.decisions.push_back(std::make_shared<const Decision>(*stored));
    return wrong.empty();
  });
  return read ? wrong : to_text(read.error(), Language::en);
}

}  // namespace fenming::walk
