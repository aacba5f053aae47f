// The fields in which the national interface tells what funds pay, in its order (spec/nhsa, setlinfo of 2102, 2207, 2304). Each fund of a
// region's library is told in one of them: the library names it (`field: hifmi_pay`), else it is the last.
#pragma once

#include <array>
#include <string_view>

namespace fenming {

inline constexpr std::array<std::string_view, 8> fund_fields = {
    "hifp_pay", "cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "hifdm_pay", "maf_pay", "oth_pay"};

}  // namespace fenming
