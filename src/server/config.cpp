#include "server/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <set>

#include "base/nearest.h"
#include "protocol/interface.h"

namespace fenming {
namespace {

constexpr std::string_view can_be_reversed[] = {"2102", "2201", "2207", "2207A", "2304", "2401"};

// One table of the file: every key that is asked for is known, every other one an error at the end.
class Section {
 public:
  Section(const toml::table* table, std::string name, std::string_view file, std::vector<Error>& problems)
      : table_(table), name_(std::move(name)), file_(file), problems_(problems) {}
  ~Section() {
    if (table_ == nullptr) return;
    for (const auto& [key, value] : *table_)
      if (!known_.contains(std::string(key.str()))) unknown(std::string(key.str()), value);
  }
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;

  void text(const char* key, std::string& to) {
    if (const toml::node* node = find(key)) {
      if (const auto value = node->value<std::string>(); value && node->is_string())
        to = *value;
      else
        wrong(key, *node, "a text");
    }
  }
  template <class Number>
  void number(const char* key, Number& to, std::int64_t least, std::int64_t most) {
    if (const toml::node* node = find(key)) {
      const auto value = node->value<std::int64_t>();
      if (value && node->is_integer() && *value >= least && *value <= most)
        to = static_cast<Number>(*value);
      else
        wrong(key, *node, fmt::format("{}..{}", least, most));
    }
  }
  void yes(const char* key, bool& to) {
    if (const toml::node* node = find(key)) {
      if (const auto value = node->value<bool>(); value && node->is_boolean())
        to = *value;
      else
        wrong(key, *node, "true, false");
    }
  }
  void texts(const char* key, std::vector<std::string>& to) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const toml::array* list = node->as_array();
    if (list == nullptr) return wrong(key, *node, "[\"…\"]");
    to.clear();
    for (const toml::node& one : *list)
      if (const auto value = one.value<std::string>(); value && one.is_string())
        to.push_back(*value);
      else
        wrong(key, one, "a text");
  }
  template <class Value>
  void choice(const char* key, Value& to, std::initializer_list<std::pair<std::string_view, Value>> choices) {
    std::string word;
    const toml::node* node = find(key);
    text(key, word);
    if (node == nullptr || word.empty()) return;
    std::string allowed;
    for (const auto& [name, value] : choices) {
      if (name == word) {
        to = value;
        return;
      }
      allowed += (allowed.empty() ? "" : ", ") + std::string(name);
    }
    wrong(key, *node, allowed);
  }
  void map(const char* key, WordMap& to) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const toml::table* table = node->as_table();
    if (table == nullptr) return wrong(key, *node, "{code = \"word\"}");
    for (const auto& [code, value] : *table)
      if (const auto word = value.value<std::string>(); word && value.is_string())
        to[std::string(code.str())] = *word;
      else
        wrong(key, value, "a text");
  }
  const toml::table* table(const char* key) {
    const toml::node* node = find(key);
    if (node == nullptr) return nullptr;
    if (!node->is_table()) wrong(key, *node, "[" + std::string(key) + "]");
    return node->as_table();
  }
  const toml::array* list(const char* key) {
    const toml::node* node = find(key);
    if (node == nullptr) return nullptr;
    if (!node->is_array()) wrong(key, *node, "[[" + std::string(key) + "]]");
    return node->as_array();
  }
  void need(const char* key, const std::string& value, std::string wanted = "a text") {
    if (value.empty()) refuse(key, "", std::move(wanted));
  }
  // Of a value that can be read and cannot be.
  void refuse(const char* key, const std::string& value, std::string wanted) {
    const toml::node* node = table_ == nullptr ? nullptr : table_->get(key);
    if (node == nullptr) node = table_;
    problems_.push_back({Code::config_value,
                         node == nullptr ? std::string(file_) : place(*node),
                         value,
                         {name_ + key, std::move(wanted)}});
  }
  void wrong(const char* key, const toml::node& node, std::string wanted) {
    const auto shown = node.value<std::string>();
    problems_.push_back(
        {Code::config_value, place(node), shown.value_or("…"), {name_ + key, std::move(wanted)}});
  }

 private:
  const toml::node* find(const char* key) {
    known_.insert(key);
    return table_ == nullptr ? nullptr : table_->get(key);
  }
  std::string place(const toml::node& node) const {
    return fmt::format("{}:{}:{}", file_, node.source().begin.line, node.source().begin.column);
  }
  void unknown(const std::string& key, const toml::node& node) {
    const std::vector<std::string> names(known_.begin(), known_.end());
    problems_.push_back({Code::config_unknown, place(node), name_ + key, {nearest_hint(key, names)}});
  }

  const toml::table* table_;
  std::string name_;
  std::string_view file_;
  std::vector<Error>& problems_;
  std::set<std::string> known_;
};

bool is_region(std::string_view text) {
  constexpr std::size_t digits = 6;
  return text.size() == digits && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

class Reader {
 public:
  Reader(std::string_view file, std::vector<Error>& problems) : file_(file), problems_(problems) {}

  ServerConfig read(const toml::table& root) {
    Section top(&root, "", file_, problems_);
    ServerConfig config;
    node(top, config);
    http(top, config);
    limits(top, config);
    words(top, config.words);
    providers(top, config);
    return config;
  }

 private:
  void node(Section& top, ServerConfig& config) {
    Section section(top.table("node"), "node.", file_, problems_);
    section.text("region", config.words.region);
    section.text("name", config.words.name);
    section.text("store", config.store);
    section.text("keys", config.keys);
    section.text("access_folder", config.access_folder);
    section.text("log_folder", config.log_folder);
    section.texts("reversible", config.reversible);
    if (!is_region(config.words.region)) section.refuse("region", config.words.region, "six digits");
    for (const std::string& infno : config.reversible)
      if (std::ranges::find(can_be_reversed, infno) == std::end(can_be_reversed))
        section.refuse("reversible", infno, "2102, 2201, 2207, 2207A, 2304, 2401");
    section.need("store", config.store);
    section.need("keys", config.keys);
  }

  void http(Section& top, ServerConfig& config) {
    Section section(top.table("http"), "http.", file_, problems_);
    section.text("address", config.http.address);
    section.number("port", config.http.port, 0, 65'535);
    section.number("body_max", config.http.body_max, 1'024, 64 << 20);
    section.number("bodies_max", config.http.bodies_max, 1 << 20, 1LL << 34);
    section.number("connections_max", config.http.connections_max, 1, 100'000);
    section.number("connections_per_address", config.http.connections_per_address, 0, 100'000);
    section.number("idle_seconds", config.http.idle_seconds, 1, 3'600);
    section.number("body_seconds", config.http.body_seconds, 1, 600);
    section.number("threads", config.http.threads, 1, 64);
    section.text("certificate", config.certificate);
    section.text("key", config.key);
    section.text("client_authority", config.client_authority);
    if (config.certificate.empty() != config.key.empty()) {
      section.need("certificate", config.certificate, "a file, beside http.key");
      section.need("key", config.key, "a file, beside http.certificate");
    }
    if (!config.client_authority.empty())
      section.need("certificate", config.certificate, "a file, for http.client_authority");
    if (config.http.bodies_max < config.http.body_max)
      section.refuse("bodies_max", std::to_string(config.http.bodies_max),
                     fmt::format("≥ http.body_max ({})", config.http.body_max));
  }

  void limits(Section& top, ServerConfig& config) {
    Section section(top.table("limits"), "limits.", file_, problems_);
    section.number("rows", config.rows_max, 1, 100'000);
    section.number("visit_lines", config.visit_lines_max, 1, 1'000'000);
    section.number("amount", config.amount_max, 1, 1'000'000'000);
    section.number("quantity", config.quantity_max, 1, 1'000'000'000);
    section.number("depth", config.depth_max, 4, 64);
    section.number("in_flight", config.in_flight_max, 1, 1'000'000);
    section.number("query_threads", config.query_threads, 1, 64);
    section.number("queries", config.queries_max, 1, 100'000);
  }

  void words(Section& top, RegionWords& words) {
    Section section(top.table("words"), "words.", file_, problems_);
    section.text("scheme", words.scheme);
    section.text("person", words.person);
    section.map("insutype", words.insutype);
    section.map("med_type", words.med_type);
    section.texts("stays", words.stays);
    for (const std::string& code : words.stays)
      if (!words.med_type.contains(code)) section.refuse("stays", code, "codes of words.med_type");
    section.map("clr_type", words.clr_type);
    section.map("fund_pay_type", words.fund_pay_type);
    section.map("psn_type", words.psn_type);
    const toml::array* facts = section.list("fact");
    for (std::size_t i = 0; facts != nullptr && i < facts->size(); ++i) {
      if (!facts->get(i)->is_table()) {
        section.wrong("fact", *facts->get(i), "[[words.fact]]");
        continue;
      }
      Section one(facts->get(i)->as_table(), "words.fact.", file_, problems_);
      FactWord& fact = words.facts.emplace_back();
      one.text("field", fact.field);
      one.text("fact", fact.fact);
      one.map("values", fact.values);
      one.need("field", fact.field);
      one.need("fact", fact.fact);
    }
  }

  void providers(Section& top, ServerConfig& config) {
    const toml::array* list = top.list("provider");
    std::set<std::string> codes, keys;
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      const toml::table* table = list->get(i)->as_table();
      if (table == nullptr) {
        top.wrong("provider", *list->get(i), "[[provider]]");
        continue;
      }
      Section one(table, "provider.", file_, problems_);
      ProviderContract contract = provider(one);
      if (!codes.insert(contract.credential.provider).second) one.wrong("code", *table, "once");
      if (!contract.credential.access_key.empty() && !keys.insert(contract.credential.access_key).second)
        one.wrong("key", *table, "once");
      config.providers.push_back(std::move(contract));
    }
  }

  ProviderContract provider(Section& one) {
    ProviderContract contract;
    Credential& credential = contract.credential;
    one.text("code", credential.provider);
    one.text("key", credential.access_key);
    one.text("secret", credential.secret);
    one.choice("variant", credential.variant,
               {{"tif", SignVariant::tif}, {"csb", SignVariant::csb}, {"none", SignVariant::none}});
    one.choice(
        "unit", credential.unit,
        {{"any", TimeUnit::any}, {"seconds", TimeUnit::seconds}, {"milliseconds", TimeUnit::milliseconds}});
    one.number("window_seconds", credential.window_seconds, 1, 86'400);
    one.yes("nonce_once", credential.nonce_once);
    one.number("per_second", contract.per_second, 0, 1'000'000);
    one.yes("sign_in", contract.sign_in);
    bool two_phase = false;
    one.yes("two_phase", two_phase);
    if (two_phase) one.refuse("two_phase", "true", "false: no transaction confirms a settlement yet");
    bool strict = false;
    one.yes("strict", strict);
    if (strict) contract.tolerances = Tolerances::strict();
    std::vector<std::string> off;
    one.texts("off", off);
    for (const std::string& name : off)
      if (const auto tolerance = find_tolerance(name))
        contract.tolerances.switch_off(*tolerance);
      else
        one.refuse("off", name, "docs/interface.md");
    one.need("code", credential.provider);
    if (credential.variant != SignVariant::none) {
      one.need("key", credential.access_key);
      one.need("secret", credential.secret);
    }
    return contract;
  }

  std::string_view file_;
  std::vector<Error>& problems_;
};

}  // namespace

// REQ PLT-01
Checked<ServerConfig> read_config(std::string_view text, std::string_view file) {
  std::vector<Error> problems;
  try {
    const toml::table root = toml::parse(text, file);
    ServerConfig config = Reader(file, problems).read(root);
    if (!problems.empty()) return std::unexpected(std::move(problems));
    return config;
  } catch (const toml::parse_error& fault) {
    const auto at = fault.source().begin;
    problems.push_back({Code::config_syntax,
                        fmt::format("{}:{}:{}", file, at.line, at.column),
                        "",
                        {std::string(fault.description())}});
    return std::unexpected(std::move(problems));
  }
}

}  // namespace fenming
