// The bytes of the answers that are rendered from records, as each encoder writes them: a message that comes again, in ten years too, gets
// the bytes it got. Whoever changes them raises answer_encoder, keeps the form before for the records that name it, and adds a file:
// FENMING_UPDATE=1 writes that of the newest encoder, where there is none.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "base/digest.h"
#include "cli/store_desk.h"
#include "e2e/region.h"
#include "model/record.h"

namespace fenming::e2e {
namespace {

std::string golden(std::uint32_t encoder) {
  return std::string(FENMING_SOURCE_DIR) + "/tests/e2e/answers-encoder" + std::to_string(encoder) + ".txt";
}
std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
constexpr std::string_view day = "2026-03-02";
constexpr std::int64_t ten_o_clock = 1'772'416'800'000;  // of that day

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

// An answer's own number and times are new each time; all else is of the record.
std::string without_own(std::string body) {
  for (const std::string_view name : {"\"inf_refmsgid\":\"", "\"refmsg_time\":\"", "\"respond_time\":\""}) {
    const std::size_t at = body.find(name), begin = at + name.size();
    if (at != std::string::npos) body.replace(begin, body.find('"', begin) - begin, "");
  }
  return body;
}

class Script {
 public:
  std::string text;

  explicit Script(Region& region) { connect(region); }
  void connect(Region& region) { client_.reset(new WireClient(region.client(SignVariant::none))); }

  WireAnswer say(const std::string& infno, const std::string& input) {
    const std::string number = std::to_string(1001 + sent_.size());
    sent_.push_back({infno, replaced(input, today(), day), "H9900000000320260302100000" + number});
    const WireAnswer answer = good(send(sent_.back()));
    text += infno + " " + without_own(answer.body) + "\n";
    return answer;
  }
  // Every message once more: what is answered now.
  std::string again() {
    std::string all;
    for (const Sent& one : sent_) all += one.infno + " " + without_own(send(one).body) + "\n";
    return all;
  }

 private:
  struct Sent {
    std::string infno, input, msgid;
  };
  WireAnswer send(const Sent& one) { return client_->call(one.infno, one.input, one.msgid); }
  std::unique_ptr<WireClient> client_;
  std::vector<Sent> sent_;
};

void play(Script& script) {
  script.say("9001", R"({"signIn":{"opter_no":"op1","mac":"x","ip":"127.0.0.1"}})");
  const WireAnswer sale = script.say("2102", purchase(employee, 3));
  script.say("2103", R"({"data":{"setl_id":")" + sale.value("setl_id") + R"(","mdtrt_id":")" +
                         sale.value("mdtrt_id") + R"(","psn_no":"990000000001"}})");
  const std::string visit = script.say("2201", register_outpatient(employee)).value("mdtrt_id");
  script.say("2204", lines_of(employee, visit, "B1", 2));
  const WireAnswer settled = script.say("2207", settle_outpatient(employee, visit, "B1", "40.00"));
  script.say("2208", cancel(employee, visit, settled.value("setl_id")));
  script.say("2205",
             R"({"data":{"mdtrt_id":")" + visit + R"(","chrg_bchno":"0000","psn_no":"990000000001"}})");
  script.say("2202",
             R"({"data":{"psn_no":"990000000001","mdtrt_id":")" + visit + R"(","ipt_otp_no":"MZ1"}})");
  const std::string stay = script.say("2401", admission(poor, day)).value("mdtrt_id");
  script.say("2301", lines_of(poor, stay, "", 4, "3000.00"));
  const WireAnswer interim = script.say("2304", settle_stay(poor, stay, "12000.00", true));
  script.say("2305", cancel(poor, stay, interim.value("setl_id")));
  script.say("2302", R"({"data":[{"feedetl_sn":"4","mdtrt_id":")" + stay + R"(","psn_no":"990000000003"}]})");
  script.say(
      "2402",
      R"({"dscginfo":{"mdtrt_id":")" + stay + R"(","psn_no":"990000000003","insutype":"390","endtime":")" +
          std::string(day) +
          R"( 10:00:00","dscg_dept_codg":"A03","dscg_dept_name":"呼吸内科","dscg_way":"1"},"diseinfo":[]})");
  const WireAnswer last = script.say("2304", settle_stay(poor, stay, "9000.00"));
  script.say("2305", cancel(poor, stay, last.value("setl_id")));
  script.say("2405", R"({"data":{"mdtrt_id":")" + stay + R"(","psn_no":"990000000003"}})");
  const WireAnswer sold = script.say("2102", purchase(resident, 2));
  script.say(
      "2103",
      R"({"data":{"setl_id":")" + sold.value("setl_id") + R"(","mdtrt_id":")" + sold.value("mdtrt_id") +
          R"(","psn_no":"990000000002","exp_content":{"REFD_DETAIL":[{"feedetl_sn":"1","cnt":1,"amt":"10.00"}]}}})");
  script.say(
      "2601",
      R"({"data":{"psn_no":"990000000001","omsgid":"H99000000003202603021000009999","oinfno":"2102"}})");
}

// The same journal with records of another encoder, as an earlier version left it.
void make_older(const std::filesystem::path& folder, std::uint32_t encoder) {
  std::filesystem::rename(folder / "store", folder / "newer");
  const auto newer = open_store((folder / "newer").string());
  const auto older = open_store((folder / "store").string(), true);
  ASSERT_TRUE(newer && older);
  const auto copy = [&](const std::string& digest) {
    if (digest.size() != sizeof(Digest)) return;
    const auto bytes = (*newer)->artifact(to_digest(digest));
    ASSERT_TRUE(bytes);
    ASSERT_TRUE((*older)->put_artifact(*bytes));
  };
  const auto read = (*newer)->read(1, [&](std::uint64_t, std::string_view bytes) {
    Decision decision = *read_record(bytes);
    if (const auto* rules = std::get_if<AdoptRules>(&decision.command.action)) copy(rules->digest);
    if (const auto* catalogue = std::get_if<AdoptCatalogue>(&decision.command.action))
      copy(catalogue->digest);
    decision.encoder = encoder;
    const std::string written = write_record(decision);
    const NewRecord record{written, merkle_leaf(written)};
    return (*older)->append({&record, 1}, *(*older)->head()).has_value();
  });
  ASSERT_TRUE(read);
}

// REQ SET-05, LAW 5
TEST(Answers, LAW_5_keep_their_bytes) {
  Region region({}, {}, [] { return Now{Instant{ten_o_clock}, ten_o_clock}; });
  Script script(region);
  play(script);
  const std::string newest = golden(answer_encoder);
  if (std::getenv("FENMING_UPDATE") != nullptr && !std::filesystem::exists(newest))
    std::ofstream(newest, std::ios::binary) << script.text;
  EXPECT_EQ(text_of(newest), script.text)
      << "raise answer_encoder and keep the form before when this is meant (docs/journal-format.md)";
  EXPECT_EQ(script.again(), script.text);
  region.restart();
  script.connect(region);
  EXPECT_EQ(script.again(), script.text) << "from the store alone";
}

// REQ SET-05, LAW 5
TEST(Answers, LAW_5_of_older_encoders_keep_theirs) {
  for (std::uint32_t encoder = 0; encoder < answer_encoder; ++encoder) {
    Region region({}, {}, [] { return Now{Instant{ten_o_clock}, ten_o_clock}; });
    Script script(region);
    play(script);
    region.stop();
    make_older(region.folder, encoder);
    region.restart();
    script.connect(region);
    EXPECT_EQ(script.again(), text_of(golden(std::max(encoder, 1U)))) << encoder;
  }
}

}  // namespace
}  // namespace fenming::e2e
