#include "server/transactions.h"

#include <algorithm>
#include <iterator>

namespace fenming {
namespace {

constexpr Handling table[] = {{"1101", read_person, false, true},
                              {"2001", check_benefits},
                              {"2101", try_purchase},
                              {"2102", settle_purchase},
                              {"2103", cancel_settlement},
                              {"2201", register_visit},
                              {"2202", cancel_registration},
                              {"2203", upload_visit},
                              {"2203A", upload_visit},
                              {"2204", upload_lines},
                              {"2205", withdraw_lines},
                              {"2206", try_visit},
                              {"2206A", try_visit},
                              {"2207", settle_visit},
                              {"2207A", settle_visit},
                              {"2208", cancel_settlement},
                              {"2301", upload_lines},
                              {"2302", withdraw_stay_lines},
                              {"2303", try_visit},
                              {"2304", settle_visit},
                              {"2305", cancel_settlement},
                              {"2401", admit},
                              {"2402", discharge},
                              {"2403", change_stay},
                              {"2404", cancel_admission},
                              {"2405", cancel_discharge},
                              {"2601", reverse_message},
                              {"5201", query_visits},
                              {"5203", query_settlement},
                              {"5204", query_lines},
                              {"5206", query_totals},
                              {"5301", query_diseases},
                              {"5303", query_stays},
                              {"9001", sign_in, true, true},
                              {"9002", sign_out, true, true}};
static_assert(std::ranges::is_sorted(table, {}, &Handling::infno));

}  // namespace

std::span<const Handling> handlings() { return table; }

const Handling* find_handling(std::string_view infno) {
  const auto found = std::ranges::lower_bound(table, infno, {}, &Handling::infno);
  return found == std::end(table) || found->infno != infno ? nullptr : found;
}

}  // namespace fenming
