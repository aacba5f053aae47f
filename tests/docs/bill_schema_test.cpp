// docs/bill.schema.json names the fields that the reader takes, and needs those that it needs.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "protocol/bill_json.h"

namespace fenming {
namespace {

using Names = std::set<std::string>;

std::string schema_text() {
  std::ifstream file(std::string(FENMING_SOURCE_DIR) + "/docs/bill.schema.json", std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

class BillSchema : public testing::Test {
 protected:
  void SetUp() override {
    const auto root = reader_.read(text_);
    ASSERT_TRUE(root) << to_text(root.error(), Language::en);
    root_ = *root;
  }

  // "properties/visit" -> that object of the schema; a number is a place in an array.
  std::optional<Json> at(std::string_view path) const {
    std::optional<Json> here = root_;
    while (!path.empty() && here) {
      const std::size_t end = std::min(path.find('/'), path.size());
      const std::string_view step = path.substr(0, end);
      const bool array = here->kind() == Json::Kind::array;
      std::size_t position = 0;
      for (here = here->first(); here; here = here->next(), ++position)
        if (array ? std::to_string(position) == step : here->key() == step) break;
      path.remove_prefix(std::min(end + 1, path.size()));
    }
    return here;
  }

  Names members(const std::string& path, bool keys) const {
    Names names;
    const auto object = at(path);
    EXPECT_TRUE(object) << path;
    if (!object) return names;
    for (auto member = object->first(); member; member = member->next())
      names.emplace(keys ? member->key() : member->text());
    return names;
  }

  // What the reader says of a bill: places of one code.
  static Names places(const std::string& bill, Code code) {
    Names found;
    const auto read = read_bill(bill);
    if (!read)
      for (const Error& error : read.error())
        if (error.code == code) found.insert(error.place);
    return found;
  }

  // A bill that consists of `object` inside `before` and `behind`; `place` is the object's pointer.
  void compare(const std::string& schema, const std::string& before, const std::string& behind,
               const std::string& place, bool others_refused) const {
    const Names properties = members((schema.empty() ? "" : schema + "/") + "properties", true),
                required = members((schema.empty() ? "" : schema + "/") + "required", false);
    Names missing;
    for (const std::string& name : places(before + "{}" + behind, Code::field_missing))
      if (name.starts_with(place + "/")) missing.insert(name.substr(place.size() + 1));
    EXPECT_EQ(missing, required) << place;
    std::string all;
    for (const std::string& name : properties) all += (all.empty() ? "\"" : ", \"") + name + "\": null";
    EXPECT_EQ(places(before + "{" + all + "}" + behind, Code::field_unknown), Names()) << place;
    // The reader knows no other: what is left out here it would take as well.
    if (!others_refused) return;
    for (const std::string name :
         {"bill", "region", "visit", "settle", "known", "facts", "accumulators", "total", "lines", "kind",
          "from", "to", "group", "key", "values", "id", "extra"}) {
      const Names unknown = places(before + "{\"" + name + "\": null}" + behind, Code::field_unknown);
      EXPECT_EQ(unknown.contains(place + "/" + name), !properties.contains(name)) << place << "/" << name;
    }
  }

  std::string text_ = schema_text();
  JsonReader reader_;
  std::optional<Json> root_;
};

TEST_F(BillSchema, HasTheFieldsOfTheReader) {
  compare("", "", "", "", true);
  compare("properties/visit", "{\"visit\": ", "}", "/visit", true);
  compare("properties/accumulators/oneOf/1/items", "{\"accumulators\": [", "]}", "/accumulators/0", true);
  compare("$defs/line", "{\"lines\": [", "]}", "/lines/0", false);
}

// A line takes columns of any name: its own fields are those that are not read as a fact, which refuses null by
// another sentence.
TEST_F(BillSchema, HasTheOwnFieldsOfALine) {
  const Names columns = {"class", "kind", "source"};  // the nation's columns, read as facts
  for (const std::string& name : members("$defs/line/properties", true)) {
    const auto read = read_bill("{\"lines\": [{\"" + name + "\": null}]}");
    ASSERT_FALSE(read);
    const auto error = std::ranges::find(read.error(), "/lines/0/" + name, &Error::place);
    ASSERT_NE(error, read.error().end()) << name;
    EXPECT_EQ(error->details.at(0).starts_with("text, number"), columns.contains(name)) << name;
  }
}

TEST_F(BillSchema, SpeaksOfTheSameLimits) {
  const BillLimits limits;
  EXPECT_EQ(at("$defs/id/maxLength")->text(), std::to_string(limits.id_characters));
  EXPECT_EQ(at("$defs/id/minLength")->text(), "1");
  EXPECT_EQ(at("$defs/line/properties/name/maxLength")->text(), std::to_string(limits.text_characters));
}

}  // namespace
}  // namespace fenming
