// Every bill of the make-believe year is one that the sandbox region's policy can settle: a small desk without a store does it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "catalog/price.h"
#include "model/record.h"
#include "policy/workspace.h"
#include "population/year.h"
#include "registry/account.h"
#include "registry/eligibility.h"

namespace fenming {
namespace {

std::vector<SourceFile> files_of(const std::string& folder, const std::string& prefix) {
  std::vector<SourceFile> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(FENMING_SOURCE_DIR) + "/rules/" + folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".yaml") || name == "accepted.yaml") continue;
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    files.push_back({prefix + name, text.str()});
  }
  std::ranges::sort(files, {}, [&](const SourceFile& file) {
    return std::pair(file.name != prefix + "region.yaml", file.name);
  });
  return files;
}

class SmallDesk {
 public:
  explicit SmallDesk(const YearOptions& options) : year_(options) {
    auto library =
        read_library(files_of("990000-mingzhou", ""), files_of("000000-national", "000000-national/"));
    EXPECT_TRUE(library);
    library_ = *library;
    auto catalogue = Catalogue::read(year_.items().csv(), "catalog.csv");
    EXPECT_TRUE(catalogue);
    catalogue_ = *catalogue;
  }

  void run() {
    while (auto step = year_.next()) {
      ASSERT_TRUE(references_.resolve(step->command));
      today_ = step->day;
      provider_ = step->command.key.provider;
      std::visit([&](auto& action) { carry_out(action); }, step->command.action);
      if (step->referred_to) references_.made(*step, made_);
      if (HasFailure()) return;
    }
  }
  std::map<std::string, int> settled;  // by kind of visit
  std::map<std::string, int> paid_by;  // fund → bills
  static bool HasFailure() { return testing::Test::HasFailure(); }

 private:
  struct Visit {
    OpenVisit opened;
    Date end;
    std::vector<FeeLine> lines;
  };

  void fold(const Result<std::vector<Change>>& changes) {
    ASSERT_TRUE(changes) << to_text(changes.error(), Language::en);
    for (const Change& change : *changes) objects_[change.object].set(change.cell, change.after);
  }
  Object& person(const std::string& psn_no) { return objects_["P" + psn_no]; }

  void carry_out(const RegisterProvider& command) { providers_[command.code] = command.facts; }
  void carry_out(const RegisterPerson& command) { fold(register_person(person(command.psn_no), command)); }
  void carry_out(const SetStatus& command) { fold(set_status(person(command.psn_no), command)); }
  void carry_out(const ShareAccount& command) { fold(share_account(person(command.owner), command)); }
  void carry_out(const CreditAccount& command) { balances_[command.psn_no] += command.amount.fen(); }
  void carry_out(const OpenVisit& command) {
    made_ = "V" + std::to_string(visits_.size());
    visits_[made_] = {command, {}, {}};
  }
  void carry_out(const UploadLines& command) {
    auto& lines = visits_.at(command.visit).lines;
    lines.insert(lines.end(), command.lines.begin(), command.lines.end());
  }
  void carry_out(const RemoveLines& command) {
    std::erase_if(visits_.at(command.visit).lines,
                  [&](const FeeLine& line) { return line.line.id == command.lines.front(); });
  }
  void carry_out(const CloseVisit& command) {
    Visit& visit = visits_.at(command.visit);
    visit.end = command.end;
    visit.opened.facts.insert(visit.opened.facts.end(), command.facts.begin(), command.facts.end());
  }
  void carry_out(const Settle& command) { settle(command); }
  template <class Other>
  void carry_out(const Other&) {}

  void add(Bill& bill, FactValue fact, bool strict = false) const {
    const auto known = std::ranges::find(library_->region.facts, fact.name, &Fact::name);
    if (known == library_->region.facts.end() && !strict) return;
    std::erase_if(bill.facts, [&](const FactValue& held) { return held.name == fact.name; });
    bill.facts.push_back(std::move(fact));
  }
  static FactValue yuan(const char* name, std::int64_t fen) {
    return text_fact(name, to_text(Money::from_fen(fen)));
  }

  void settle(const Settle& command) {
    Bill bill;
    bill.region = library_->region.code;
    bill.visit_kind = command.kind;
    bill.from = command.from;
    bill.to = command.to;
    std::vector<FeeLine> lines = command.lines;
    std::vector<FactValue> facts = command.facts;
    if (!command.visit.empty()) {
      const Visit& visit = visits_.at(command.visit);
      bill.visit_kind = visit.opened.kind;
      bill.from = visit.opened.begin;
      bill.to = visit.end;
      lines = visit.lines;
      facts = visit.opened.facts;
    }
    bill.settle = bill.known = today_;
    bill.total = command.total;
    for (const FeeLine& line : lines) bill.lines.push_back(line.line);
    const Object& patient = person(command.psn_no);
    ASSERT_TRUE(check_eligibility(patient, command.psn_no, bill.to));
    for (FactValue& fact : facts_at(patient, bill.to)) add(bill, std::move(fact));
    for (const FactValue& fact : providers_.at(provider_)) add(bill, fact);
    for (FactValue& fact : facts) add(bill, std::move(fact), true);
    add(bill, text_fact("stay", command.visit.empty() ? "sale" : command.visit));
    add(bill, yuan("account", balances_[command.psn_no]));
    if (!command.payer.empty()) {
      EXPECT_TRUE(may_pay(person(command.payer), command.psn_no, today_));
      add(bill, yuan("family", balances_[command.payer]));
    }
    assess_bill(std::move(bill), command);
  }

  void assess_bill(Bill bill, const Settle& command) {
    const std::string kind = bill.visit_kind;
    auto priced = price(catalogue_, std::move(bill));
    ASSERT_TRUE(priced) << to_text(priced.error().front(), Language::en);
    const auto bound = bind(*library_, *priced);
    ASSERT_TRUE(bound) << kind << " " << to_text(bound.error(), Language::en);
    Assessment answer;
    const auto error = assess(*library_, *bound, workspace_, answer);
    ASSERT_FALSE(error) << kind << " " << to_text(*error, Language::en);
    ASSERT_NE(answer.parts[0].version, nullptr) << kind;
    balances_[command.psn_no] -= answer.split->account().fen();
    if (!command.payer.empty()) balances_[command.payer] -= answer.split->family().fen();
    ++settled[kind];
    for (std::size_t fund = 0; fund < answer.funds.size(); ++fund)
      paid_by[library_->region.funds[fund].name] += answer.funds[fund] > 0 ? 1 : 0;
  }

  Year year_;
  std::shared_ptr<const Library> library_;
  Catalogue catalogue_;
  Workspace workspace_;
  References references_;
  std::map<std::string, Object> objects_;
  std::map<std::string, std::vector<FactValue>> providers_;
  std::map<std::string, std::int64_t> balances_;
  std::map<std::string, Visit> visits_;
  Date today_;
  std::string provider_, made_;
};

TEST(Population, EveryBillOfAYearSettles) {
  YearOptions options;
  options.persons = 1200;
  options.seed = 11;
  SmallDesk desk(options);
  desk.run();
  for (const char* kind : {"outpatient", "pharmacy", "chronic", "campus", "inpatient", "maternity"})
    EXPECT_GT(desk.settled[kind], 1) << kind;
  for (const char* fund : {"pool", "account", "family", "aid", "illness", "civil"})
    EXPECT_GT(desk.paid_by[fund], 0) << fund;
}

TEST(Population, BillsOverANewYearSettleToo) {
  YearOptions options;
  options.persons = 1500;
  options.seed = 12;
  options.from = *parse_date("2025-11-15");
  options.days = 90;
  SmallDesk desk(options);
  desk.run();
  EXPECT_GT(desk.settled["inpatient"], 10);
}

}  // namespace
}  // namespace fenming
