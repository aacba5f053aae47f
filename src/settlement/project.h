// project: a decision as rows of the views (docs/tables.md). Pure: rebuild gives the same rows.
#pragma once

#include "model/decision.h"
#include "store/views.h"

namespace fenming {

// `record_bytes`: size of the record. Texts are copied into `rows`.
void project(std::uint64_t position, const Decision& decision, std::size_t record_bytes, ViewRows& rows);

}  // namespace fenming
