#include "server/kept_rows.h"

#include <algorithm>
#include <unordered_map>

#include "base/date.h"

namespace fenming {
namespace {

// Of a question: pages, who asks, what no upload says.
constexpr std::string_view about_the_question =
    "page_num page_size pageNum pageSize query_date updt_time begndate enddate begntime endtime insu_admdvs "
    "admdvs rid tabname "
    "poolarea_no fixmedins_code fixmedins_name vali_flag crter_id crter_name crte_optins_no opter_id "
    "opter_name optins_no";

template <class Visit>
void each_word(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const std::size_t end = list.find(' ');
    visit(list.substr(0, end));
    list = end == std::string_view::npos ? std::string_view() : list.substr(end + 1);
  }
}

bool has_one(const KeptRow& row, std::string_view fields) {
  bool found = false;
  each_word(fields, [&](std::string_view field) { found = found || !row.own(field).empty(); });
  return found;
}

std::string_view key_of(const KeptDocument& document, const KeptRow& row, std::string_view key) {
  return key == "=" ? std::string_view(document.subject) : document.text(row, key);
}

// The rows that came so far, found again by their keys.
class StandingRows {
 public:
  explicit StandingRows(std::string_view key) : key_(key) {}

  void add(const StandingRow& row) {
    by_key_[key_of(*row.document, *row.row, key_)].push_back(rows_.size());
    rows_.push_back(row);
  }
  // A withdrawal takes what its provider sent of its family.
  void withdraw(const KeptDocument& withdrawal) {
    if (key_ == "=") return drop(withdrawal.subject, &withdrawal);
    for (const KeptRow& row : withdrawal.rows)
      if (const std::string_view key = row.own(key_); !key.empty()) drop(key, &withdrawal);
  }
  void replace(const StandingRow& by) { drop(key_of(*by.document, *by.row, key_), nullptr); }

  std::vector<StandingRow> take() {
    std::erase_if(rows_, [](const StandingRow& one) { return one.document == nullptr; });
    return std::move(rows_);
  }

 private:
  void drop(std::string_view key, const KeptDocument* withdrawal) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return;
    std::erase_if(found->second, [&](std::size_t at) {
      const KeptDocument& document = *rows_[at].document;
      if (withdrawal != nullptr &&
          (document.family != withdrawal->family || document.provider != withdrawal->provider))
        return false;
      rows_[at].document = nullptr;
      return true;
    });
  }

  std::string_view key_;
  std::vector<StandingRow> rows_;  // without document: gone
  std::unordered_map<std::string_view, std::vector<std::size_t>> by_key_;
};

std::string_view day_text(const WireRow& question, std::string_view one, std::string_view other) {
  const std::string_view text = question.text(one);
  return (text.empty() ? question.text(other) : text).substr(0, 10);
}

}  // namespace

bool has_word(std::string_view list, std::string_view word) {
  bool found = false;
  each_word(list, [&](std::string_view one) { found = found || one == word; });
  return found;
}

std::string snake_case(std::string_view name) {
  std::string text;
  for (const char one : name) {
    if (one >= 'A' && one <= 'Z') {
      text += '_';
      text += static_cast<char>(one - 'A' + 'a');
    } else {
      text += one;
    }
  }
  return text;
}

std::vector<StandingRow> standing_rows(const std::vector<KeptDocument>& documents, const KeptQuery& query) {
  StandingRows standing(query.key);
  for (const KeptDocument& document : documents) {
    if (document.withdraw) {
      standing.withdraw(document);
      continue;
    }
    std::vector<StandingRow> brought;
    for (const KeptRow& row : document.rows)
      if (has_one(row, query.rows)) brought.push_back({&document, &row});
    if (query.newest) std::ranges::for_each(brought, [&](const StandingRow& row) { standing.replace(row); });
    std::ranges::for_each(brought, [&](const StandingRow& row) { standing.add(row); });
  }
  return standing.take();
}

std::string_view kept_value(const StandingRow& standing, const KeptQuery& query, std::string_view field) {
  const std::string name = snake_case(field);
  std::string_view value = standing.document->text(*standing.row, name);
  if (value.empty()) value = standing.document->text(*standing.row, field);
  each_word(query.names, [&](std::string_view pair) {
    const std::size_t sign = pair.find('=');
    if (!value.empty() || pair.substr(0, sign) != name) return;
    const std::string_view source = pair.substr(sign + 1);
    value = source.empty() ? std::string_view(standing.document->subject)
                           : standing.document->text(*standing.row, source);
  });
  return value;
}

bool asked_for(const StandingRow& standing, const KeptQuery& query, const WireRow& question) {
  if (question.node() == nullptr) return true;
  if (question.text("vali_flag") == "0") return false;
  for (const WireField& field : question.node()->fields) {
    const std::string_view wanted = question.text(field.name);
    if (wanted.empty() || has_word(about_the_question, field.name) || has_word(query.anything, field.name))
      continue;
    if (kept_value(standing, query, field.name) != wanted) return false;
  }
  if (query.day.empty()) return true;
  const auto day = parse_date(standing.document->text(*standing.row, query.day).substr(0, 10));
  const auto from = parse_date(day_text(question, "begndate", "begntime")),
             to = parse_date(day_text(question, "enddate", "endtime"));
  return !day || ((!from || *day >= *from) && (!to || *day <= *to));
}

}  // namespace fenming
