// Answer: the envelope of the answer around a result. A function of its arguments alone, so that a repeat gives the same bytes
// (laws.md 5): its id and times come from the record.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/json_out.h"
#include "model/error.h"
#include "protocol/charset.h"

namespace fenming {

struct AnswerHead {
  std::string_view region;  // six digits
  Instant received, answered;
  std::uint64_t serial = 0;  // of the record, or of the node's own counter
};

// inf_refmsgid = region (6) + yyyyMMddHHmmss (14) + serial (10).
std::string refmsgid(const AnswerHead& head);

// infcode 0; `output` is JSON made elsewhere, empty: null.
std::string answer_text(const AnswerHead& head, std::string_view output);
// infcode -1, err_msg "[WIR-006] 字段…" in at most 200 characters: the first errors, further ones counted. `language`: the caller's.
std::string refusal_text(const AnswerHead& head, std::span<const Error> errors,
                         Language language = Language::zh);

}  // namespace fenming
