#include "protocol/openapi.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/json_out.h"
#include "protocol/interface.h"
#include "protocol/sample_message.h"

namespace fenming {
namespace {

constexpr std::string_view path = "/fsi/api/rsfComIfsService/callService";

void reference(JsonOut& out, std::string_view schema) {
  out.open_object().field("$ref", "#/components/schemas/" + std::string(schema)).close_object();
}

void type_of(JsonOut& out, const WireField& field) {
  switch (field.type) {
    case WireType::text:
      out.field("type", "string");
      if (field.length != 0 && !field.guessed) out.field("maxLength", field.length);
      break;
    case WireType::integer: out.field("type", "integer"); break;
    case WireType::decimal:
      out.field("type", "number");
      if (field.length != 0) out.field("x-digits", fmt::format("{},{}", field.length, field.decimals));
      break;
    case WireType::date: out.field("type", "string").field("format", "date"); break;
    case WireType::datetime: out.field("type", "string").field("example", "2026-11-23 10:20:30"); break;
    case WireType::boolean: out.field("type", "boolean"); break;
    case WireType::object: break;  // an object, or its text
    case WireType::list: out.field("type", "array").key("items").open_object().close_object(); break;
    case WireType::bytes: out.field("type", "string").field("format", "byte"); break;
  }
}

void own_codes(JsonOut& out, const WireField& field) {
  out.key("enum").open_array();
  for (const WireCode& code : field.code_table->codes) out.text(code.code);
  out.close_array().field("x-codes", field.codes);
}

void field_schema(JsonOut& out, const WireField& field) {
  out.open_object();
  if (!field.title.empty()) out.field("title", field.title);
  std::string about(field.note);
  if (field.need == Need::conditional) about += about.empty() ? "under a condition" : " (under a condition)";
  if (!field.alias.empty()) about += fmt::format("{}also read as {}", about.empty() ? "" : "; ", field.alias);
  if (!about.empty()) out.field("description", about);
  if (!field.edition) out.key("x-edition").boolean(false);
  if (field.edition && field.code_table != nullptr && !field.table.empty()) {
    out.key("allOf").open_array();
    reference(out, "code." + std::string(field.table));
    out.close_array();
  } else {
    type_of(out, field);
    if (field.edition && field.code_table != nullptr && field.type == WireType::text) own_codes(out, field);
  }
  out.close_object();
}

class Nodes {
 public:
  Nodes(JsonOut& out, std::span<const WireNode> nodes) : out_(out), nodes_(nodes) {}

  // The object that holds the nodes without a parent: the value of input or output.
  void whole() {
    const WireNode* root = find_node(nodes_, "");
    open(root, WireNode::nobody);
    std::vector<std::string_view> needed;
    for (const WireNode& node : nodes_)
      if (node.needed && node.in_json() && !node.name.empty() && node.parent == WireNode::nobody)
        needed.push_back(node.key);
    close(root, needed);
  }

 private:
  void open(const WireNode* node, std::uint16_t index) {
    out_.open_object().field("type", "object").key("properties").open_object();
    if (node != nullptr)
      for (const WireField& field : node->fields)
        if (!is_child(field.name, index)) {
          out_.key(field.name);
          field_schema(out_, field);
        }
    for (const WireNode& other : nodes_)
      if (other.parent == index && other.in_json() && !other.name.empty()) child(other);
    out_.close_object();
  }

  bool is_child(std::string_view key, std::uint16_t index) const {
    return std::ranges::any_of(nodes_, [&](const WireNode& node) {
      return node.parent == index && node.in_json() && !node.name.empty() && node.key == key;
    });
  }

  void close(const WireNode* node, std::vector<std::string_view> needed) {
    if (node != nullptr)
      for (const WireField& field : node->fields)
        if (field.need == Need::always || field.need == Need::listed) needed.push_back(field.name);
    if (!needed.empty()) {
      out_.key("required").open_array();
      for (const std::string_view name : needed) out_.text(name);
      out_.close_array();
    }
    out_.close_object();
  }

  void child(const WireNode& node) {
    out_.key(node.key);
    if (node.repeated) out_.open_object().field("type", "array").key("items");
    open(&node, static_cast<std::uint16_t>(&node - nodes_.data()));
    close(&node, {});
    if (node.repeated) out_.close_object();
  }

  JsonOut& out_;
  std::span<const WireNode> nodes_;
};

// One entry of paths or schemas: each on a line of its own, so that a change is seen.
struct Entry {
  std::string name, json;
};

std::string lines(const std::vector<Entry>& entries) {
  std::string text = "{";
  for (const Entry& entry : entries) {
    JsonOut name;
    name.text(entry.name);
    text += (text.size() == 1 ? "\n" : ",\n") + name.str() + ":" + entry.json;
  }
  return text + "\n}";
}

std::string code_schema(const CodeTable& table) {
  JsonOut out;
  std::string about;
  for (const WireCode& code : table.codes)
    about += fmt::format("{}{} {}", about.empty() ? "" : "，", code.code, code.name);
  out.open_object().field("title", table.title).field("type", "string");
  if (table.local || table.zero) {
    out.field("description", about + "；其他数字代码由统筹区自定");
  } else {
    out.field("description", about).key("enum").open_array();
    for (const WireCode& code : table.codes) out.text(code.code);
    out.close_array();
  }
  return out.close_object().take();
}

std::string envelope_schema(const WireNode& node, std::string_view without) {
  JsonOut out;
  out.open_object().field("type", "object").key("properties").open_object();
  for (const WireField& field : node.fields) {
    if (field.name == without) continue;
    out.key(field.name);
    field_schema(out, field);
  }
  out.close_object().key("required").open_array();
  for (const WireField& field : node.fields)
    if (field.name != without && (field.need == Need::always || field.need == Need::listed))
      out.text(field.name);
  return out.close_array().close_object().take();
}

std::string request_schema(const Transaction& one) {
  JsonOut out;
  out.open_object().field("title", fmt::format("{} {}", one.infno, one.name)).key("allOf").open_array();
  reference(out, "envelope");
  out.open_object().field("type", "object").key("properties").open_object();
  out.key("infno")
      .open_object()
      .field("type", "string")
      .key("enum")
      .open_array()
      .text(one.infno)
      .close_array()
      .close_object();
  out.key("input");
  Nodes(out, one.input).whole();
  out.close_object().key("required").open_array().text("infno").text("input").close_array().close_object();
  return out.close_array().close_object().take();
}

std::string answer_schema(const Transaction& one) {
  JsonOut out;
  out.open_object().key("allOf").open_array();
  reference(out, "answer");
  out.open_object().field("type", "object").key("properties").open_object().key("output");
  Nodes(out, one.output).whole();
  return out.close_object().close_object().close_array().close_object().take();
}

void json_content(JsonOut& out, std::string_view schema, const Transaction* example) {
  out.key("content").open_object().key("application/json").open_object().key("schema");
  reference(out, schema);
  if (example != nullptr) out.key("example").raw(sample_message(*example));
  out.close_object().close_object();
}

std::string operation(std::string_view id, std::string_view summary, std::string_view request,
                      std::string_view answer, const Transaction* example) {
  JsonOut out;
  out.open_object().key("post").open_object().field("operationId", id).field("summary", summary);
  out.key("requestBody").open_object().key("required").boolean(true);
  json_content(out, request, example);
  out.close_object().key("responses").open_object();
  out.key("200").open_object().field("description", "infcode 0: done; -1: refused, err_msg says why");
  json_content(out, answer, nullptr);
  out.close_object().key("401").open_object().field("description",
                                                    "the signature is missing, too old, unknown or wrong");
  json_content(out, "gateway_fault", nullptr);
  out.close_object().key("4XX").open_object().field("description",
                                                    "no message: not JSON, too large, wrong path or method");
  json_content(out, "gateway_fault", nullptr);
  return out.close_object().close_object().close_object().close_object().take();
}

std::string any_request() {
  JsonOut out;
  out.open_object().key("oneOf").open_array();
  for (const Transaction& one : transactions()) reference(out, "request." + std::string(one.infno));
  out.close_array()
      .key("discriminator")
      .open_object()
      .field("propertyName", "infno")
      .key("mapping")
      .open_object();
  for (const Transaction& one : transactions())
    out.field(one.infno, "#/components/schemas/request." + std::string(one.infno));
  return out.close_object().close_object().close_object().take();
}

std::string security_schemes() {
  JsonOut out;
  out.open_object();
  for (const std::string_view header :
       {"x-tif-paasid", "x-tif-timestamp", "x-tif-nonce", "x-tif-signature", "_api_name", "_api_version",
        "_api_timestamp", "_api_access_key", "_api_signature"})
    out.key(header)
        .open_object()
        .field("type", "apiKey")
        .field("in", "header")
        .field("name", header)
        .close_object();
  return out.close_object().take();
}

std::string security() {
  JsonOut out;
  const auto all = [&](std::initializer_list<std::string_view> headers) {
    out.open_object();
    for (const std::string_view header : headers) out.key(header).open_array().close_array();
    out.close_object();
  };
  out.open_array();
  all({"x-tif-paasid", "x-tif-timestamp", "x-tif-nonce", "x-tif-signature"});
  all({"_api_name", "_api_version", "_api_timestamp", "_api_access_key", "_api_signature"});
  all({});
  return out.close_array().take();
}

constexpr std::string_view gateway_fault =
    R"({"type":"object","properties":{"code":{"type":"integer"},"message":{"type":"string"}},"required":["code","message"]})";

}  // namespace

std::string openapi() {
  std::vector<Entry> paths, schemas;
  paths.push_back(
      {std::string(path), operation("call", "any transaction, by infno", "request", "answer", nullptr)});
  schemas.push_back({"envelope", envelope_schema(wire_envelope().input.front(), "input")});
  schemas.push_back({"answer", envelope_schema(wire_envelope().output.front(), "output")});
  schemas.push_back({"gateway_fault", std::string(gateway_fault)});
  schemas.push_back({"request", any_request()});
  for (const CodeTable& table : code_tables())
    schemas.push_back({"code." + std::string(table.name), code_schema(table)});
  for (const Transaction& one : transactions()) {
    const std::string infno(one.infno);
    const std::string summary = fmt::format("{} {}: {}", infno, one.name, one.purpose);
    paths.push_back({std::string(path) + "/" + infno,
                     operation("call_" + infno, summary, "request." + infno, "answer." + infno, &one)});
    schemas.push_back({"request." + infno, request_schema(one)});
    schemas.push_back({"answer." + infno, answer_schema(one)});
  }
  return fmt::format(
      "{{\n\"openapi\":\"3.0.3\",\n\"info\":{{\"title\":\"Fenming: the national interface of designated "
      "providers\",\"version\":\"1.0.0\","
      "\"description\":\"Made from the tables the node checks messages by. Lengths and required members bind "
      "a strict provider; what is "
      "tolerated of others: "
      "docs/"
      "interface.md.\"}},\n\"security\":{},\n\"paths\":{},\n\"components\":{{\"securitySchemes\":{},"
      "\n\"schemas\":{}}}\n}}\n",
      security(), lines(paths), security_schemes(), lines(schemas));
}

}  // namespace fenming
