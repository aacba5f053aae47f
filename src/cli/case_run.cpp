#include "cli/case_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "cli/values.h"
#include "protocol/bill_json.h"
#include "protocol/bill_out.h"

namespace fenming {
namespace {

// 7000 and 7000.00 are the same amount; what is no number is compared as text.
bool same_value(std::string_view expected, std::string_view found) {
  const auto a = parse_exact(expected, 30), b = parse_exact(found, 30);
  if (!a || !b) return expected == found;
  const int places = std::max(a->places, b->places);
  if (places - a->places > 6 || places - b->places > 6) return false;
  return a->digits * power_of_ten(places - a->places) == b->digits * power_of_ten(places - b->places);
}

FactValue carried(std::string_view name, std::string text) {
  return FactValue{std::string(name), FactValue::Kind::text, std::move(text), {}};
}

AccumulatorRow carried_row(const Settled& settled, const AccumulatorResult& result) {
  const Region& region = settled.library->region;
  const Group& group = region.groups.at(result.group);
  AccumulatorRow row{group.name, false, {}, {}};
  for (std::size_t i = 0; i < group.key.size(); ++i)
    row.key.push_back(carried(key_part(region, group.key[i]).name,
                              key_text(region, settled.bill, settled.bound, group.key[i], result.key[i])));
  for (std::size_t i = 0; i < group.members.size(); ++i) {
    const Group::Member& member = group.members[i];
    row.values.push_back(carried(member.name, value_text(region, member.type, 0, result.after[i])));
  }
  return row;
}

bool same_key(const AccumulatorRow& a, const AccumulatorRow& b) {
  return a.group == b.group && std::ranges::equal(a.key, b.key, [](const FactValue& x, const FactValue& y) {
           return x.name == y.name && x.text == y.text;
         });
}

class CaseRun {
 public:
  CaseRun(const LibraryPointer& library, Clerk& clerk, Language language)
      : library_(library), clerk_(clerk), language_(language) {}

  CaseOutcome run(const Case& of) {
    check_names(of);
    if (!outcome_.errors.empty()) return std::move(outcome_);
    std::vector<AccumulatorRow> rows;
    for (const CaseStep& step : of.steps) {
      Bill bill = step.bill;
      if (&step == &of.steps.front())
        rows = bill.accumulators;
      else
        bill.accumulators = rows;
      const auto settled = settle(std::move(bill));
      compare(step, settled);
      if (!settled) break;
      rows = carried_over(**settled, std::move(rows));
    }
    return std::move(outcome_);
  }

 private:
  void check_names(const Case& of) {
    for (const CaseStep& step : of.steps)
      for (const Expectation& expected : step.expectations) {
        if (expected.name == "error") continue;
        if (const auto hint = unknown_outcome(*library_, expected.name))
          outcome_.errors.push_back(Error{Code::expectation_unknown,
                                          fmt::format("{}:{}", of.file, expected.line),
                                          expected.name,
                                          {*hint, ""}});
      }
  }

  // The reader's checks hold for a case as well; accumulators of both forms may stand side by side here, so
  // they are left out there.
  Checked<const Settled*> settle(Bill bill) {
    Bill checked = bill;
    checked.accumulators.clear();
    if (auto sound = read_bill(write_bill(checked)); !sound) return std::unexpected(std::move(sound.error()));
    return clerk_.settle(library_, std::move(bill));
  }

  void compare(const CaseStep& step, const Checked<const Settled*>& settled) {
    bool error_expected = false;
    outcome_.amounts.emplace_back();
    for (const Expectation& expected : step.expectations) {
      if (expected.name == "error") {
        error_expected = true;
        compare_error(expected, settled);
      } else if (settled) {
        compare_value(expected, **settled);
      }
    }
    if (settled || error_expected) return;
    for (const Error& error : settled.error())
      outcome_.amounts.back().push_back("error " + std::string(tag(error.code)));
    for (Error error : settled.error()) {
      const std::size_t row = row_of(step, error.place);
      if (row != 0) error.place.clear();  // the row of the case file says it
      outcome_.findings.push_back({row == 0 ? step.line : row, "", "", to_text(error, language_)});
    }
  }

  // "/lines/3/amount" is the fourth `line`, "/facts/level" the `fact` that gives it, also one of an earlier bill;
  // 0: no row of the case file says this.
  static std::size_t row_of(const CaseStep& step, std::string_view place) {
    const auto behind = [&](std::string_view start) {
      return place.starts_with(start)
                 ? place.substr(start.size(), place.find('/', start.size()) - start.size())
                 : std::string_view{};
    };
    if (const std::string_view number = behind("/lines/"); !number.empty()) {
      std::size_t index = 0;
      const auto read = std::from_chars(number.data(), number.data() + number.size(), index);
      return read.ec == std::errc{} && index < step.line_rows.size() ? step.line_rows[index] : 0;
    }
    if (place.starts_with("/visit")) return step.date_row;
    if (place.starts_with("/accumulators")) return step.given_row;
    const auto fact = step.fact_rows.find(behind("/facts/"));
    return fact == step.fact_rows.end() ? 0 : fact->second;
  }

  void compare_error(const Expectation& expected, const Checked<const Settled*>& settled) {
    std::string found;
    if (!settled) {
      for (const Error& error : settled.error()) {
        if (tag(error.code) == expected.value || name(error.code) == expected.value) {
          outcome_.amounts.back().push_back("error " + expected.value);
          return;
        }
        found += std::string(found.empty() ? "" : ", ") + std::string(tag(error.code));
      }
    }
    outcome_.findings.push_back({expected.line, "error", expected.value, found.empty() ? "-" : found});
  }

  void compare_value(const Expectation& expected, const Settled& settled) {
    const auto found = outcome_value(settled, expected.name);
    if (found) outcome_.amounts.back().push_back(expected.name + " " + *found);
    if (!found)
      outcome_.findings.push_back({expected.line, expected.name, expected.value, "?"});
    else if (!same_value(expected.value, *found))
      outcome_.findings.push_back({expected.line, expected.name, expected.value, *found});
  }

  const LibraryPointer& library_;
  Clerk& clerk_;
  Language language_;
  CaseOutcome outcome_;
};

}  // namespace

std::vector<AccumulatorRow> carried_over(const Settled& settled, std::vector<AccumulatorRow> before) {
  for (std::size_t r = 0; r < settled.assessment.row_count; ++r) {
    AccumulatorRow row = carried_row(settled, settled.assessment.rows[r]);
    std::erase_if(before, [&](const AccumulatorRow& old) {
      return old.first_part ? old.group == row.group : same_key(old, row);
    });
    before.push_back(std::move(row));
  }
  return before;
}

CaseOutcome run_case(const Case& of, const LibraryPointer& library, Clerk& clerk, Language language) {
  return CaseRun(library, clerk, language).run(of);
}

}  // namespace fenming
