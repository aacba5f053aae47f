// Reads the region part of a library: facts, calendar, funds, pots, accumulators. Knows nothing of steps.
#pragma once

#include <string_view>

#include "policy/problems.h"
#include "policy/scope.h"

namespace fenming {

// `text` is region.yaml's first document, the national base already merged in (base.h).
Region read_region(const TextNode& text, Problems& problems);

// One constant of a given type as it stands alone in a cell: "1300.00" (money), "85%", "3", "2023-01-01", "yes", a member's name. The
// value at stored_scale(type), or nothing.
std::optional<std::int64_t> parse_cell(std::string_view text, Type type, const Domain* domain);

std::string type_text(Type type, const Domain* domain);  // "money", "one of L1, L2, L3": for messages
std::optional<Type> plain_type(std::string_view name);   // money ratio int dec date bool id
Rounding read_rounding(const TextNode& node);

Scope region_scope(const Region& region);  // facts and calendar
void add_line_fields(Scope& scope, const Region& region);
void add_accumulators(Scope& scope, const Region& region);
void add_totals(Scope& scope, const Region& region);  // total over out prepay, pots

}  // namespace fenming
