#include "protocol/sample_message.h"

#include <span>
#include <utility>

namespace fenming {
namespace {

constexpr std::string_view provider = "H99000000001", region = "990000", day = "2026-11-23";

bool can_have(const WireField& field, Fault fault) {
  switch (fault) {
    case Fault::none: return false;
    case Fault::left_out:
      return (field.need == Need::always || field.need == Need::listed) && field.type != WireType::list &&
             field.type != WireType::object;
    case Fault::bad_code:
      return field.edition && !field.guessed && field.type == WireType::text && field.code_table != nullptr;
    case Fault::too_long:
      return !field.guessed && field.length != 0 &&
             (field.type == WireType::text || field.type == WireType::object);
  }
  return false;
}

// Without its number there is no transaction; an id has a refusal of its own.
bool names_the_message(const WireField& field, Fault fault) {
  return field.name == "infno" || (field.name == "msgid" && fault == Fault::too_long);
}

std::string code_of(const CodeTable& table, std::size_t length) {
  for (const WireCode& one : table.codes)
    if (length == 0 || one.code.size() <= length) return std::string(one.code);
  return std::string(table.codes.front().code);
}

std::string sample_text(const WireField& field) {
  if (field.table == "admdvs") return std::string(region);
  if (field.code_table != nullptr) return code_of(*field.code_table, field.length);
  constexpr std::string_view text = "100001";
  return std::string(field.length != 0 ? text.substr(0, field.length) : text);
}

std::string wrong_text(const WireField& field, Fault fault) {
  return fault == Fault::bad_code ? "~" : std::string(field.length + std::size_t{1}, '1');
}

std::string envelope_text(const WireField& field, const Transaction& transaction) {
  const std::pair<std::string_view, std::string> values[] = {
      {"infno", std::string(transaction.infno)},
      {"msgid", std::string(provider) + "202611231020300001"},
      {"infver", "V1.0"},
      {"opter_type", "1"},
      {"opter", "op001"},
      {"opter_name", "经办员甲"},
      {"inf_time", std::string(day) + " 10:20:30"},
      {"fixmedins_code", std::string(provider)},
      {"fixmedins_name", "明州第一医院"},
      {"recer_sys_code", "MBS_LOCAL"},
      {"sign_no", "S0001"},
  };
  for (const auto& [name, value] : values)
    if (name == field.name) return value;
  return field.table == "admdvs" ? std::string(region) : "";
}

class Writer {
 public:
  Writer(std::span<const WireNode> nodes, const SampleFault& fault) : nodes_(nodes), fault_(fault) {}

  std::string run() {
    out_.open_object();
    for (const WireNode& node : nodes_) {
      if (!node.in_json() || node.parent != WireNode::nobody) continue;
      if (node.name.empty()) {
        members(node);
      } else {
        whole(node);
      }
    }
    out_.close_object();
    return out_.take();
  }

 private:
  void whole(const WireNode& node) {
    out_.key(node.key);
    if (node.repeated) out_.open_array();
    out_.open_object();
    members(node);
    out_.close_object();
    if (node.repeated) out_.close_array();
  }

  const WireNode* child(const WireNode& node, std::string_view key) const {
    const auto index = static_cast<std::uint16_t>(&node - nodes_.data());
    for (const WireNode& other : nodes_)
      if (other.parent == index && other.key == key) return &other;
    return nullptr;
  }

  void members(const WireNode& node) {
    for (const WireField& field : node.fields) {
      const bool here = fault_.node == &node && fault_.field == &field;
      if (here && fault_.fault == Fault::left_out) continue;
      if (!here && child(node, field.name) != nullptr) continue;
      out_.key(field.name);
      if (here) {
        out_.text(wrong_text(field, fault_.fault));
      } else {
        sample_value(out_, field);
      }
    }
    const auto index = static_cast<std::uint16_t>(&node - nodes_.data());
    for (const WireNode& other : nodes_)
      if (other.parent == index && !(fault_.node == &node && fault_.field->name == other.key)) whole(other);
  }

  std::span<const WireNode> nodes_;
  SampleFault fault_;
  JsonOut out_;
};

}  // namespace

// A transaction whose own fields cannot be wrong in that way has the envelope's.
SampleFault find_fault(const Transaction& transaction, Fault fault) {
  for (const auto nodes : {transaction.input, wire_envelope().input})
    for (const WireNode& node : nodes) {
      if (!node.in_json()) continue;
      for (const WireField& field : node.fields)
        if (!names_the_message(field, fault) && can_have(field, fault)) return {&node, &field, fault};
    }
  return {};
}

void sample_value(JsonOut& out, const WireField& field) {
  switch (field.type) {
    case WireType::text: out.text(sample_text(field)); break;
    case WireType::integer: out.number(1); break;
    case WireType::decimal: out.raw(field.length == 0 || field.length > field.decimals ? "1" : "0.1"); break;
    case WireType::date: out.text(day); break;
    case WireType::datetime: out.text(std::string(day) + " 10:20:30"); break;
    case WireType::boolean: out.boolean(true); break;
    case WireType::object: out.open_object().close_object(); break;
    case WireType::list: out.open_array().close_array(); break;
    case WireType::bytes: out.text("AAEC"); break;
  }
}

std::string sample_input(const Transaction& transaction, const SampleFault& fault) {
  return Writer(transaction.input, fault).run();
}

std::string sample_output(const Transaction& transaction) { return Writer(transaction.output, {}).run(); }

std::string sample_message(const Transaction& transaction, const SampleFault& fault) {
  const WireNode& envelope = wire_envelope().input.front();
  JsonOut out;
  out.open_object();
  for (const WireField& field : envelope.fields) {
    const bool here = fault.node == &envelope && fault.field == &field;
    if (here && fault.fault == Fault::left_out) continue;
    out.key(field.name);
    if (here) {
      out.text(wrong_text(field, fault.fault));
    } else if (field.name == "input") {
      out.raw(sample_input(transaction, fault));
    } else {
      out.text(envelope_text(field, transaction));
    }
  }
  return out.close_object().take();
}

}  // namespace fenming
