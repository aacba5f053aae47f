#include "protocol/request.h"

#include <algorithm>
#include <utility>

#include "protocol/request_check.h"
#include "protocol/wire_rows.h"

namespace fenming {
namespace {

struct EnvelopeMember {
  std::string_view name;
  std::string_view Envelope::* value;
};
constexpr EnvelopeMember envelope_members[] = {
    {"infno", &Envelope::infno},
    {"msgid", &Envelope::msgid},
    {"mdtrtarea_admvs", &Envelope::mdtrtarea_admvs},
    {"insuplc_admdvs", &Envelope::insuplc_admdvs},
    {"recer_sys_code", &Envelope::recer_sys_code},
    {"infver", &Envelope::infver},
    {"signtype", &Envelope::signtype},
    {"opter_type", &Envelope::opter_type},
    {"opter", &Envelope::opter},
    {"opter_name", &Envelope::opter_name},
    {"inf_time", &Envelope::inf_time},
    {"fixmedins_code", &Envelope::fixmedins_code},
    {"fixmedins_name", &Envelope::fixmedins_name},
    {"sign_no", &Envelope::sign_no},
};

bool digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// V1.0, 1.0, 1.0.0
bool is_version(std::string_view text) {
  if (text.starts_with('V') || text.starts_with('v')) text.remove_prefix(1);
  while (true) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    if (!digits(text.substr(0, dot))) return false;
    if (dot == text.size()) return true;
    text.remove_prefix(dot + 1);
  }
}

constexpr std::size_t msgid_min = 26, msgid_max = 30;

bool is_full_msgid(std::string_view msgid, std::string_view provider) {
  return msgid.size() == msgid_max && msgid.starts_with(provider) && digits(msgid.substr(12));
}

}  // namespace

struct RequestReader::Buffers {
  JsonReader json, inner, texts;  // the message, an input that is text, texts inside
  RequestLimits limits;
  WireRows rows;
  Envelope envelope;
  std::vector<Json> members;  // of the envelope, as the table knows them
  std::vector<Json> others;   // further ones
  std::optional<Json> input;

  void sort_members(Json root);
  void check_envelope(RequestCheck& check);
  void check_forms(RequestCheck& check);
  std::optional<Json> input_object(RequestCheck& check);
};

void RequestReader::Buffers::sort_members(Json root) {
  const WireNode& table = wire_envelope().input.front();
  members.clear();
  others.clear();
  input.reset();
  envelope = {};
  for (auto one = root.first(); one; one = one->next()) {
    const std::string_view key = one->key();
    if (key == "input" || (key == "Input" && !input)) {
      input = one;
    } else if (find_field(table, key) != nullptr) {
      members.push_back(*one);
    } else {
      others.push_back(*one);
    }
  }
  for (const Json& one : members) {
    const auto* known = std::ranges::find(envelope_members, one.key(), &EnvelopeMember::name);
    const bool scalar = one.kind() == Json::Kind::text || one.kind() == Json::Kind::number;
    if (known == std::end(envelope_members) || !scalar || one.text() == "null" || one.text() == "NULL")
      continue;
    envelope.*known->value = one.text();
  }
}

void RequestReader::Buffers::check_envelope(RequestCheck& check) {
  const WireNode& table = wire_envelope().input.front();
  for (const Json& one : members) {
    const WireField* field = find_field(table, one.key());
    auto read = wire_value(one, *field, check.tolerances(), rows.texts());
    if (!read) check.refuse(std::move(read.error()), pointer_to("", one.key()));
  }
  if (!check.has(Tolerance::unknown_envelope))
    for (const Json& one : others)
      check.refuse(Code::wire_field_unknown, pointer_to("", one.key()), one.key(),
                   {RequestCheck::hint(one.key(), table)});
  for (const WireField& field : table.fields) {
    const bool needed =
        field.need == Need::always || (field.need == Need::listed && !check.has(Tolerance::not_listed));
    const auto* known = std::ranges::find(envelope_members, field.name, &EnvelopeMember::name);
    if (!needed || known == std::end(envelope_members) || !(envelope.*known->value).empty()) continue;
    if (field.table == "admdvs") continue;  // its own tolerance
    check.refuse(Code::wire_missing, pointer_to("", field.name), "",
                 {std::string(field.name), std::string(field.title)});
  }
}

void RequestReader::Buffers::check_forms(RequestCheck& check) {
  const std::string_view msgid = envelope.msgid, version = envelope.infver;
  if (!msgid.empty()) {
    const bool exact = is_full_msgid(msgid, envelope.fixmedins_code);
    const std::size_t size = character_count(msgid);
    if (check.has(Tolerance::msgid_form) ? size < msgid_min || size > msgid_max : !exact)
      check.refuse(Code::wire_msgid, "/msgid", msgid);
  }
  if (!version.empty() && version != "V1.0") {
    if (!is_version(version))
      check.refuse(Code::wire_type, "/infver", version, {"infver（接口版本号）", "V1.0"});
    else if (!check.has(Tolerance::infver_form))
      check.not_tolerated(Tolerance::infver_form, "/infver", version);
  }
  if (check.has(Tolerance::empty_division)) return;
  if (envelope.mdtrtarea_admvs.empty())
    check.not_tolerated(Tolerance::empty_division, "/mdtrtarea_admvs", "");
  const bool person = std::ranges::any_of(rows.places(), [&](const WireRows::Place& place) {
    const WireRow row(rows, static_cast<std::size_t>(&place - rows.places().data()));
    return row.has("psn_no");
  });
  if (envelope.insuplc_admdvs.empty() && person)
    check.not_tolerated(Tolerance::empty_division, "/insuplc_admdvs", "");
}

std::optional<Json> RequestReader::Buffers::input_object(RequestCheck& check) {
  const WireField& field = *find_field(wire_envelope().input.front(), "input");
  if (!input || input->kind() == Json::Kind::null) {
    check.refuse(Code::wire_missing, "/input", "", {std::string(field.name), std::string(field.title)});
    return std::nullopt;
  }
  if (input->key() == "Input" && !check.has(Tolerance::input_capital))
    check.not_tolerated(Tolerance::input_capital, "/Input", "Input");
  if (input->kind() == Json::Kind::object) return input;
  if (input->kind() != Json::Kind::text) {
    check.refuse(Code::wire_type, "/input", input->text(), {titled(field), "对象 object"});
    return std::nullopt;
  }
  if (!check.has(Tolerance::input_as_text)) {
    check.not_tolerated(Tolerance::input_as_text, "/input", "\"...\"");
    return std::nullopt;
  }
  auto read = inner.read(input->text(), limits.json);
  if (!read) {
    Error error = as_wire(std::move(read.error()));
    std::string place = error.place.starts_with('/') ? "/input" + error.place : "/input";
    check.refuse(std::move(error), std::move(place));
    return std::nullopt;
  }
  if (read->kind() == Json::Kind::object) return *read;
  check.refuse(Code::wire_type, "/input", read->text(), {titled(field), "对象 object"});
  return std::nullopt;
}

RequestReader::RequestReader() : buffers_(std::make_unique<Buffers>()) {}
RequestReader::~RequestReader() = default;
RequestReader::RequestReader(RequestReader&&) noexcept = default;
RequestReader& RequestReader::operator=(RequestReader&&) noexcept = default;

Result<Envelope> RequestReader::read_envelope(std::string_view text, const RequestLimits& limits) {
  Buffers& own = *buffers_;
  own.limits = limits;
  auto root = own.json.read(text, limits.json);
  if (!root) return std::unexpected(as_wire(std::move(root.error())));
  if (root->kind() != Json::Kind::object)
    return std::unexpected(Error{Code::wire_not_json, "", std::string(root->text().substr(0, 20)), {"{"}});
  own.sort_members(*root);
  if (own.envelope.infno.empty())
    return std::unexpected(Error{Code::wire_missing, "/infno", "", {"infno", "交易编号"}});
  return own.envelope;
}

const Envelope& RequestReader::envelope() const { return buffers_->envelope; }

Checked<Request> RequestReader::read_input(Tolerances tolerances) {
  Buffers& own = *buffers_;
  own.rows.clear();
  Request request;
  request.envelope_ = own.envelope;
  request.transaction_ = find_transaction(own.envelope.infno);
  request.rows_ = &own.rows;
  RequestCheck check(tolerances, own.limits.rows, own.limits.errors, own.rows, own.texts);
  if (request.transaction_ == nullptr) {
    const std::string_view near = nearest_transaction(own.envelope.infno);
    check.refuse(Code::wire_transaction_unknown, "/infno", own.envelope.infno,
                 {near.empty() ? "" : " (→ " + std::string(near) + "?)"});
    return std::unexpected(std::move(check.errors()));
  }
  own.check_envelope(check);
  if (const auto input = own.input_object(check)) check.input(*input, *request.transaction_);
  own.check_forms(check);
  if (!check.errors().empty()) return std::unexpected(std::move(check.errors()));
  return request;
}

}  // namespace fenming
