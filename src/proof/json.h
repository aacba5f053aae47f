// JSON text to ProofTree. Doubled keys, unsound UTF-8, exponents and anything beyond the limits are refused.
#pragma once

#include <string_view>

#include "model/error.h"
#include "proof/tree.h"

namespace fenming {

inline constexpr std::size_t proof_json_bytes_max = std::size_t{64} << 20;
inline constexpr std::size_t proof_json_values_max = 4'000'000;
inline constexpr std::size_t proof_json_keys_max = 4096;  // of one object
inline constexpr int proof_json_depth_max = 32;

Result<ProofTree> read_proof_json(std::string_view text);

}  // namespace fenming
