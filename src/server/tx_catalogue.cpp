// Catalogues, code tables, institutions: what a provider's system downloads and looks up (REQ HOS-07).
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "server/catalogue_file.h"
#include "server/documents.h"
#include "server/node.h"
#include "server/pages.h"
#include "server/transactions.h"
#include "server/tx_words.h"
#include "server/zip_text.h"
#include "settlement/cells.h"

namespace fenming {
namespace {

using Output = Checked<std::string>;
constexpr std::int32_t download_days = 30;

// ---- Files. Their number says what is in them, so nothing is kept: 1301-v0000-v0002 are the rows newer than v0000 at v0002.

Output file_number(const Call& call) {
  const Transaction& transaction = call.request().transaction();
  const WireRow data = call.request().row("data");
  if (!data.has("ver")) return one(missing(data, "ver"));
  if (const auto behind = wait_for_views(call.node()); !behind) return one(behind.error());
  const auto edition = call.node().catalogues().edition(call.node().desk());
  if (!edition) return one(edition.error());
  const unsigned since = version_of(data.text("ver"));
  const CatalogueFile file = catalogue_file(transaction, **edition, since, call.node().words());
  const std::string number =
      fmt::format("{}-{}-{}", transaction.infno, version_text(since), version_text((*edition)->version));
  JsonOut json;
  json.open_object().field("file_qury_no", number).field("filename", number + ".zip");
  json.field("dld_end_time", to_text(Date{civil_day(call.node().now().wall).days + download_days}));
  return json.field("data_cnt", static_cast<std::int64_t>(file.rows)).close_object().take();
}

struct WantedFile {
  const Transaction* transaction;
  unsigned since, until;
};
std::optional<WantedFile> catalogue_wanted(std::string_view number) {
  const std::size_t first = number.find('-'), second = number.rfind('-');
  if (first == std::string_view::npos || second == first) return std::nullopt;
  const Transaction* transaction = find_transaction(number.substr(0, first));
  if (transaction == nullptr || transaction->file_columns.empty()) return std::nullopt;
  return WantedFile{transaction, version_of(number.substr(first + 1, second - first - 1)),
                    version_of(number.substr(second + 1))};
}

void download(Call& call) {
  Node& node = call.node();
  const WireRow row = call.request().row("fsDownloadIn");
  const std::string number(row.text("file_qury_no"));
  const Error unknown{Code::wire_file_unknown, row.pointer("file_qury_no"), number, {}};
  if (const auto wanted = catalogue_wanted(number)) {
    const auto edition = node.catalogues().edition(node.desk());
    if (!edition) return call.refuse(edition.error());
    if (wanted->until != (*edition)->version) return call.refuse(unknown);  // a newer catalogue is in force
    const CatalogueFile file = catalogue_file(*wanted->transaction, **edition, wanted->since, node.words());
    return call.bytes(zip_text(number + ".txt", file.text), number + ".zip");
  }
  const auto results = documents_of(node, call.provider(), "3202", number);
  if (!results) return call.refuse(results.error());
  if (!results->empty()) {
    std::string file;
    for (const KeptDocument& part : *results) {
      if (part.erased) return call.refuse(unknown);
      file += part.json;
    }
    return call.bytes(std::move(file), number + ".zip");
  }
  const auto uploaded = documents_of(node, call.provider(), "9101", number);
  if (!uploaded) return call.refuse(uploaded.error());
  if (uploaded->empty() || uploaded->back().erased) return call.refuse(unknown);
  call.bytes(uploaded->back().json, number);
}

// ---- Pages of the catalogue in force

using Values = std::map<std::string_view, std::string>;  // by field

Values values_of(const CatalogueEntry& entry, const RegionWords& words) {
  const CatalogueItem& item = entry.item;
  Values values;
  values["hilist_code"] = values["med_list_codg"] = item.item;
  values["hilist_name"] = item.name_zh;
  values["insu_admdvs"] = values["poolarea_no"] = words.region;
  values["begndate"] = to_text(item.from);
  values["enddate"] = item.to == date_max ? "" : to_text(item.to);
  values["list_type"] = list_type_of(item);
  values["chrgitm_lv"] = charge_level_of(item);
  values["vali_flag"] = entry.valid ? "1" : "0";
  values["rid"] = item.item + "-" + to_text(item.from);
  values["updt_time"] = values["crte_time"] = values["opt_time"] = to_text(entry.day);
  values["hilist_lmtpric_type"] = "3";
  values["overlmt_dspo_way"] = "1";
  if (item.unit_limit) values["hilist_pric_uplmt_amt"] = to_text(*item.unit_limit);
  return values;
}

constexpr std::string_view no_choice[] = {
    "page_num",        "page_size",     "query_date",      "updt_time",     "begndate",
    "enddate",         "wubi",          "pinyin",          "tabname",       "med_use_flag",
    "matn_used_flag",  "lmt_used_flag", "hilist_use_type", "lmt_cpnd_type", "med_chrgitm_type",
    "medins_list_codg"};

bool asked_for(const CatalogueEntry& entry, const Values& values, const WireRow& question) {
  const auto day = question.date("query_date"), updated = question.date("updt_time");
  if (day && (*day < entry.item.from || *day > entry.item.to)) return false;
  if (updated && entry.day < *updated) return false;
  for (const WireField& field : question.node()->fields) {
    const std::string_view wanted = question.text(field.name);
    if (wanted.empty() || std::ranges::find(no_choice, field.name) != std::end(no_choice)) continue;
    const auto value = values.find(field.name);
    if (value == values.end()) return false;
    const bool part = field.name == "hilist_name";
    if (part ? value->second.find(wanted) == std::string::npos : value->second != wanted) return false;
  }
  return true;
}

// 1304 has no rows: the catalogue knows no ethnic drugs; 1319 neither: what is paid first is the policy's.
bool listed(std::string_view infno, const CatalogueEntry& entry) {
  if (infno == "1318") return entry.item.unit_limit.has_value();
  return infno == "1312" || infno == "1316";
}

Output catalogue_page(const Call& call) {
  const std::string_view infno = call.request().envelope().infno;
  const WireRow question = call.request().row("data");
  if (question.node() == nullptr) return one(missing(question, "data"));
  if (const auto behind = wait_for_views(call.node()); !behind) return one(behind.error());
  const auto edition = call.node().catalogues().edition(call.node().desk());
  if (!edition) return one(edition.error());
  std::vector<Values> rows;
  for (const CatalogueEntry& entry : (*edition)->entries) {
    if (!listed(infno, entry)) continue;
    Values values = values_of(entry, call.node().words());
    if (asked_for(entry, values, question)) rows.push_back(std::move(values));
  }
  const Page page = page_of(question, rows.size());
  const WireNode* node = find_node(call.request().transaction().output, "data");
  JsonOut json;
  json.open_object().key("data").open_array();
  for (std::size_t i = page.first; i < page.end; ++i) {
    json.open_object();
    for (const WireField& field : node->fields) json.field(field.name, rows[i][field.name]);
    json.close_object();
  }
  json.close_array();
  write_page(json, page);
  return json.close_object().take();
}

// ---- Code tables, institutions

Output dictionary(const Call& call) {
  const WireRow data = call.request().row("data");
  std::string name(data.text("type"));
  std::ranges::transform(name, name.begin(), [](char one) {
    return one >= 'A' && one <= 'Z' ? static_cast<char>(one + 32) : one;
  });
  const CodeTable* table = find_table(name);
  if (table == nullptr)
    return one({Code::wire_code, data.pointer("type"), name, {"type", "docs/interface.md", ""}});
  JsonOut json;
  json.open_object().key("list").open_array();
  std::int64_t sort = 0;
  for (const WireCode& code : table->codes) {
    json.open_object().field("type", table->name).field("label", code.name).field("value", code.code);
    json.field("parentValue", "")
        .field("parent_value", "")
        .field("sort", ++sort)
        .field("valiFlag", "1")
        .field("vali_flag", "1");
    json.field("createUser", "").field("createDate", "").field("version", 1).close_object();
  }
  return json.close_array().close_object().take();
}

bool write_provider(JsonOut& json, const std::string& code, std::string_view wanted_name,
                    const Object& object) {
  const auto state = read_cell<ProviderState>(object.find(provider_cell));
  if (!state || state->name.find(wanted_name) == std::string::npos) return false;
  json.open_object().field("fixmedins_code", code).field("fixmedins_name", state->name).field("uscc", "");
  json.field("fixmedins_type", code.starts_with('P') ? "2" : "1")
      .field("hosp_lv", "")
      .key("exp_content")
      .open_object();
  for (const FactValue& fact : state->facts) json.field(fact.name, fact.text);
  json.close_object().close_object();
  return true;
}

Output institutions(const Call& call) {
  const WireRow asked = call.request().row("medinsinfo");
  if (!asked.has("fixmedins_code") && !asked.has("fixmedins_name"))
    return one(missing(asked, "fixmedins_code"));
  std::vector<std::string> codes;
  if (asked.has("fixmedins_code"))
    codes.emplace_back(asked.text("fixmedins_code"));
  else
    for (const ProviderContract& contract : call.node().config().providers)
      codes.push_back(contract.credential.provider);
  JsonOut json;
  json.open_object().key("medinsinfo").open_array();
  std::size_t rows = 0;
  for (const std::string& code : codes) {
    const std::string_view type = code.starts_with('P') ? "2" : "1";
    if (asked.has("fixmedins_type") && asked.text("fixmedins_type") != type && !asked.has("fixmedins_code"))
      continue;
    const auto object = call.node().desk().object(provider_object(code));
    if (!object) return one(object.error());
    if (write_provider(json, code, asked.text("fixmedins_name"), *object) && ++rows == page_size_usual) break;
  }
  return json.close_array().close_object().take();
}

}  // namespace

void download_catalogue(const CallPtr& call) {
  call->query([call] { return file_number(*call); });
}
void download_file(const CallPtr& call) {
  call->later([call] { download(*call); });
}
void query_catalogue(const CallPtr& call) {
  call->query([call] { return catalogue_page(*call); });
}
void query_codes(const CallPtr& call) {
  call->query([call] { return dictionary(*call); });
}
void query_institutions(const CallPtr& call) {
  call->query([call] { return institutions(*call); });
}

}  // namespace fenming
