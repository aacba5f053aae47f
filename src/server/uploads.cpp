#include "server/uploads.h"

#include <algorithm>
#include <iterator>

namespace fenming {
namespace {

constexpr bool person = true, withdraw = true;

constexpr Upload table[] = {
    {"2306", "2306", "bkkp_sn", person, false, "", Upload::Rests::visit},
    {"2406", "2406", "=", person, false, "IptPsnSpFlagRegOut.ipt_psn_sp_flag_detl_id", Upload::Rests::visit},
    {"25001", "25001", "=", person},
    {"25003", "25003", "=", person},
    {"2501", "2501", "=", person, false, "result.trt_dcla_detl_sn"},
    {"2501A", "2501", "=", person, false, "result.trt_dcla_detl_sn"},
    {"2502", "2501", "trt_dcla_detl_sn", person, withdraw, "result.trt_dcla_detl_sn"},
    {"2503", "2503", "=", person, false, "result.trt_dcla_detl_sn"},
    {"2504", "2503", "trt_dcla_detl_sn", person, withdraw},
    {"2505", "2505", "=", person, false, "result.trt_dcla_detl_sn"},
    {"2506", "2505", "trt_dcla_detl_sn", person, withdraw},
    {"2507", "2507", "=", person, false, "result.trt_dcla_detl_sn"},
    {"3103", "3103", "warn_rslt_id"},
    {"3301", "3301", "fixmedins_hilist_id"},
    {"3302", "3301", "fixmedins_hilist_id med_list_codg", false, withdraw},
    {"3360", "3301", "fixmedins_hilist_id", false, withdraw},
    {"3401", "3401", "hosp_dept_codg"},
    {"3401A", "3401", "hosp_dept_codg"},
    {"3402", "3401", "hosp_dept_codg"},
    {"3403", "3401", "hosp_dept_codg", false, withdraw},
    {"3461", "3461", "hosp_bed_no"},
    {"3462", "3461", "hosp_bed_no"},
    {"3463", "3461", "hosp_bed_no", false, withdraw},
    {"3467", "3467", "dr_codg"},
    {"3468", "3467", "dr_codg"},
    {"3469", "3467", "dr_codg", false, withdraw},
    {"3501", "3501", "fixmedins_bchno fixmedins_hilist_id"},
    {"3501A", "3501", "fixmedins_bchno fixmedins_hilist_id"},
    {"3502", "3502", "fixmedins_bchno"},
    {"3502A", "3502", "fixmedins_bchno"},
    {"3503", "3503", "fixmedins_bchno"},
    {"3503A", "3503", "fixmedins_bchno"},
    {"3504", "3503", "fixmedins_bchno"},
    {"3504A", "3503", "fixmedins_bchno"},
    {"3505", "3505", "fixmedins_bchno"},
    {"3505A", "3505", "fixmedins_bchno"},
    {"3506", "3505", "fixmedins_bchno"},
    {"3506A", "3505", "fixmedins_bchno"},
    {"4101", "4101", "setl_id", person, false, "data.setl_list_id", Upload::Rests::settlement},
    {"4101A", "4101", "setl_id", person, false, ".setl_list_id", Upload::Rests::settlement},
    {"4201", "4201", "mdtrt_sn mdtrt_id"},
    {"4201A", "4201A", "fixmedins_mdtrt_id"},
    {"4202", "4202", "fixmedins_mdtrt_id"},
    {"4203", "4203", "fixmedins_mdtrt_id"},
    {"4205", "4205", "fixmedins_mdtrt_id"},
    {"4206", "4205", "fixmedins_mdtrt_id", false, withdraw},
    {"4301", "4301", "mdtrt_sn"},
    {"4302", "4302", "mdtrt_sn"},
    {"4401", "4401", "mdtrt_sn"},
    {"4402", "4402", "mdtrt_sn"},
    {"4402A", "4402", "mdtrt_sn"},
    {"4501", "4501", "rpotc_no mdtrt_sn"},
    {"4502", "4502", "rpotc_no mdtrt_sn"},
    {"4503", "4503", "rpotc_no mdtrt_sn"},
    {"4504", "4504", "rpotc_no mdtrt_sn"},
    {"4505", "4505", "palg_no mdtrt_sn"},
    {"4506", "4506", "appy_no mdtrt_sn"},
    {"4601", "4601", "mdtrt_sn"},
    {"4602", "4602", "mdtrt_sn"},
    {"4701", "4701", "mdtrt_sn"},
    {"90201", "90201", "=", person, false, "result.trt_dcla_detl_sn"},
    {"90202", "90202", "=", person, false, "result.trt_dcla_detl_sn"},
    {"90203", "90203", "=", person, false, "result.trt_dcla_detl_sn"},
};
static_assert(std::ranges::is_sorted(table, {}, &Upload::infno));

}  // namespace

std::span<const Upload> uploads() { return table; }

const Upload* find_upload(std::string_view infno) {
  const auto found = std::ranges::lower_bound(table, infno, {}, &Upload::infno);
  return found == std::end(table) || found->infno != infno ? nullptr : found;
}

std::string_view family_of(std::string_view infno) {
  const Upload* upload = find_upload(infno);
  if (upload != nullptr) return upload->family;
  return infno == "4102" ? "4101" : infno;
}

FilledField first_filled(const Request& request, std::string_view fields) {
  FilledField found;
  while (!fields.empty()) {
    const std::size_t blank = fields.find(' ');
    const std::string_view field = fields.substr(0, blank);
    fields = blank == std::string_view::npos ? std::string_view() : fields.substr(blank + 1);
    for (const WireNode& node : request.transaction().input) {
      const std::vector<WireRow> rows = request.rows(node.name);
      if (rows.empty()) continue;
      if (found.field.empty() && find_field(node, field) != nullptr)
        found = {rows.front(), field, {}, rows.size()};
      if (rows.front().has(field)) return {rows.front(), field, rows.front().text(field), rows.size()};
    }
  }
  return found;
}

}  // namespace fenming
