#include "cli/case_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "base/nearest.h"
#include "cli/case_words.h"

namespace fenming {
namespace {

using Words = std::span<const Word>;

// A bill's number is at most 64 characters: the title, cut where a character begins.
std::string shortened_id(std::string_view title, std::size_t step) {
  std::size_t end = std::min<std::size_t>(title.size(), 56);
  while (end < title.size() && (static_cast<unsigned char>(title[end]) & 0xC0U) == 0x80U) --end;
  return fmt::format("{} #{}", title.substr(0, end), step);
}

// Thrown inside this file only: a line that is not understood ends the reading of that line.
struct Malformed {
  Code code;
  std::size_t column;
  std::string value;
  std::vector<std::string> details;
};

[[noreturn]] void malformed(const Word& at, std::string reason) {
  throw Malformed{
      Code::case_malformed, at.column, at.kind == Word::Kind::list ? "[" : at.text, {std::move(reason)}};
}

// Every value is text: what type it must have is the library's business.
FactValue value_of(std::string name, const Word& word) {
  if (word.kind == Word::Kind::comma) malformed(word, "a value is missing");
  const bool list = word.kind == Word::Kind::list;
  return FactValue{std::move(name), list ? FactValue::Kind::list : FactValue::Kind::text, word.text,
                   word.list};
}

Money money_of(const Word& word) {
  const auto money = parse_money(word.text);
  if (!money) throw Malformed{Code::money_malformed, word.column, word.text, {}};
  return *money;
}

Decimal decimal_of(const Word& word) {
  const auto decimal = parse_decimal(word.text);
  if (!decimal) throw Malformed{Code::decimal_malformed, word.column, word.text, {}};
  return *decimal;
}

Date date_of(const Word& word, std::string_view text) {
  const auto date = parse_date(text);
  if (!date) throw Malformed{Code::date_malformed, word.column, std::string(text), {}};
  return *date;
}

// "name value, name value": calls take(name word, value word) for each pair.
template <class Take>
void each_pair(const Word& keyword, Words words, Take take) {
  if (words.empty()) malformed(keyword, "name value, name value ...");
  for (std::size_t i = 0; i < words.size(); i += 3) {
    if (words[i].kind != Word::Kind::plain) malformed(words[i], "a name is expected");
    if (i + 1 >= words.size()) malformed(words[i], "a value is missing");
    if (i + 2 < words.size() && words[i + 2].kind != Word::Kind::comma)
      malformed(words[i + 2], "pairs of name and value are divided by commas");
    take(words[i], words[i + 1]);
  }
}

class CaseReading {
 public:
  CaseReading(std::string_view file, std::string_view region) : file_(file), region_(region) {}

  void read_line(std::string_view text, std::size_t number);
  Checked<std::vector<Case>> finish();

 private:
  void dispatch(std::string_view text, Words words);
  void begin_case(const Word& keyword, std::string title);
  void begin_step(const Word& keyword);
  void read_dates(Words words);
  void read_facts(Words words);
  void read_given(Words words);
  void read_bill_line(Words words);
  void set_line_field(BillLine& line, const Word& name, const Word& value);
  void read_expectations(Words words);
  void close_case();
  void refuse(Malformed malformed, std::size_t line);
  Case& current(const Word& keyword);
  CaseStep& step(const Word& keyword) { return current(keyword).steps.back(); }

  std::string_view file_, region_;
  std::size_t number_ = 0;
  bool dated_ = false;     // the step has its `on`, sound or not: what follows from a mistake is not reported
  bool expected_ = false;  // the case has an `expect`, sound or not
  std::vector<Case> cases_;
  std::vector<Error> errors_;
};

void CaseReading::refuse(Malformed found, std::size_t line) {
  if (errors_.size() >= 100) return;
  errors_.push_back(Error{found.code, fmt::format("{}:{}:{}", file_, line, found.column),
                          std::move(found.value), std::move(found.details)});
}

Case& CaseReading::current(const Word& keyword) {
  if (cases_.empty()) malformed(keyword, "a file begins with `case`");
  return cases_.back();
}

void CaseReading::read_line(std::string_view text, std::size_t number) {
  number_ = number;
  const auto words = words_of(text);
  if (!words) {
    const std::size_t column = static_cast<std::size_t>(std::stoul(words.error().place));
    refuse(Malformed{words.error().code, column, words.error().value, words.error().details}, number);
    return;
  }
  if (words->empty()) return;
  try {
    dispatch(text, *words);
  } catch (Malformed& found) {
    refuse(std::move(found), number);
  }
}

void CaseReading::dispatch(std::string_view text, Words words) {
  const Word& keyword = words[0];
  const std::string& word = keyword.text;
  const auto free_text = [&] { return text_behind(text, word); };
  if (word == "case") return begin_case(keyword, free_text());
  if (word == "source") return void(current(keyword).source = free_text());
  if (word == "reason") return void(current(keyword).reason = free_text());
  if (word == "published") return step(keyword).published.push_back(free_text());
  if (word == "status") {
    current(keyword).status = words.back().text;
    if (words.size() != 2 || std::ranges::find(case_statuses, words[1].text) == std::end(case_statuses))
      malformed(words.back(), "reproducible, inferred, inconsistent or derived");
    return;
  }
  if (word == "then") {
    begin_step(keyword);
    if (words.size() > 1) dispatch(text.substr(text.find("then") + 4), words.subspan(1));
    return;
  }
  if (word == "on" || word == "known" || word == "settle") return read_dates(words);
  if (word == "fact") return read_facts(words);
  if (word == "given") return read_given(words);
  if (word == "line") return read_bill_line(words);
  if (word == "expect") return read_expectations(words);
  const std::vector<std::string> known = {"case",   "status",    "source", "reason", "on",
                                          "known",  "settle",    "fact",   "given",  "line",
                                          "expect", "published", "then"};
  malformed(keyword, "unknown word" + nearest_hint(word, known));
}

void CaseReading::begin_case(const Word& keyword, std::string title) {
  close_case();
  if (title.empty())
    refuse({Code::case_malformed, keyword.column, keyword.text, {"a case needs a title"}}, number_);
  Case made;
  made.file = file_;
  made.title = std::move(title);
  made.line = number_;
  made.steps.emplace_back();
  made.steps.back().line = number_;
  made.steps.back().bill.id = shortened_id(made.title, 1);
  made.steps.back().bill.region = region_;
  cases_.push_back(std::move(made));
  dated_ = expected_ = false;
}

void CaseReading::begin_step(const Word& keyword) {
  Case& of = current(keyword);
  if (!dated_)
    refuse({Code::case_malformed, keyword.column, keyword.text, {"the bill before has no `on`"}}, number_);
  CaseStep next;
  next.line = number_;
  next.bill.id = shortened_id(of.title, of.steps.size() + 1);
  next.bill.region = region_;
  next.bill.facts = of.steps.back().bill.facts;  // kept unless rewritten
  next.bill.visit_kind = of.steps.back().bill.visit_kind;
  next.fact_rows = of.steps.back().fact_rows;
  of.steps.push_back(std::move(next));
  dated_ = false;
}

void CaseReading::read_dates(Words words) {
  Bill& bill = step(words[0]).bill;
  if (words[0].text == "on") {
    dated_ = true;
    step(words[0]).date_row = number_;
  }
  if (words.size() < 2) malformed(words[0], "a date is missing");
  const std::string_view text = words[1].text;
  if (words[0].text == "known") return void(bill.known = date_of(words[1], text));
  if (words[0].text == "settle") {
    if (bill.known == bill.settle) bill.known = date_of(words[1], text);
    return void(bill.settle = date_of(words[1], text));
  }
  const std::size_t dots = text.find("..");
  bill.from = date_of(words[1], text.substr(0, dots));
  bill.to = dots == std::string_view::npos ? bill.from : date_of(words[1], text.substr(dots + 2));
  if (bill.to < bill.from)
    throw Malformed{Code::date_order, words[1].column, to_text(bill.to), {to_text(bill.from)}};
  bill.settle = bill.known = bill.to;
  if (words.size() > 2) bill.visit_kind = words[2].text;
  if (words.size() > 3) malformed(words[3], "on DATE or FROM..TO, then the kind of visit");
}

void CaseReading::read_facts(Words words) {
  std::vector<FactValue>& facts = step(words[0]).bill.facts;
  const bool first_step = current(words[0]).steps.size() == 1;
  each_pair(words[0], words.subspan(1), [&](const Word& name, const Word& value) {
    FactValue fact = value_of(name.text, value);
    step(words[0]).fact_rows[name.text] = number_;
    const auto known = std::ranges::find(facts, name.text, &FactValue::name);
    if (known == facts.end()) return facts.push_back(std::move(fact));
    if (first_step) malformed(name, "this fact was given before");
    *known = std::move(fact);
  });
}

void CaseReading::read_given(Words words) {
  if (current(words[0]).steps.size() > 1)
    malformed(words[0], "later bills carry on the accumulators of the one before");
  std::vector<AccumulatorRow>& rows = step(words[0]).bill.accumulators;
  step(words[0]).given_row = number_;
  each_pair(words[0], words.subspan(1), [&](const Word& name, const Word& value) {
    const std::size_t dot = name.text.find('.');
    if (dot == std::string::npos) malformed(name, "group.member is expected, such as year.stays");
    const std::string group = name.text.substr(0, dot);
    auto row = std::ranges::find(rows, group, &AccumulatorRow::group);
    if (row == rows.end()) row = rows.insert(rows.end(), AccumulatorRow{group, true, {}, {}});
    row->values.push_back(value_of(name.text.substr(dot + 1), value));
  });
}

void CaseReading::set_line_field(BillLine& line, const Word& name, const Word& value) {
  const std::string& field = name.text;
  if (field == "id")
    line.id = value.text;
  else if (field == "item")
    line.item = value.text;
  else if (field == "name")
    line.item_name = value.text;
  else if (field == "qty")
    line.quantity = decimal_of(value);
  else if (field == "price")
    line.price = decimal_of(value);
  else if (field == "date")
    line.date = date_of(value, value.text);
  else if (field == "listed_limit")
    line.listed_limit = money_of(value);
  else if (field == "refund_of")
    line.refund_of = value.text;
  else
    line.columns.push_back(value_of(field, value));
}

void CaseReading::read_bill_line(Words words) {
  std::vector<BillLine>& lines = step(words[0]).bill.lines;
  if (words.size() < 2) malformed(words[0], "an amount is missing");
  BillLine line;
  line.amount = money_of(words[1]);
  line.id = std::to_string(lines.size() + 1);
  for (std::size_t i = 2; i < words.size();) {
    if (words[i].kind == Word::Kind::comma) {
      ++i;
      continue;
    }
    if (words[i].kind != Word::Kind::plain) malformed(words[i], "a name is expected");
    if (i + 1 >= words.size()) malformed(words[i], "a value is missing");
    set_line_field(line, words[i], words[i + 1]);
    i += 2;
  }
  lines.push_back(std::move(line));
  step(words[0]).line_rows.push_back(number_);
}

void CaseReading::read_expectations(Words words) {
  CaseStep& of = step(words[0]);
  expected_ = true;
  each_pair(words[0], words.subspan(1), [&](const Word& name, const Word& value) {
    if (value.kind != Word::Kind::plain) malformed(value, "a value is missing");
    of.expectations.push_back(Expectation{name.text, value.text, number_});
  });
}

void CaseReading::close_case() {
  if (cases_.empty()) return;
  const Case& done = cases_.back();
  const auto incomplete = [&](std::string_view reason) {
    refuse(Malformed{Code::case_malformed, 1, done.title, {std::string(reason)}}, done.line);
  };
  if (!dated_) incomplete("`on` is missing");
  if (done.status.empty()) incomplete("`status` is missing");
  if (done.status == "inconsistent" && done.reason.empty())
    incomplete("`reason` is missing: why is the print wrong?");
  if (!expected_) incomplete("`expect` is missing");
}

Checked<std::vector<Case>> CaseReading::finish() {
  close_case();
  if (!errors_.empty()) return std::unexpected(std::move(errors_));
  return std::move(cases_);
}

}  // namespace

Checked<std::vector<Case>> read_cases(std::string_view text, std::string_view file, std::string_view region) {
  CaseReading reading(file, region);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    reading.read_line(text.substr(0, end), number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return reading.finish();
}

}  // namespace fenming
