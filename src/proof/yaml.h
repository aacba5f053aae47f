// The text of a library file to a list of documents. The rules of decision 0001 no. 12 are kept here once
// more: what the engine refuses to read is no proof either.
#pragma once

#include <string>

#include "model/error.h"
#include "proof/tree.h"

namespace fenming {

inline constexpr std::size_t proof_yaml_bytes_max = std::size_t{8} << 20;
inline constexpr std::size_t proof_yaml_nodes_max = 200'000;
inline constexpr std::size_t proof_yaml_depth_max = 64;

Result<ProofTree> read_proof_yaml(const std::string& file, const std::string& text);

}  // namespace fenming
