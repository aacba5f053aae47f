#include "identity/vault.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

struct Keys {
  SecretKey master = SecretKey::random(), index = SecretKey::random();
  KeyRing ring;
  Keys() {
    for (const std::string& group : Vault::all_groups()) ring.add(group, master, "m");
  }
};

// REQ SEC-04
TEST(Vault, opens_what_it_sealed_for_the_same_person_only) {
  const Keys keys;
  const auto vault = Vault::open(keys.ring, keys.master, keys.index);
  ASSERT_TRUE(vault);
  const std::string sealed = vault->seal("P1", "name");
  EXPECT_EQ(sealed.find("name"), std::string::npos);
  EXPECT_EQ(vault->unseal("P1", sealed), "name");
  EXPECT_EQ(vault->unseal("P2", sealed), std::nullopt);
  EXPECT_NE(vault->seal("P1", "name"), sealed);
  EXPECT_EQ(vault->seal_same("P1", "name"), vault->seal_same("P1", "name"));
}

TEST(Vault, an_erased_group_is_gone_and_the_others_stay) {
  Keys keys;
  const std::string sealed = Vault::open(keys.ring, keys.master, keys.index)->seal("P1", "name");
  keys.ring.erase(Vault::group_of("P1"));
  EXPECT_FALSE(Vault::open(keys.ring, keys.master, keys.index)) << "nothing to seal with";
  keys.ring.add(Vault::key_id(Vault::group_of("P1"), 2), keys.master, "m");
  const auto vault = Vault::open(keys.ring, keys.master, keys.index);
  ASSERT_TRUE(vault);
  EXPECT_EQ(vault->unseal("P1", sealed), std::nullopt);
  EXPECT_EQ(vault->unseal("P1", vault->seal("P1", "name")), "name");
}

TEST(Vault, what_comes_after_an_erasure_is_sealed_under_the_next_key) {
  Keys keys;
  const std::string group = Vault::group_of("P1");
  const std::string first = Vault::open(keys.ring, keys.master, keys.index)->seal("P1", "name");
  keys.ring.erase(group);
  ASSERT_TRUE(keys.ring.add(group + ".2", keys.master, "m"));
  const std::string second = Vault::open(keys.ring, keys.master, keys.index)->seal_same("P1", "name");
  ASSERT_TRUE(keys.ring.add(group + ".3", keys.master, "m"));
  const auto vault = Vault::open(keys.ring, keys.master, keys.index);
  ASSERT_TRUE(vault);
  EXPECT_EQ(vault->unseal("P1", first), std::nullopt);
  EXPECT_EQ(vault->unseal("P1", second), "name") << "a key that was not erased opens on";
  EXPECT_EQ(sealed_key_id(vault->seal("P1", "name")), group + ".3");
}

// What a provider keeps about nobody is in no person's group.
TEST(Vault, providers_have_groups_of_their_own) {
  const Keys keys;
  const auto vault = Vault::open(keys.ring, keys.master, keys.index);
  const std::string sealed = vault->seal_same_of_provider("H1", "file");
  EXPECT_EQ(sealed_key_id(sealed), Vault::provider_group("H1"));
  EXPECT_EQ(vault->unseal("H1", sealed), "file");
  EXPECT_EQ(vault->unseal("H2", sealed), std::nullopt);
  KeyRing old = keys.ring;
  std::string text = old.write();
  text.erase(text.find("key p07"), text.find("key p08") - text.find("key p07"));
  EXPECT_FALSE(Vault::open(*KeyRing::read(text), keys.master, keys.index)) << "a group without a key";
}

TEST(Vault, another_master_does_not_open) {
  const Keys keys;
  EXPECT_FALSE(Vault::open(keys.ring, SecretKey::random(), keys.index));
}

TEST(Vault, a_number_is_found_however_it_is_written) {
  const Keys keys;
  const auto vault = Vault::open(keys.ring, keys.master, keys.index);
  EXPECT_EQ(vault->found_by("99000119900101001x"), vault->found_by(" 990001 19900101-001X"));
  EXPECT_NE(vault->found_by("99000119900101001X"), vault->found_by("990001199001010011"));
  EXPECT_EQ(vault->found_by("1").size(), 64U);
}

}  // namespace
}  // namespace fenming
