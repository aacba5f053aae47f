#include "server/person_view.h"

#include <gtest/gtest.h>

#include "base/key_ring.h"
#include "registry/identity_number.h"

namespace fenming {
namespace {

struct Keys {
  SecretKey master = SecretKey::random();
  KeyRing ring;
  std::optional<Vault> vault;
  Keys() {
    for (const std::string& group : Vault::all_groups()) EXPECT_TRUE(ring.add(group, master, "m"));
    vault = Vault::open(ring, master, SecretKey::random());
  }
  PersonView view(std::string_view psn_no, std::string_view plain) const {
    return view_person(*vault, psn_no, vault->seal_same(psn_no, plain));
  }
};

std::string shown(const PersonView& person, Date today) {
  JsonOut json;
  json.open_object();
  write_person(json, person, today);
  return json.close_object().take();
}

TEST(PersonView, birth_and_sex_come_from_the_number) {
  const Keys keys;
  const PersonView man = keys.view("P1", R"({"name":"测试甲","certno":"99000119800229011X"})");
  EXPECT_EQ(man.sex, "1");
  ASSERT_TRUE(man.born);
  EXPECT_EQ(to_text(*man.born), "1980-02-29");
  EXPECT_EQ(
      shown(man, *make_date(2026, 2, 28)),
      R"({"psn_no":"P1","psn_name":"测试甲","psn_cert_type":"01","certno":"99000119800229011X","gend":"1","naty":"",)"
      R"("brdy":"1980-02-29","age":45.0})");
  EXPECT_NE(shown(man, *make_date(2026, 3, 1)).find("\"age\":46.0"), std::string::npos);
  EXPECT_EQ(keys.view("P1", R"({"name":"乙","certno":"990001198002290121"})").sex, "2");
}

TEST(PersonView, what_the_number_does_not_say_stays_open) {
  const Keys keys;
  for (const char* number : {"", "K1234567", "990001199913010111", "9900011980022901é"}) {
    const PersonView person = keys.view("P1", std::string(R"({"name":"n","certno":")") + number + "\"}");
    EXPECT_FALSE(person.born) << number;
    EXPECT_NE(shown(person, *make_date(2026, 1, 1)).find("\"brdy\":\"\",\"age\":null"), std::string::npos);
  }
  EXPECT_EQ(keys.view("P1", R"({"name":"n","certno":""})").cert_type, "");
  EXPECT_EQ(keys.view("P1", R"({"name":"n","certno":"K1234567"})").sex, "9");
}

// REQ SEC-04
TEST(PersonView, what_cannot_be_opened_is_empty) {
  const Keys keys, other;
  const std::string sealed =
      other.vault->seal_same("P1", R"({"name":"secret","certno":"99000119800229011X"})");
  for (const std::string& text :
       {sealed, std::string(), std::string("rubbish"), keys.vault->seal_same("P2", "{}"),
        keys.vault->seal_same("P1", "not json")}) {
    const PersonView person = view_person(*keys.vault, "P1", text);
    EXPECT_EQ(person.psn_no, "P1");
    EXPECT_EQ(person.name + person.certno + person.cert_type, "");
  }
}

}  // namespace
}  // namespace fenming
