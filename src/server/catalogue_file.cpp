#include "server/catalogue_file.h"

#include <algorithm>
#include <iterator>
#include <map>

namespace fenming {
namespace {

struct FileOf {
  std::string_view infno, list_type;
};
constexpr FileOf files[] = {
    {"1301", "101"}, {"1302", "102"}, {"1305", "201"}, {"1306", "301"}, {"1306A", "301"}};

using Values = std::map<std::string_view, std::string>;  // by column

std::string plain(std::string_view text) {  // a value stands in one column of one line
  std::string value(text);
  std::ranges::replace_if(value, [](char one) { return one == '\t' || one == '\n' || one == '\r'; }, ' ');
  return value;
}

void add_row(CatalogueFile& file, std::string_view columns, const Values& values) {
  bool first = true;
  while (!columns.empty()) {
    const std::size_t end = columns.find(' ');
    const auto value = values.find(columns.substr(0, end));
    if (!first) file.text += '\t';
    file.text += value == values.end() || value->second.empty() ? "null" : plain(value->second);
    first = false;
    columns = end == std::string_view::npos ? std::string_view() : columns.substr(end + 1);
  }
  file.text += '\n';
  ++file.rows;
}

void add_version(Values& values, unsigned version, Date day, bool valid) {
  values["有效标志"] = valid ? "1" : "0";
  values["版本号"] = values["版本名称"] = version_text(version);
  values["数据更新时间"] = to_text(day);
  values["下发标志"] = "1";
}

Values values_of(const CatalogueEntry& entry) {
  const CatalogueItem& item = entry.item;
  Values values;
  values["医疗目录编码"] = item.item;
  for (const char* column : {"药品商品名", "药品通用名", "注册名称", "单味药名称", "药材名称", "标准名称",
                             "医疗服务项目名称", "耗材名称", "医保通用名"})
    values[column] = item.name_zh;
  values["英文名称"] = item.name_en;
  values["国家医保药品目录甲乙类标识"] = charge_level_of(item).substr(1);
  values["服务项目类别"] = item.kind;
  values["生产地类别"] = item.source.empty() ? "" : item.source == "imported" ? "2" : "1";
  values["生产地类别名称"] = item.source.empty() ? "" : item.source == "imported" ? "进口" : "国内";
  values["开始日期"] = values["生效时间"] = item.from == date_min ? "" : to_text(item.from);
  values["结束日期"] = values["失效时间"] = item.to == date_max ? "" : to_text(item.to);
  values["唯一记录号"] = item.item + "-" + to_text(item.from);
  add_version(values, entry.version, entry.day, entry.valid);
  return values;
}

// The chronic diseases are the region's words for a disease, the first version has them all.
void add_diseases(CatalogueFile& file, const Transaction& transaction, const RegionWords& words) {
  const auto rule = std::ranges::find(words.facts, "dise_codg", &FactWord::field);
  if (rule == words.facts.end()) return;
  for (const auto& [code, name] : rule->values) {
    Values values;
    values["门慢门特病种目录代码"] = values["门慢门特病种大类代码"] = values["唯一记录号"] = code;
    values["门慢门特病种名称"] = values["门慢门特病种大类名称"] = name;
    values["医保区划"] = words.region;
    add_version(values, 1, date_min, true);
    values["数据更新时间"].clear();
    add_row(file, transaction.file_columns, values);
  }
}

}  // namespace

std::string_view list_type_of(const CatalogueItem& item) {
  if (item.kind == "drug") return "101";
  if (item.kind == "herb") return "102";
  if (item.kind == "material" || item.kind == "implant") return "301";
  return "201";
}

std::string_view charge_level_of(const CatalogueItem& item) {
  return item.item_class == "A" ? "01" : item.item_class == "B" ? "02" : "03";
}

CatalogueFile catalogue_file(const Transaction& transaction, const CatalogueEdition& edition, unsigned since,
                             const RegionWords& words) {
  CatalogueFile file;
  if (transaction.infno == "1309" && since == 0) add_diseases(file, transaction, words);
  const auto kind = std::ranges::find(files, transaction.infno, &FileOf::infno);
  if (kind == std::end(files)) return file;
  for (const CatalogueEntry& entry : edition.entries)
    if (entry.version > since && list_type_of(entry.item) == kind->list_type)
      add_row(file, transaction.file_columns, values_of(entry));
  return file;
}

}  // namespace fenming
