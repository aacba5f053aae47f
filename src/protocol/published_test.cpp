// Published test data (tests/published): each JSON text is accepted or refused as the suite expects, or as docs/interface.md says
// where it leaves a choice; naughty strings travel through a message unchanged or are refused with a code.
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "base/json_text.h"
#include "protocol/answer.h"
#include "protocol/request.h"
#include "protocol/wire_value.h"

namespace fenming {
namespace {

const std::string packages = std::string(FENMING_SOURCE_DIR) + "/build-published/node_modules/";
constexpr JsonLimits large{std::size_t{64} << 20U, 1024, 10'000'000};

// The array of a file, be it JSON or a script that exports one. Empty: not fetched.
std::string array_of(const std::string& path) {
  std::ifstream file(packages + path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  const std::string all = text.str();
  const std::size_t begin = all.find('['), end = all.rfind(']');
  return begin == std::string::npos ? "" : all.substr(begin, end - begin + 1);
}

std::string member(Json object, std::string_view key) {
  for (auto one = object.first(); one; one = one->next())
    if (one->key() == key) return std::string(one->text());
  return "";
}

// Where the suite leaves the choice (i_) we refuse, but these: numbers are kept as written, however small; the suite's broken UTF-8
// comes as U+FFFD in this package.
const std::set<std::string, std::less<>> free_accepted = {"i_number_double_huge_neg_exp.json",
                                                          "i_number_real_underflow.json",
                                                          "i_string_UTF-8_invalid_sequence.json",
                                                          "i_string_UTF8_surrogate_U+D800.json",
                                                          "i_string_invalid_utf-8.json",
                                                          "i_string_iso_latin_1.json",
                                                          "i_string_lone_utf8_continuation_byte.json",
                                                          "i_string_not_in_unicode_range.json",
                                                          "i_string_overlong_sequence_2_bytes.json",
                                                          "i_string_overlong_sequence_6_bytes.json",
                                                          "i_string_overlong_sequence_6_bytes_null.json",
                                                          "i_string_truncated-utf-8.json"};
// A key that stands twice could mean either value.
const std::set<std::string, std::less<>> doubled = {"y_object_duplicated_key.json",
                                                    "y_object_duplicated_key_and_value.json"};

TEST(Published, EveryTextOfTheJsonTestSuiteIsDecided) {
  const std::string text = array_of("json-test-suite/data/parsing.js");
  if (text.empty()) GTEST_SKIP() << "tools/published.sh fetches the JSON test suite";
  JsonReader suite, reader;
  const auto cases = suite.read(text, large);
  ASSERT_TRUE(cases) << to_text(cases.error(), Language::en);
  int count = 0;
  for (auto one = cases->first(); one; one = one->next(), ++count) {
    const std::string name = member(*one, "name"), input = member(*one, "input");
    const auto read = reader.read(input);
    const bool accept = (name[0] == 'y' && !doubled.contains(name)) || free_accepted.contains(name);
    EXPECT_EQ(read.has_value(), accept) << name << " " << input.substr(0, 80);
    if (read) continue;
    EXPECT_EQ(read.error().code, doubled.contains(name) ? Code::field_doubled : Code::bill_not_json) << name;
    EXPECT_NE(read.error().place, "") << name;
    RequestReader requests;
    EXPECT_FALSE(requests.read_envelope(input)) << name;
  }
  EXPECT_GE(count, 300);
}

std::string as_json(std::string_view text) {
  std::string out;
  append_json(out, text);
  return out;
}

TEST(Published, NaughtyStringsComeBackUnchanged) {
  const std::string text = array_of("blns/resources/blns.json");
  if (text.empty()) GTEST_SKIP() << "tools/published.sh fetches the list of naughty strings";
  JsonReader list, again;
  RequestReader reader;
  const auto strings = list.read(text, large);
  ASSERT_TRUE(strings) << to_text(strings.error(), Language::en);
  for (auto one = strings->first(); one; one = one->next()) {
    const std::string naughty(one->text());
    const std::string message =
        R"({"infno":"1101","msgid":"H99000000001202611231020300001","fixmedins_code":"H99000000001","input":{"data":)"
        R"({"mdtrt_cert_type":"02","mdtrt_cert_no":"1","psn_name":)" +
        as_json(naughty) + "}}}";
    ASSERT_TRUE(reader.read_envelope(message)) << naughty;
    const auto request = reader.read_input({});
    ASSERT_TRUE(request) << naughty;
    const bool empty = naughty == "null" || naughty == "NULL";
    EXPECT_EQ(request->row("data").text("psn_name"), empty ? "" : naughty);
    const Error error{Code::wire_code, "/input", naughty, {naughty, naughty, ""}};
    const std::string answer = refusal_text({"990000", Instant{1}, Instant{2}, 3}, std::span(&error, 1));
    const auto read = again.read(answer);
    ASSERT_TRUE(read) << answer;
    EXPECT_LE(character_count(member(*read, "err_msg")), 200U) << answer;
  }
}

// As numbers, codes, dates and ids they are refused with a code, or are one.
TEST(Published, NaughtyStringsAreRefusedWhereTheyDoNotBelong) {
  const std::string text = array_of("blns/resources/blns.json");
  if (text.empty()) GTEST_SKIP() << "tools/published.sh fetches the list of naughty strings";
  JsonReader list;
  RequestReader reader;
  const auto strings = list.read(text, large);
  ASSERT_TRUE(strings);
  int refused = 0, count = 0;
  for (auto one = strings->first(); one; one = one->next(), ++count) {
    const std::string naughty = as_json(one->text());
    const std::string message = R"({"infno":)" + naughty + R"(,"msgid":)" + naughty +
                                R"(,"fixmedins_code":)" + naughty + R"(,"input":{"data":{"medfee_sumamt":)" +
                                naughty + R"(,"insutype":)" + naughty + "}}}";
    const auto envelope = reader.read_envelope(message);
    if (envelope && reader.read_input({})) ADD_FAILURE() << naughty;
    std::string settle = message;
    settle.replace(9, naughty.size(), R"("2207")");
    ASSERT_TRUE(reader.read_envelope(settle)) << settle;
    const auto request = reader.read_input({});
    refused += request ? 0 : 1;
  }
  EXPECT_EQ(refused, count);
}

}  // namespace
}  // namespace fenming
