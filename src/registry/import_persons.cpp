#include <charconv>

#include "base/json_out.h"
#include "registry/identity_number.h"
#include "registry/import_table.h"

namespace fenming {
namespace {

constexpr Column columns[] = {{"psn_no", true}, {"certno"}, {"name"},       {"phone"}, {"address"},
                              {"born"},         {"sex"},    {"from", true}, {"to"}};

// In a report that many people may see, a number shows whose it might be and no more.
std::string masked(std::string_view number) {
  if (number.size() <= 8) return std::string(number.size(), '*');
  return std::string(number.substr(0, 4)) + std::string(number.size() - 6, '*') +
         std::string(number.substr(number.size() - 2));
}

std::optional<bool> male_of(std::string_view sex) {
  if (sex == "male" || sex == "1" || sex == "男") return true;
  if (sex == "female" || sex == "2" || sex == "女") return false;
  return std::nullopt;
}

FactValue text_value(std::string name, std::string value) {
  return {std::move(name), FactValue::Kind::text, std::move(value), {}};
}

class PersonRows {
 public:
  PersonRows(ImportTable& table, const ImportOptions& options) : table_(table), options_(options) {}

  void row() {
    const std::string_view psn_no = table_.text("psn_no");
    if (table_.good_number("psn_no")) table_.once(std::string(psn_no), Code::person_doubled, "psn_no");
    const auto identity = identity_of();
    const std::optional<Date> born = birth(identity);
    const std::optional<bool> male = sex(identity);
    const std::optional<Date> from = table_.date("from");
    if (table_.text("from").empty()) table_.refuse(Code::import_value, "from", "", {"from", "2025-01-01"});
    const std::optional<Date> to = table_.text("to").empty() ? std::optional(date_max) : table_.date("to");
    if (from && to && *to < *from) table_.refuse(Code::status_dates, "to", to_text(*to), {to_text(*from)});
    std::vector<FactValue> statuses = table_.row_facts();
    if (identity) same_number_twice(*identity, psn_no);
    if (table_.checking() || !born || !male || !from || !to) return;
    RegisterPerson person;
    person.psn_no = psn_no;
    person.facts = {text_value("born", to_text(*born)), text_value("sex", *male ? "male" : "female")};
    if (options_.seal) person.sealed = options_.seal(psn_no, plain(identity));
    if (options_.found_by && identity) person.found_by = {options_.found_by(identity->text)};
    for (FactValue& status : statuses) person.statuses.push_back({std::move(status), *from, *to});
    table_.put(std::move(person));
  }

 private:
  std::optional<IdentityNumber> identity_of() {
    const std::string_view number = table_.text("certno");
    if (number.empty()) return std::nullopt;
    auto read = read_identity_number(number);
    if (read) return std::move(*read);
    table_.refuse(read.error().code, "certno", masked(number), std::move(read.error().details));
    return std::nullopt;
  }

  std::optional<Date> birth(const std::optional<IdentityNumber>& identity) {
    const std::optional<Date> given = table_.date("born");
    if (identity && given && *given != identity->born)
      table_.refuse(Code::import_conflict, "born", to_text(*given), {"born", to_text(identity->born)});
    if (table_.text("certno").empty() && table_.text("born").empty())
      table_.refuse(Code::import_value, "born", "", {"born", "2025-01-01"});
    return identity ? std::optional(identity->born) : given;
  }

  std::optional<bool> sex(const std::optional<IdentityNumber>& identity) {
    const std::string_view text = table_.text("sex");
    const std::optional<bool> given = male_of(text);
    if (!given && (!text.empty() || table_.text("certno").empty()))
      table_.refuse(Code::import_value, "sex", text, {"sex", "male, female, 1, 2, 男, 女"});
    if (identity && given && *given != identity->male)
      table_.refuse(Code::import_conflict, "sex", text, {"sex", identity->male ? "male" : "female"});
    return identity ? std::optional(identity->male) : given;
  }

  struct Known {
    std::size_t line;
    std::string psn_no, scheme;
  };

  // The first 17 digits are the person; two numbers of one person are two persons to everybody who counts.
  void same_number_twice(const IdentityNumber& identity, std::string_view psn_no) {
    if (!table_.checking()) return;
    std::uint64_t number = 0;
    std::from_chars(identity.text.data(), identity.text.data() + 17, number);
    const std::string_view scheme = table_.text("scheme");
    const auto [known, fresh] =
        numbers_.emplace(number, Known{table_.line(), std::string(psn_no), std::string(scheme)});
    if (fresh) return;
    const Known& other = known->second;
    const std::string line = std::to_string(other.line);
    if (other.scheme == scheme)
      table_.refuse(Code::identity_doubled, "certno", masked(identity.text), {line, other.psn_no});
    else
      table_.refuse(Code::identity_two_schemes, "certno", masked(identity.text),
                    {line, other.psn_no, other.scheme, std::string(scheme)});
  }

  std::string plain(const std::optional<IdentityNumber>& identity) const {
    JsonOut json;
    json.open_object();
    json.field("name", table_.text("name")).field("certno", identity ? identity->text : "");
    json.field("phone", table_.text("phone")).field("address", table_.text("address")).close_object();
    return json.take();
  }

  ImportTable& table_;
  const ImportOptions& options_;
  std::unordered_map<std::uint64_t, Known> numbers_;
};

}  // namespace

// REQ ENR-07
Checked<ImportCounts> import_persons(std::string_view text, std::string_view file,
                                     const ImportOptions& options, const CommandSink& sink) {
  ImportTable table(text, file, options);
  if (!table.open(columns, true)) return std::unexpected(table.take_problems());
  PersonRows rows(table, options);
  return table.run(sink, [&] { rows.row(); });
}

}  // namespace fenming
