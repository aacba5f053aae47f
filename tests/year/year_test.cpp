// The make-believe year through the real desk, over a store in memory: every message is accepted.
#include "population/year.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "model/record.h"
#include "settlement/desk.h"
#include "store/fake/fake_store.h"

namespace fenming {
namespace {

std::vector<SourceFile> files_of(const std::string& folder, const std::string& prefix) {
  std::vector<SourceFile> files;
  const std::string root = std::string(FENMING_SOURCE_DIR) + "/rules/" + folder;
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".yaml") || name == "accepted.yaml") continue;
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    files.push_back({prefix + name, text.str()});
  }
  std::ranges::sort(files, {}, [&](const SourceFile& file) {
    return std::pair(file.name != prefix + "region.yaml", file.name);
  });
  return files;
}

constexpr std::int64_t day_ms = 86'400'000, noon_in_china = 4 * 3'600'000;

class Node {
 public:
  explicit Node(const YearOptions& options) : year_(options), day_(options.from) {
    DeskOptions desk;
    desk.region = "990000";
    desk.clock = [this] {
      const std::int64_t ms = day_.days * day_ms + noon_in_china;
      return Now{Instant{ms}, ms};
    };
    auto opened = SettlementDesk::open(open_fake(disk_, {}), desk);
    EXPECT_TRUE(opened) << to_text(opened.error(), Language::en);
    desk_ = std::move(*opened);
    adopt<AdoptRules>(
        pack_library(files_of("990000-mingzhou", ""), files_of("000000-national", "000000-national/")));
    adopt<AdoptCatalogue>(year_.items().csv());
  }

  void run() {
    while (auto made = year_.next()) {
      ASSERT_TRUE(references_.resolve(made->command));
      day_ = made->day;
      const std::string name(action_name(made->command.action));
      const auto outcome = desk_->call(made->command);
      ASSERT_TRUE(outcome) << name << " " << made->command.key.msgid << " "
                           << to_text(outcome.error(), Language::en);
      ++done[name];
      references_.made(*made, outcome->decision->made);
    }
  }

  std::map<std::string, int> done;

 private:
  template <class Adopt>
  void adopt(std::string bytes) {
    const auto digest = desk_->put_artifact(std::move(bytes));
    ASSERT_TRUE(digest);
    Command command;
    command.key = {"", "adopt", "adopt" + std::to_string(++adopted_)};
    command.action = Adopt{std::string(bytes_of(*digest))};
    const auto outcome = desk_->call(command);
    ASSERT_TRUE(outcome) << to_text(outcome.error(), Language::en);
  }

  Year year_;
  Date day_;
  int adopted_ = 0;
  std::shared_ptr<FakeDisk> disk_ = make_fake_disk();
  std::unique_ptr<SettlementDesk> desk_;
  References references_;
};

TEST(YearAtTheDesk, EveryMessageIsAccepted) {
  YearOptions options;
  options.persons = 400;
  options.seed = 21;
  options.days = 150;
  Node node(options);
  node.run();
  EXPECT_GT(node.done["settle"], 500);
  for (const char* name :
       {"close_visit", "cancel_settlement", "remove_lines", "pay_deposit", "share_account"})
    EXPECT_GT(node.done[name], 0) << name;
}

}  // namespace
}  // namespace fenming
