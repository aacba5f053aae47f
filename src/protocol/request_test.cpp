#include "protocol/request.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/wire_value.h"

namespace fenming {
namespace {

const std::string data =
    R"("psn_no":"99000000000000000001","mdtrt_cert_type":"02","mdtrt_cert_no":"1","med_type":"11","medfee_sumamt":2.00,)"
    R"("psn_setlway":"01","mdtrt_id":"M1","chrg_bchno":"B1","insutype":"310","acct_used_flag":"1","fulamt_ownpay_amt":0,)"
    R"("overlmt_selfpay":0,"preselfpay_amt":0,"inscp_scp_amt":2.00,"psn_cert_type":"01","certno":"1")";

// A 2207 as the interface says, with the given envelope members in place of its own and the given input.
struct Message {
  std::string msgid = "H99000000001202611231020300001", infver = R"("V1.0")", area = "990000",
              insured = "990000", more = "", key = "input", input = R"({"data":{)" + data + "}}";

  std::string text() const {
    return R"({"infno":"2207","msgid":")" + msgid + R"(","mdtrtarea_admvs":")" + area +
           R"(","insuplc_admdvs":")" + insured +
           R"(","recer_sys_code":"YBXT","dev_no":"","dev_safe_info":"","cainfo":"","signtype":"","infver":)" +
           infver +
           R"(,"opter_type":"1","opter":"op001","opter_name":"经办员甲","inf_time":"2026-11-23 10:20:30",)" +
           R"("fixmedins_code":"H99000000001","fixmedins_name":"明州第一医院","sign_no":"",)" + more + '"' +
           key + R"(":)" + input + "}";
  }
  Message& put(std::string_view from, std::string_view to) {
    const std::size_t at = input.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    input.replace(at, from.size(), to);
    return *this;
  }
};

Tolerances without(Tolerance one) {
  Tolerances rest;
  rest.switch_off(one);
  return rest;
}

struct Outcome {
  std::vector<Error> errors;  // none: read
  Money amount;
  std::string person;

  std::string text() const {
    std::string all;
    for (const Error& error : errors) all += to_text(error, Language::en) + "\n";
    return all;
  }
  const Error* find(Code code) const {
    const auto found = std::ranges::find(errors, code, &Error::code);
    return found == errors.end() ? nullptr : &*found;
  }
};

Outcome read(const std::string& text, Tolerances tolerances = {}, const RequestLimits& limits = {}) {
  RequestReader reader;
  const auto envelope = reader.read_envelope(text, limits);
  if (!envelope) return {{envelope.error()}, {}, {}};
  const auto request = reader.read_input(tolerances);
  if (!request) return {request.error(), {}, {}};
  const WireRow row = request->row("data");
  return {{}, row.money("medfee_sumamt"), std::string(row.text("psn_no"))};
}

// Read when the tolerance is on; off: refused, saying so, at that place.
void expect_tolerance(Tolerance one, const Message& message, Code code, std::string_view place) {
  const Outcome on = read(message.text());
  EXPECT_TRUE(on.errors.empty()) << name(one) << "\n" << on.text() << message.text();
  EXPECT_EQ(on.amount, Money::from_fen(200)) << name(one);
  EXPECT_EQ(on.person, "99000000000000000001") << name(one);
  const Outcome off = read(message.text(), without(one));
  const Error* error = off.find(code);
  ASSERT_NE(error, nullptr) << name(one) << "\n" << off.text();
  EXPECT_EQ(error->place, place) << name(one);
  if (code != Code::wire_tolerance) return;
  EXPECT_EQ(error->details.at(0), name(one));
}

TEST(Request, IsReadAsTheInterfaceSays) {
  EXPECT_EQ(read(Message().text(), Tolerances::strict()).text(), "");
  EXPECT_EQ(read(Message().text()).text(), "");
}

TEST(Tolerances, HaveNames) {
  for (unsigned i = 0; i < static_cast<unsigned>(Tolerance::count_); ++i) {
    const auto one = static_cast<Tolerance>(i);
    EXPECT_EQ(find_tolerance(name(one)), one);
    EXPECT_TRUE(Tolerances().has(one));
    EXPECT_FALSE(without(one).has(one));
    EXPECT_FALSE(Tolerances::strict().has(one));
  }
  EXPECT_FALSE(find_tolerance("anything"));
}

TEST(Tolerances, NumberForm) {
  const auto amount = [](std::string_view written) { return Message().put("2.00", written); };
  for (const std::string_view written :
       {R"("2.00")", R"("2")", R"("2.000")", "2.000", "2e0", "0.2E+1", R"("002.0")"})
    expect_tolerance(Tolerance::number_form, amount(written), Code::wire_tolerance,
                     "/input/data/medfee_sumamt");
  expect_tolerance(Tolerance::number_form, Message().put(R"("11")", "11"), Code::wire_tolerance,
                   "/input/data/med_type");
}

TEST(Tolerances, InputAsText) {
  Message message;
  std::string quoted;
  for (const char c : message.input) quoted += c == '"' ? "\\\"" : std::string(1, c);
  message.input = '"' + quoted + '"';
  expect_tolerance(Tolerance::input_as_text, message, Code::wire_tolerance, "/input");
  message.put("2.00", "2.001");
  EXPECT_EQ(read(message.text()).errors.at(0).place, "/input/data/medfee_sumamt");
  message.input = R"("{\"data\": [}")";
  EXPECT_EQ(read(message.text()).errors.at(0).code, Code::wire_not_json);
  message.input = R"("[]")";
  EXPECT_EQ(read(message.text()).errors.at(0).code, Code::wire_type);
}

TEST(Tolerances, InputCapital) {
  Message message;
  message.key = "Input";
  expect_tolerance(Tolerance::input_capital, message, Code::wire_tolerance, "/Input");
}

TEST(Tolerances, NodeShape) {
  Message message;
  message.input = R"({"data":[{)" + data + "}]}";
  expect_tolerance(Tolerance::node_shape, message, Code::wire_tolerance, "/input/data");
  message.input = R"({"data":[{)" + data + "},{" + data + "}]}";
  EXPECT_EQ(read(message.text()).errors.at(0).code, Code::wire_node_shape);
  const std::string line =
      R"({"infno":"2302","msgid":"H99000000001202611231020300001","fixmedins_code":"H99000000001","input":{"data":)"
      R"({"feedetl_sn":"1","mdtrt_id":"M1","psn_no":"1"}}})";
  EXPECT_EQ(read(line).text(), "");
  EXPECT_EQ(read(line, without(Tolerance::node_shape)).errors.at(0).code, Code::wire_tolerance);
}

TEST(Tolerances, NodeAlias) {
  Message message;
  message.input = R"({"mdtrtinfo":{)" + data + "}}";
  expect_tolerance(Tolerance::node_alias, message, Code::wire_tolerance, "/input/mdtrtinfo");
  message.input = "{" + data + "}";
  expect_tolerance(Tolerance::node_alias, message, Code::wire_tolerance, "/input");
}

TEST(Tolerances, UnknownEnvelopeMembers) {
  Message message;
  message.more = R"("fixmedins_soft_fcty":"x",)";
  expect_tolerance(Tolerance::unknown_envelope, message, Code::wire_field_unknown, "/fixmedins_soft_fcty");
}

TEST(Tolerances, UnknownFields) {
  expect_tolerance(Tolerance::unknown_field, Message().put(R"("psn_no")", R"("psn_nr":1,"psn_no")"),
                   Code::wire_field_unknown, "/input/data/psn_nr");
  const Outcome off =
      read(Message().put(R"("psn_no")", R"("psn_nr":1,"psn_no")").text(), without(Tolerance::unknown_field));
  EXPECT_NE(off.text().find("psn_no?"), std::string::npos) << off.text();
}

TEST(Tolerances, MsgidForm) {
  Message message;
  for (const std::string_view msgid :
       {"H990000000012026112310203001", "ADCF25C601D745BEAC63D0539A85E1", "H9900000000120261123102030x001"}) {
    message.msgid = msgid;
    expect_tolerance(Tolerance::msgid_form, message, Code::wire_msgid, "/msgid");
  }
  for (const std::string_view msgid : {"1", "1234567890123456789012345"}) {
    message.msgid = msgid;
    EXPECT_NE(read(message.text()).find(Code::wire_msgid), nullptr) << msgid;
  }
}

TEST(Tolerances, EmptyDivision) {
  Message message;
  message.area = "";
  expect_tolerance(Tolerance::empty_division, message, Code::wire_tolerance, "/mdtrtarea_admvs");
  message.area = "990000";
  message.insured = "";
  expect_tolerance(Tolerance::empty_division, message, Code::wire_tolerance, "/insuplc_admdvs");
  message.insured = "9900";
  EXPECT_EQ(read(message.text()).errors.at(0).code, Code::wire_code);
}

TEST(Tolerances, InfverForm) {
  Message message;
  for (const std::string_view version : {R"("1.0")", R"("1.0.0")", R"("v1.0")", "1.0"}) {
    message.infver = version;
    EXPECT_EQ(read(message.text()).text(), "") << version;
    const Outcome off = read(message.text(), without(Tolerance::infver_form));
    ASSERT_EQ(off.errors.size(), 1U) << off.text();
    EXPECT_EQ(off.errors[0].details.at(0), "infver_form");
  }
  message.infver = R"("x")";
  EXPECT_EQ(read(message.text()).errors.at(0).code, Code::wire_type);
}

TEST(Tolerances, NullWords) {
  for (const std::string_view word : {"null", "NULL"}) {
    Message message;
    message.put(R"("certno":"1")", R"("certno":")" + std::string(word) + '"');
    expect_tolerance(Tolerance::null_words, message, Code::wire_tolerance, "/input/data/certno");
  }
  std::string visit =
      R"({"infno":"2201","msgid":"H99000000001202611231020300001","fixmedins_code":"H99000000001",)"
      R"("input":{"data":{"psn_no":"1","begntime":"0001-01-01 00:00:00"}}})";
  EXPECT_EQ(read(visit).errors.at(0).code, Code::wire_missing);  // it is empty, and needed
  EXPECT_EQ(read(visit, without(Tolerance::null_words)).errors.at(0).code, Code::wire_tolerance);
}

TEST(Tolerances, DateForm) {
  for (const std::string_view time :
       {"2026-11-23", "2026-11-23T10:20:30", "2026-11-23 10:20", "2026-11-23 10:20:30.123"}) {
    const std::string visit =
        R"({"infno":"2201","msgid":"H99000000001202611231020300001","fixmedins_code":"H99000000001",)"
        R"("input":{"data":{"psn_no":"1","begntime":")" +
        std::string(time) + R"("}}})";
    EXPECT_EQ(read(visit).text(), "") << time;
    EXPECT_EQ(read(visit, without(Tolerance::date_form)).errors.at(0).code, Code::wire_tolerance) << time;
  }
}

TEST(Tolerances, NotListed) {
  expect_tolerance(Tolerance::not_listed, Message().put(R"("insutype":"310",)", ""), Code::wire_missing,
                   "/input/data/insutype");
  EXPECT_EQ(read(Message().put(R"("mdtrt_id":"M1",)", "").text()).errors.at(0).place, "/input/data/mdtrt_id");
}

TEST(Tolerances, LongText) {
  Message message;
  message.more = R"("warn":1,)";
  std::string text = message.text();
  const std::size_t at = text.find("经办员甲");
  text.replace(at, std::string("经办员甲").size(), std::string(51, 'x'));
  EXPECT_EQ(read(text).text(), "");
  EXPECT_EQ(read(text, without(Tolerance::long_text)).errors.at(0).code, Code::wire_too_long);
  EXPECT_EQ(read(Message().put(R"("M1")", '"' + std::string(31, '1') + '"').text()).errors.at(0).code,
            Code::wire_too_long);  // never an id
}

TEST(Request, CountsCharactersNotBytes) {
  std::string text = Message().text();
  const std::size_t at = text.find("经办员甲");
  std::string name;
  for (int i = 0; i < 50; ++i) name += "医";
  text.replace(at, std::string("经办员甲").size(), name);
  EXPECT_EQ(read(text, Tolerances::strict()).text(), "");
}

TEST(Request, RefusesWithPlaceNameTitleAndValue) {
  const Outcome code = read(Message().put(R"("310")", R"("31x")").text());
  ASSERT_EQ(code.errors.size(), 1U);
  EXPECT_EQ(code.errors[0].place, "/input/data/insutype");
  EXPECT_EQ(code.errors[0].value, "31x");
  EXPECT_EQ(code.text(),
            "/input/data/insutype: WIR-009 the code \"31x\" of insutype（险种类型） is not in the table "
            "insutype (1901 type=insutype); correct it\n");
  const Outcome type = read(Message().put(R"("310")", R"({"a":1})").text());
  EXPECT_EQ(type.errors.at(0).code, Code::wire_type);
}

TEST(Request, ReportsEveryProblemUpToALimit) {
  Message message;
  message.input = R"({"data":{"psn_no":true,"medfee_sumamt":"x","insutype":"?"}})";
  EXPECT_EQ(read(message.text()).errors.size(), 5U) << read(message.text()).text();
  RequestLimits limits;
  limits.errors = 2;
  EXPECT_EQ(read(message.text(), {}, limits).errors.size(), 2U);
}

TEST(Request, RefusesWhatIsNoMessage) {
  EXPECT_EQ(read("").errors.at(0).code, Code::wire_not_json);
  EXPECT_EQ(read("[]").errors.at(0).code, Code::wire_not_json);
  EXPECT_EQ(read("{}").errors.at(0).code, Code::wire_missing);
  EXPECT_EQ(read(R"({"infno":null})").errors.at(0).code, Code::wire_missing);
  EXPECT_EQ(read(R"({"infno":"2207","infno":"2208"})").errors.at(0).code, Code::field_doubled);
  const Outcome unknown = read(R"({"infno":"22O7"})");
  EXPECT_EQ(unknown.errors.at(0).code, Code::wire_transaction_unknown);
  EXPECT_NE(unknown.text().find("2207?"), std::string::npos) << unknown.text();
  Message message;
  message.input = "null";
  EXPECT_EQ(read(message.text()).errors.at(0).place, "/input");
  message.input = "{}";
  EXPECT_EQ(read(message.text()).errors.at(0).code, Code::wire_node_missing);
  message.input = R"({"data":"x"})";
  EXPECT_EQ(read(message.text()).errors.at(0).code, Code::wire_node_shape);
  message.input = R"({"data":[1]})";
  EXPECT_EQ(read(message.text()).errors.at(0).place, "/input/data/0");
}

// LAW 10: limits are refused with a code before anything is built.
TEST(Request, BoundsSizeDepthAndRows) {
  RequestLimits limits;
  limits.json.bytes = 100;
  EXPECT_EQ(read(Message().text(), {}, limits).errors.at(0).code, Code::wire_too_large);
  EXPECT_EQ(read(std::string(100'000, '[')).errors.at(0).code, Code::wire_depth);
  EXPECT_EQ(read(std::string(17, '[') + std::string(17, ']')).errors.at(0).details.at(0), "16");
  std::string lines =
      R"({"infno":"2302","msgid":"H99000000001202611231020300001","fixmedins_code":"H99000000001","input":{"data":[)";
  for (int i = 0; i < 1001; ++i)
    lines += std::string(i == 0 ? "" : ",") + R"({"feedetl_sn":")" + std::to_string(i + 1) +
             R"(","mdtrt_id":"M1","psn_no":"1"})";
  lines += "]}}";
  EXPECT_EQ(read(lines).errors.at(0).code, Code::wire_rows);
  limits = {};
  limits.rows = 1001;
  EXPECT_EQ(read(lines, {}, limits).text(), "");
}

// LAW 10: rows inside rows count together, and each row has its own.
TEST(Request, BoundsRowsInsideRows) {
  const std::string text =
      R"({"infno":"3501A","msgid":"H99000000001202611231020300001","fixmedins_code":"H99000000001","input":{"invinfoDetail":[)"
      R"({"fixmedins_bchno":"1","drugtracinfo":[{"drug_trac_code":"a"},{"drug_trac_code":"b"}]},)"
      R"({"fixmedins_bchno":"2","drugtracinfo":[]},)"
      R"({"fixmedins_bchno":"3","drugtracinfo":[{"drug_trac_code":"c"},{"drug_trac_code":"d"}]}]}})";
  RequestLimits limits;
  limits.rows = 3;
  const Outcome refused = read(text, {}, limits);
  ASSERT_EQ(refused.errors.size(), 1U) << refused.text();
  EXPECT_EQ(refused.errors.at(0).code, Code::wire_rows);
  EXPECT_EQ(refused.errors.at(0).place, "/input/invinfoDetail/2/drugtracinfo");
  RequestReader reader;
  ASSERT_TRUE(reader.read_envelope(text));
  const auto request = reader.read_input({});
  ASSERT_TRUE(request) << to_text(request.error().front(), Language::en);
  std::string codes;
  for (const WireRow& row : request->rows("invinfoDetail")) {
    codes += row.text("fixmedins_bchno");
    for (const WireRow& code : row.rows("drugtracinfo")) codes += code.text("drug_trac_code");
  }
  EXPECT_EQ(codes, "1ab23cd");
}

TEST(Request, ReadsExtensionsAsObjectAndAsText) {
  for (const std::string_view written :
       {R"({"TRUM_FLAG":"1","N":2})", R"("{\"TRUM_FLAG\":\"1\",\"N\":2}")"}) {
    Message message;
    message.put(R"("certno":"1")", R"("expContent":)" + std::string(written));
    RequestReader reader;
    const std::string text = message.text();
    ASSERT_TRUE(reader.read_envelope(text));
    const auto request = reader.read_input({});
    ASSERT_TRUE(request) << written;
    EXPECT_EQ(request->row("data").extension("TRUM_FLAG"), "1") << written;
    EXPECT_EQ(request->row("data").extension("N"), "2");
    EXPECT_EQ(request->row("data").extension("REL_TTP_FLAG"), "");
  }
}

TEST(Request, ReadsRowsInsideRows) {
  const std::string text =
      R"({"infno":"2102","msgid":"H99000000001202611231020300001","fixmedins_code":"H99000000001","input":{)"
      R"("druginfo":{"psn_no":"1","medfee_sumamt":1},"drugdetail":[{"feedetl_sn":"1","med_list_codg":"X","det_item_fee_sumamt":1,)"
      R"("durg_trac_info":[{"feedetl_sn":"1","drug_trac_codg":"T1","trdn_flag":"0"},{"feedetl_sn":"1","drug_trac_codg":"T2"}]}]}})";
  RequestReader reader;
  ASSERT_TRUE(reader.read_envelope(text));
  const auto request = reader.read_input({});
  ASSERT_TRUE(request);
  const auto traces = request->rows("drugdetail").at(0).rows("durg_trac_info");
  ASSERT_EQ(traces.size(), 2U);
  EXPECT_EQ(traces[1].text("drug_trac_codg"), "T2");
  EXPECT_EQ(traces[1].pointer(), "/input/drugdetail/0/durg_trac_info/1");
}

TEST(Request, ReadsFilesAsBase64AndAsNumbers) {
  for (const std::string_view written : {R"("UEsDBA==")", "[80,75,3,4]"}) {
    const std::string text =
        R"({"infno":"9101","msgid":"H99000000001202611231020300001","fixmedins_code":"H99000000001",)"
        R"("input":{"fsUploadIn":{"in":)" +
        std::string(written) + R"(,"filename":"a.zip"}}})";
    RequestReader reader;
    ASSERT_TRUE(reader.read_envelope(text));
    const auto request = reader.read_input({});
    ASSERT_TRUE(request) << written;
    EXPECT_EQ(request->row("fsUploadIn").text("in"), "PK\x03\x04") << written;
  }
}

TEST(Request, HasNothingWhereThereIsNothing) {
  const WireRow nothing;
  EXPECT_FALSE(nothing.has("psn_no"));
  EXPECT_EQ(nothing.money("x"), Money());
  EXPECT_FALSE(nothing.date("x"));
  EXPECT_TRUE(nothing.rows("x").empty());
}

}  // namespace
}  // namespace fenming
