#include "settlement/artifacts.h"

#include <set>

#include "settlement/test_desk.h"

namespace fenming::testing_desk {
namespace {

std::string packed(const std::string& number) {
  return pack_library({{"region.yaml", region() + "# " + number + "\n"}}, {});
}

TEST(Artifacts, OnlyTheLastFewStayDecoded) {
  const auto store = open_fake(make_fake_disk());
  Artifacts artifacts(*store);
  std::vector<std::weak_ptr<const Catalogue>> catalogues;
  std::vector<std::weak_ptr<const Library>> libraries;
  const std::string header = "item,name_zh,name_en,class,kind,source,unit_limit,from,to\n";
  for (int i = 0; i < 30; ++i) {
    const std::string number = std::to_string(i);
    const auto list = store->put_artifact(header + "X" + number + ",x,x,A,drug,domestic,,2024-01-01,\n");
    const auto rules = store->put_artifact(packed(number));
    for (int asked = 0; asked < 2; ++asked) {
      const auto catalogue = artifacts.catalogue(std::string(bytes_of(*list)));
      ASSERT_TRUE(catalogue) << to_text(catalogue.error(), Language::en);
      const auto library = artifacts.library(std::string(bytes_of(*rules)));
      ASSERT_TRUE(library) << to_text(library.error(), Language::en);
      if (asked == 1) {
        EXPECT_EQ(catalogues.back().lock(), *catalogue);
        EXPECT_EQ(libraries.back().lock(), *library);
      }
      catalogues.push_back(*catalogue);
      libraries.push_back(*library);
    }
  }
  const auto kept = [](const auto& all) {
    std::set<const void*> there;
    for (const auto& one : all)
      if (const auto value = one.lock()) there.insert(value.get());
    return there.size();
  };
  EXPECT_EQ(kept(catalogues), catalogues_kept);
  EXPECT_EQ(kept(libraries), libraries_kept);
}

TEST(Artifacts, WhatWasAskedForLastStays) {
  const auto store = open_fake(make_fake_disk());
  Artifacts artifacts(*store);
  const auto rules = [&](int number) {
    const auto digest = store->put_artifact(packed(std::to_string(number)));
    return *artifacts.library(std::string(bytes_of(*digest)));
  };
  const std::weak_ptr<const Library> first = rules(0);
  for (int number = 1; number < 20; ++number) {
    rules(number);
    rules(0);
  }
  EXPECT_FALSE(first.expired());
}

}  // namespace
}  // namespace fenming::testing_desk
