// Persons and operators: who is this, what is he entitled to, who works at the counter.
#include <algorithm>
#include <array>

#include "registry/eligibility.h"
#include "server/node.h"
#include "server/person_numbers.h"
#include "server/person_view.h"
#include "server/setlinfo.h"
#include "server/transactions.h"
#include "server/tx_words.h"
#include "settlement/cells.h"

namespace fenming {
namespace {

std::string yes_no(const std::vector<FactValue>& facts, std::string_view name) {
  const auto found = std::ranges::find(facts, name, &FactValue::name);
  return found != facts.end() && found->text == "yes" ? "1" : "0";
}

std::string_view text_of(const std::vector<FactValue>& facts, std::string_view name) {
  const auto found = std::ranges::find(facts, name, &FactValue::name);
  return found == facts.end() ? std::string_view() : std::string_view(found->text);
}

// By psn_no, or by an identity number through the blind index.
Result<std::vector<std::string>> found_numbers(Node& node, const WireRow& data) {
  std::vector<std::string> found;
  const std::string_view type = data.text("mdtrt_cert_type");
  if (type != "02" && type != "03" && data.text("certno").empty() && data.text("psn_no").empty())
    return std::unexpected(Error{
        Code::wire_not_mapped, data.pointer("mdtrt_cert_type"), std::string(type), {"mdtrt_cert_type"}});
  std::string_view number = data.text("certno");
  if (number.empty() && data.text("mdtrt_cert_type") == "02") number = data.text("mdtrt_cert_no");
  if (number.empty()) {
    std::string_view psn_no = data.text("psn_no");
    if (psn_no.empty() && data.text("mdtrt_cert_type") == "03") psn_no = data.text("mdtrt_cert_no");
    if (!psn_no.empty()) found.emplace_back(psn_no);
    return found;
  }
  const std::string index = node.vault().found_by(number);
  const std::array<ViewCell, 1> from{std::string_view(index)};
  const auto read =
      node.desk().store().rows(ViewTable::person_index, from, [&](std::span<const ViewCell> row) {
        if (std::get<std::string_view>(row[0]) != index) return false;
        found.emplace_back(std::get<std::string_view>(row[1]));
        return found.size() < 8;
      });
  if (!read) return std::unexpected(read.error());
  return found;
}

struct Enrolment {
  std::string psn_no;
  Object person;
  bool in_force = false;
};

// A number that was merged leads to the one in use; what is in force stands first.
Result<std::vector<Enrolment>> found_enrolments(Node& node, const WireRow& data, Date day) {
  const auto numbers = found_numbers(node, data);
  if (!numbers) return std::unexpected(numbers.error());
  std::vector<Enrolment> found;
  for (const std::string& number : *numbers) {
    auto used = number_in_use(node, number);
    if (!used) return std::unexpected(used.error());
    if (std::ranges::find(found, *used, &Enrolment::psn_no) != found.end()) continue;
    auto person = node.desk().object(person_object(*used));
    if (!person) return std::unexpected(person.error());
    if (!registered(*person)) continue;
    const bool in_force = check_eligibility(*person, "", day).has_value();
    found.push_back({std::move(*used), std::move(*person), in_force});
  }
  std::ranges::stable_sort(found, std::ranges::greater(), &Enrolment::in_force);
  return found;
}

// `of_several`: then each says whose number it goes under.
void write_enrolment(JsonOut& json, const RegionWords& words, const Enrolment& enrolment, Date day,
                     bool of_several) {
  const Object& person = enrolment.person;
  const std::vector<FactValue> facts = facts_at(person, day);
  const auto begin = statuses(person, "insured");
  json.open_object();
  json.key("balc").raw(yuan(read_integer(person.find(balance_cell(AccountKind::personal)))));
  json.field("insutype", code_for(words.insutype, text_of(facts, words.scheme)));
  json.field("psn_type", word(words.psn_type, text_of(facts, words.person)));
  json.field("psn_insu_stas", enrolment.in_force ? "1" : "2");
  json.field("psn_insu_date", begin.empty() ? "" : to_text(begin.front().from)).field("paus_insu_date", "");
  json.field("cvlserv_flag", yes_no(facts, "civil_servant")).field("insuplc_admdvs", words.region);
  json.field("emp_name", "");
  if (of_several) json.field("psn_no", enrolment.psn_no);
  json.close_object();
}

// What assistance a person is entitled to, as identity rows: the value of the fact, in the policy's words.
void write_identities(JsonOut& json, const Object& person, Date day) {
  json.open_array();
  for (const Status& status : statuses(person)) {
    if (status.from > day || status.to < day) continue;
    if (status.fact.name != "aid" && status.fact.name != "honor" && status.fact.name != "disabled") continue;
    json.open_object().field("psn_idet_type", status.fact.name).field("psn_type_lv", status.fact.text);
    json.field("memo", "")
        .field("begntime", to_text(status.from) + " 00:00:00")
        .field("endtime", "")
        .close_object();
  }
  json.close_array();
}

Checked<std::string> person_output(const Call& call) {
  Node& node = call.node();
  const WireRow data = call.request().row("data");
  const auto asked = data.date("begntime");
  const Date today = civil_day(node.now().wall), day = asked && *asked <= today ? *asked : today;
  const auto found = found_enrolments(node, data, day);
  if (!found) return one(found.error());
  const Error unknown{Code::wire_person_not_found, data.pointer("mdtrt_cert_no"), "", {}};
  if (found->empty()) return one(unknown);
  const Enrolment& first = found->front();
  const PersonView person = view_person(node.vault(), first.psn_no, first.person.find("rs"));
  const std::string_view name = data.text("psn_name");
  if (!name.empty() && name != person.name) return one(unknown);
  JsonOut json;
  json.open_object().key("baseinfo").open_object();
  write_person(json, person, today);
  json.close_object().key("insuinfo").open_array();
  for (const Enrolment& enrolment : *found)
    write_enrolment(json, node.words(), enrolment, day, found->size() > 1);
  json.close_array().key("idetinfo");
  write_identities(json, first.person, day);
  call.accessed(person.psn_no);
  return json.close_object().take();
}

Checked<std::string> benefits_output(const Call& call) {
  Node& node = call.node();
  const WireRow data = call.request().row("data");
  const std::string psn_no(data.text("psn_no"));
  const auto object = node.desk().object(person_object(psn_no));
  if (!object) return one(object.error());
  if (!registered(*object)) return one(Error{Code::desk_person_unknown, data.pointer("psn_no"), psn_no, {}});
  const auto asked = data.date("begntime");
  const Date day = asked ? *asked : civil_day(node.now().wall);
  const auto insured = check_eligibility(*object, psn_no, day);
  const RegionWords& words = node.words();
  const std::string_view asked_for = data.text("insutype");
  const std::string known = code_for(words.insutype, text_of(facts_at(*object, day), words.scheme));
  if (!asked_for.empty() && !known.empty() && asked_for != known)
    return one(Error{Code::desk_insured_otherwise,
                     data.pointer("insutype"),
                     psn_no,
                     {to_text(day), known, std::string(asked_for)}});
  call.accessed(psn_no);
  JsonOut json;
  json.open_object().key("trtinfo").open_array().open_object();
  json.field("psn_no", psn_no)
      .field("trt_chk_type", "1")
      .field("fund_pay_type", fund_code(words, known, "pool"));
  json.field("trt_enjymnt_flag", insured ? "1" : "0");
  json.field("begndate", insured ? to_text(insured->from) : to_text(day))
      .field("enddate", insured ? to_text(insured->to) : to_text(day));
  json.field("trt_chk_rslt", insured ? "" : sentence(insured.error(), Language::zh));
  return json.close_object().close_array().close_object().take();
}

std::string sign_output(const Call&, const Decided& decided) {
  const auto& sign = std::get<SignOperator>(decided.decision.command.action);
  JsonOut json;
  json.open_object().key(sign.out ? "signoutoutb" : "signinoutb").open_object();
  json.field("sign_time", time_text(decided.decision.time));
  if (!sign.out) json.field("sign_no", decided.decision.made);
  return json.close_object().close_object().take();
}

}  // namespace

void read_person(const CallPtr& call) {
  call->query([call] { return person_output(*call); });
}

void check_benefits(const CallPtr& call) {
  call->query([call] { return benefits_output(*call); });
}

// REQ SEC-02
void sign_in(const CallPtr& call) {
  const WireRow row = call->request().row("signIn");
  std::string operator_no(row.text("opter_no"));
  if (operator_no.empty()) operator_no = call->request().envelope().opter;
  call->submit(SignOperator{std::move(operator_no), "", false}, [](const Call& done, const Decided& decided) {
    done.node().sign_changed(std::string(done.provider()));
    return sign_output(done, decided);
  });
}

void sign_out(const CallPtr& call) {
  const WireRow row = call->request().row("signOut");
  std::string operator_no(row.text("opter_no")), sign_no(row.text("sign_no"));
  if (operator_no.empty()) operator_no = call->request().envelope().opter;
  call->submit(SignOperator{std::move(operator_no), std::move(sign_no), true},
               [](const Call& done, const Decided& decided) {
                 done.node().sign_changed(std::string(done.provider()));
                 return sign_output(done, decided);
               });
}

}  // namespace fenming
