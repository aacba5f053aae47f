// Messages: bills and stays as the inputs of the national interface. None says insutype: the register knows it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/command.h"

namespace fenming {

std::string person_input(std::string_view psn_no);                            // 1101 by psn_no
std::string purchase_input(const Settle& sale);                               // 2101, 2102
std::string registration_input(const Settle& sale, std::string_view number);  // 2201
std::string visit_input(const Settle& sale, std::string_view mdtrt_id, std::string_view med_type);  // 2203
std::string lines_input(std::string_view psn_no, std::string_view mdtrt_id, std::string_view batch,
                        const std::vector<FeeLine>& lines);  // 2204, 2301
std::string settle_input(const Settle& sale, std::string_view mdtrt_id, std::string_view batch,
                         std::string_view med_type);                                        // 2206, 2207
std::string admission_input(std::string_view psn_no, Date day, std::string_view number);    // 2401
std::string discharge_input(std::string_view psn_no, std::string_view mdtrt_id, Date day);  // 2402
std::string stay_input(std::string_view psn_no, std::string_view mdtrt_id, Money total,
                       bool interim);  // 2303, 2304
std::string cancel_input(std::string_view psn_no, std::string_view mdtrt_id, std::string_view setl_id);
std::string refund_input(std::string_view psn_no, std::string_view setl_id, const FeeLine& line,
                         Money amount);
std::string reverse_input(std::string_view psn_no, std::string_view infno, std::string_view msgid);

}  // namespace fenming
