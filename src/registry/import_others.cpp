#include <charconv>

#include "registry/import_table.h"

namespace fenming {
namespace {

constexpr Column provider_columns[] = {{"code", true}, {"name", true}, {"confirm_minutes"}};
constexpr Column account_columns[] = {{"psn_no", true}, {"amount", true}, {"reason", true}};
constexpr Column status_columns[] = {{"psn_no", true}, {"fact", true}, {"value", true},
                                     {"from", true},   {"to"},         {"revoke"}};
constexpr Column consent_columns[] = {{"owner", true}, {"user", true}, {"from", true}, {"to"}, {"withdraw"}};

struct Span {
  std::optional<Date> from, to;
  explicit operator bool() const { return from && to; }
};

Span span_of(ImportTable& table) {
  Span span{table.date("from"), table.text("to").empty() ? std::optional(date_max) : table.date("to")};
  if (table.text("from").empty()) table.refuse(Code::import_value, "from", "", {"from", "2025-01-01"});
  if (span && *span.to < *span.from)
    table.refuse(Code::status_dates, "to", to_text(*span.to), {to_text(*span.from)});
  return span;
}

bool yes(ImportTable& table, std::string_view column) {
  const std::string_view value = table.text(column);
  if (!value.empty() && value != "yes" && value != "no")
    table.refuse(Code::import_value, column, value, {std::string(column), "yes, no"});
  return value == "yes";
}

bool some_text(ImportTable& table, std::string_view column, std::size_t bytes_max) {
  const std::string_view value = table.text(column);
  bool good = !value.empty() && value.size() <= bytes_max;
  for (const char c : value) good = good && static_cast<unsigned char>(c) >= 0x20;
  if (!good) table.refuse(Code::import_value, column, value, {std::string(column), "abc"});
  return good;
}

void provider_row(ImportTable& table) {
  RegisterProvider provider;
  if (table.good_number("code")) table.once(std::string(table.text("code")), Code::import_doubled, "code");
  some_text(table, "name", 300);
  const std::string_view minutes = table.text("confirm_minutes");
  const auto read =
      std::from_chars(minutes.data(), minutes.data() + minutes.size(), provider.confirm_minutes);
  const bool number = read.ec == std::errc() && read.ptr == minutes.data() + minutes.size();
  if (!minutes.empty() && (!number || provider.confirm_minutes < 1 || provider.confirm_minutes > 1440))
    table.refuse(Code::import_value, "confirm_minutes", minutes, {"confirm_minutes", "1..1440"});
  provider.code = table.text("code");
  provider.name = table.text("name");
  provider.facts = table.row_facts();
  table.put(std::move(provider));
}

// One row credits once: psn_no and reason together name a credit.
void account_row(ImportTable& table) {
  const std::string_view psn_no = table.text("psn_no"), text = table.text("amount"),
                         reason = table.text("reason");
  const bool named = table.good_number("psn_no") && some_text(table, "reason", 100);
  const auto amount = parse_money(text);
  if (!amount || amount->fen() <= 0)
    table.refuse(Code::import_value, "amount", text, {"amount", "0.01..1000000000.00"});
  if (named) table.once(std::string(psn_no) + '\n' + std::string(reason), Code::import_doubled, "psn_no");
  if (amount) table.put(CreditAccount{std::string(psn_no), *amount, std::string(reason)});
}

void status_row(ImportTable& table) {
  std::string_view name = table.text("fact");
  const bool list = name.ends_with("[]");
  if (list) name.remove_suffix(2);
  table.good_number("psn_no");
  const bool sound = some_text(table, "fact", 40) && some_text(table, "value", 300);
  const Span span = span_of(table);
  const bool revoke = yes(table, "revoke");
  if (!sound || !span) return;
  FactValue fact = table.fact({0, std::string(name), list}, table.text("value"));
  for (const std::string& member : fact.list)
    if (member.empty()) table.refuse(Code::import_value, "value", table.text("value"), {"value", "a;b;c"});
  table.put(SetStatus{std::string(table.text("psn_no")), std::move(fact), *span.from, *span.to, revoke});
}

void consent_row(ImportTable& table) {
  const std::string_view owner = table.text("owner"), user = table.text("user");
  const bool named = table.good_number("owner") && table.good_number("user");
  if (named && owner == user) table.refuse(Code::share_self, "user", user);
  const Span span = span_of(table);
  const bool withdraw = yes(table, "withdraw");
  if (span) table.put(ShareAccount{std::string(owner), std::string(user), *span.from, *span.to, withdraw});
}

template <class Row>
Checked<ImportCounts> import(std::string_view text, std::string_view file, const ImportOptions& options,
                             const CommandSink& sink, std::span<const Column> columns, bool facts,
                             const Row& row) {
  ImportTable table(text, file, options);
  if (!table.open(columns, facts)) return std::unexpected(table.take_problems());
  return table.run(sink, [&] { row(table); });
}

}  // namespace

Checked<ImportCounts> import_providers(std::string_view text, std::string_view file,
                                       const ImportOptions& options, const CommandSink& sink) {
  return import(text, file, options, sink, provider_columns, true, provider_row);
}
Checked<ImportCounts> import_accounts(std::string_view text, std::string_view file,
                                      const ImportOptions& options, const CommandSink& sink) {
  return import(text, file, options, sink, account_columns, false, account_row);
}
Checked<ImportCounts> import_statuses(std::string_view text, std::string_view file,
                                      const ImportOptions& options, const CommandSink& sink) {
  return import(text, file, options, sink, status_columns, false, status_row);
}
Checked<ImportCounts> import_consents(std::string_view text, std::string_view file,
                                      const ImportOptions& options, const CommandSink& sink) {
  return import(text, file, options, sink, consent_columns, false, consent_row);
}

}  // namespace fenming
