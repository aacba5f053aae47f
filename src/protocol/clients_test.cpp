// Requests of three real hospital systems (tests/clients): each is read and keeps its values.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "protocol/request.h"

namespace fenming {
namespace {

std::map<std::string, std::string> bodies() {
  std::map<std::string, std::string> found;
  const std::filesystem::path root = std::string(FENMING_SOURCE_DIR) + "/tests/clients";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".http") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    const std::string all = text.str();
    const std::size_t end = all.find("\r\n\r\n");
    found[entry.path().parent_path().filename().string() + "/" + entry.path().stem().string()] =
        end == std::string::npos ? "" : all.substr(end + 4);
  }
  return found;
}

TEST(Clients, EveryRequestIsRead) {
  const auto all = bodies();
  EXPECT_EQ(all.size(), 38U);
  RequestReader reader;
  for (const auto& [name, body] : all) {
    const auto envelope = reader.read_envelope(body);
    ASSERT_TRUE(envelope) << name;
    EXPECT_EQ(envelope->infno, name.substr(name.rfind('/') + 1));
    EXPECT_EQ(envelope->fixmedins_code.size(), 12U) << name;
    const auto request = reader.read_input({});
    if (!request)
      for (const Error& error : request.error()) ADD_FAILURE() << name << " " << to_text(error, Language::zh);
  }
}

TEST(Clients, ValuesAreReadAsTheyWereMeant) {
  const auto all = bodies();
  RequestReader reader;
  const auto read = [&](const std::string& name) {
    EXPECT_TRUE(reader.read_envelope(all.at(name))) << name;
    return reader.read_input({});
  };
  auto request = read("hzg-python-sdk/2204");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->envelope().sign_no, "");
  ASSERT_EQ(request->rows("feedetail").size(), 1U);
  EXPECT_EQ(request->rows("feedetail")[0].money("det_item_fee_sumamt"), Money::from_fen(200));
  EXPECT_EQ(request->rows("feedetail")[0].decimal("cnt").millionths, 1'000'000);
  EXPECT_EQ(request->rows("feedetail")[0].pointer("cnt"), "/input/feedetail/0/cnt");
  request = read("teahz-csb-csharp/2207");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->row("data").money("medfee_sumamt"), Money::from_fen(200));
  EXPECT_FALSE(request->row("data").has("invono"));
  request = read("idoku-csb-csharp/9002");
  ASSERT_TRUE(request);
  EXPECT_FALSE(request->row("signOut").has("sign_no"));
  EXPECT_EQ(request->row("signOut").pointer(), "/input");
  request = read("hzg-python-sdk/1201");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->row("medinsinfo").text("fixmedins_type"), "1");
  EXPECT_EQ(request->row("medinsinfo").pointer(), "/input/data");
  request = read("hzg-python-sdk/2401");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->row("mdtrtinfo").instant("begntime")->ms,
            day_begin(*make_date(2026, 11, 22)).ms + ((18 * 60 + 57) * 60 + 21) * 1000);
  EXPECT_EQ(request->rows("diseinfo")[0].integer("diag_srt_no"), 1);
}

}  // namespace
}  // namespace fenming
