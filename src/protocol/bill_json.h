// bill_json: the text of a bill (docs/bill-format.md) becomes a Bill. Everything that can be wrong without
// knowing the region's policy is found here: shapes, sizes, dates, sums, refunds. All problems are reported,
// each with its JSON pointer; never a part of a bill. Whatever the bytes are, this returns.
#pragma once

#include <cstddef>
#include <string_view>

#include "model/bill.h"
#include "model/error.h"
#include "protocol/json.h"

namespace fenming {

struct BillLimits {  // laws.md 10: defaults, each a setting
  JsonLimits json;
  std::size_t lines = 1000;
  std::size_t id_characters = 64, text_characters = 200;
  std::size_t errors = 20;  // reported at once
};

// `reader` only lends its buffers.
Checked<Bill> read_bill(std::string_view text, JsonReader& reader, const BillLimits& limits = {});
Checked<Bill> read_bill(std::string_view text, const BillLimits& limits = {});

}  // namespace fenming
