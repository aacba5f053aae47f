// docs/fields.md, docs/fields/ and docs/openapi.json are made from the interface's tables. FENMING_UPDATE=1 writes them anew.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "protocol/field_reference.h"
#include "protocol/interface.h"
#include "protocol/json.h"
#include "protocol/openapi.h"

namespace fenming {
namespace {

const std::filesystem::path docs = std::filesystem::path(FENMING_SOURCE_DIR) / "docs";

void expect_current(const std::string& name, const std::string& now) {
  const std::filesystem::path path = docs / name;
  if (std::getenv("FENMING_UPDATE") != nullptr) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << now;
  }
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(text.str() == now) << "FENMING_UPDATE=1 docs_test writes docs/" << name << " anew";
}

// REQ HOS-10
TEST(FieldReference, is_current) {
  std::set<std::string> written;
  for (const Document& page : field_reference()) {
    expect_current(page.path, page.text);
    written.insert((docs / page.path).string());
  }
  for (const auto& entry : std::filesystem::directory_iterator(docs / "fields"))
    EXPECT_TRUE(written.contains(entry.path().string())) << entry.path() << " is made by nothing";
}

TEST(OpenApi, is_current) { expect_current("openapi.json", openapi()); }

void references(Json value, std::set<std::string>& found) {
  if (value.kind() == Json::Kind::text && value.key() == "$ref") found.insert(std::string(value.text()));
  for (auto one = value.first(); one; one = one->next()) references(*one, found);
}

std::optional<Json> member(std::optional<Json> value, std::string_view key) {
  if (!value) return value;
  for (auto one = value->first(); one; one = one->next())
    if (one->key() == key) return one;
  return std::nullopt;
}

// REQ HOS-10
TEST(OpenApi, every_reference_is_there_and_every_transaction_has_a_path) {
  JsonReader reader;
  const std::string text = openapi();
  const auto root = reader.read(text, {std::size_t{64} << 20U, 64, 10'000'000});
  ASSERT_TRUE(root) << to_text(root.error(), Language::en);
  const auto schemas = member(member(*root, "components"), "schemas");
  ASSERT_TRUE(schemas);
  std::set<std::string> names, used;
  for (auto one = schemas->first(); one; one = one->next())
    names.insert("#/components/schemas/" + std::string(one->key()));
  references(*root, used);
  for (const std::string& name : used) EXPECT_TRUE(names.contains(name)) << name;
  EXPECT_EQ(member(*root, "paths")->size(), transactions().size() + 1);
  EXPECT_EQ(names.size(), 4 + code_tables().size() + 2 * transactions().size());
}

}  // namespace
}  // namespace fenming
