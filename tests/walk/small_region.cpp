#include "walk/small_region.h"

#include <fmt/format.h>

namespace fenming::walk {
namespace {

constexpr const char* region_text = R"YAML(region: 880099
name: 步行市
source: 《步行市基本医疗保险办法》（虚构）
corrections: {{cancel: {cancel}, late: {late}}}
facts:
  visit: {{type: [outpatient, pharmacy, inpatient], default: outpatient}}
  scheme: {{type: [employees, residents], default: employees}}
  aid: {{type: [ordinary, low_income, destitute], default: ordinary}}
  level: {{type: [L1, L2, L3], default: L2}}
  urgent: {{type: bool, default: no}}
  account: {{type: money, default: 0}}
  family: {{type: money, default: 0}}
  stay: {{type: id}}
keep:
  {keep}
funds:
  pool: {{field: hifp_pay, zh: 统筹基金, en: pooled fund}}
  illness: {{field: hifmi_pay, zh: 大病保险, en: serious illness}}
  aid: {{field: maf_pay, zh: 医疗救助, en: aid}}
lines:
  prepay: {{by: class, A: 0%, B: 10%, C: 0%}}
  pot: if class == 'C' then 'out' else 'eligible'
)YAML";

constexpr const char* keep_texts[] = {
    R"YAML(year: {per: [year, scheme], of: {deductible: money, base: money, pooled: money, own: money, bills: int}}
  help: {per: [year], of: {aid: money, own: money}}
  month: {per: [month], of: {entered: money, own: money}}
  same_stay: {per: [stay], of: {deductible: money, entered: money}})YAML",
    R"YAML(same_stay: {per: [stay], of: {entered: money, deductible: money}}
  month: {per: [month], of: {own: money, entered: money}}
  help: {per: [year], of: {aid: money, own: money}}
  year: {per: [year, scheme], of: {bills: int, own: money, pooled: money, base: money, deductible: money}})YAML"};

constexpr const char* outpatient_text = R"YAML(policy: outpatient
in_force: 2024-01-01..
known: 2023-12-01
for: visit == 'outpatient'
steps:
  - layer: clinic
    fund: pool
    base: eligible
    limit: {{limit: {limit}, used: month.entered}}
    deductible: {{limit: {deductible}, used: year.deductible}}
    at: year.base
    bands: [{{to: 300, ratio: {{since: {{2024-01-01: 50%, 2026-03-08: 53%}}}}}}, {{to: 600, ratio: 60%}}, {{ratio: 71%}}]
    adjust: "ratio + (if level == 'L1' then 7% else 0%) + (if urgent then 5% else 0%) - (if scheme == 'residents' then 12% else 0%)"
    cap: {{limit: {cap}, used: year.pooled}}
    add: {{month.entered: base - over, year.deductible: deductible, year.base: covered, year.pooled: paid, year.bills: 1}}
  - layer: relief
    fund: aid
    who: aid != 'ordinary'
    base: eligible - clinic.paid
    ratio: {{by: aid, ordinary: 0%, low_income: 60%, destitute: 100%}}
    cap: {{limit: {aid_cap}, used: help.aid}}
    add: {{help.aid: paid}}
  - {{layer: goodwill, fund: provider, who: aid == 'destitute' and level == 'L1', base: left, ratio: 10%, cap: 20}}
  - {{layer: own_account, fund: account, base: left, ratio: 100%, cap: account}}
  - {{layer: family_account, fund: family, base: left, ratio: 100%, cap: family}}
)YAML";

// The month's deductible counts towards the year's of the second layer, and beyond it nothing is left for that.
constexpr const char* pharmacy_text = R"YAML(policy: pharmacy
in_force: 2024-01-01..
known: 2023-12-01
for: visit == 'pharmacy'
steps:
  - layer: shop
    fund: pool
    who: level == 'L1'
    base: eligible
    deductible: {limit: 90, used: month.own}
    ratio: 100%
    add: {month.own: deductible}
  - layer: chronic
    fund: illness
    base: left - out
    deductible: {limit: 120, used: help.own}
    ratio: {by: aid, ordinary: 40%, low_income: 50%, destitute: 30%}
    add: {help.own: deductible}
  - {layer: own_account, fund: account, base: left, ratio: 100%, cap: account}
  - {layer: family_account, fund: family, base: left, ratio: 100%, cap: family}
)YAML";

constexpr const char* inpatient_text = R"YAML(policy: inpatient
in_force: 2024-01-01..
known: 2023-12-01
for: visit == 'inpatient'
steps:
  - layer: ward
    fund: pool
    base: eligible
    deductible: {{limit: {{by: year.bills, 0..2: 200, else: 120}}, used: same_stay.deductible}}
    at: same_stay.entered
    bands: [{{to: 500, ratio: 60%}}, {{ratio: 80%}}]
    cap: {{limit: {cap}, used: year.pooled}}
    add: {{same_stay.deductible: deductible, same_stay.entered: base, year.pooled: paid, year.bills: 1}}
  - layer: illness
    base: eligible - ward.paid
    deductible: {{limit: 150, used: year.own}}
    ratio: 50%
    add: {{year.own: base}}
  - layer: relief
    fund: aid
    who: aid != 'ordinary'
    base: eligible - ward.paid - illness.paid
    ratio: {{by: aid, ordinary: 0%, low_income: 60%, destitute: 100%}}
    cap: {{limit: {aid_cap}, used: help.aid}}
    add: {{help.aid: paid}}
  - {{layer: own_account, fund: account, base: left, ratio: 100%, cap: account}}
  - {{layer: family_account, fund: family, base: left, ratio: 100%, cap: family}}
)YAML";

}  // namespace

std::vector<SourceFile> small_region(const Corrections& corrections, int release) {
  const bool first = release == 0;
  const int cap = first ? 400 : 350, aid_cap = first ? 150 : 180, limit = first ? 250 : 220,
            deductible = first ? 100 : 90;
  return {{"region.yaml",
           fmt::format(region_text, fmt::arg("cancel", corrections.cancel),
                       fmt::arg("late", corrections.late), fmt::arg("keep", keep_texts[first ? 0 : 1]))},
          {"inpatient.yaml", fmt::format(inpatient_text, fmt::arg("cap", cap), fmt::arg("aid_cap", aid_cap))},
          {"outpatient.yaml", fmt::format(outpatient_text, fmt::arg("cap", cap), fmt::arg("aid_cap", aid_cap),
                                          fmt::arg("limit", limit), fmt::arg("deductible", deductible))},
          {"pharmacy.yaml", pharmacy_text}};
}

}  // namespace fenming::walk
