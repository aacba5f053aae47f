// SampleMessage: a message of any transaction made from its tables alone: right, or wrong at one field. For tests, the sandbox and
// the examples of the OpenAPI document.
#pragma once

#include <string>
#include <string_view>

#include "base/json_out.h"
#include "protocol/interface.h"

namespace fenming {

enum class Fault : std::uint8_t { none, left_out, bad_code, too_long };

struct SampleFault {
  const WireNode* node = nullptr;
  const WireField* field = nullptr;
  Fault fault = Fault::none;
};

// The first field of the input at which a message can be wrong in that way; field is nullptr when there is none.
SampleFault find_fault(const Transaction& transaction, Fault fault);

std::string sample_message(const Transaction& transaction, const SampleFault& fault = {});
std::string sample_input(const Transaction& transaction,
                         const SampleFault& fault = {});    // the value of `input`
std::string sample_output(const Transaction& transaction);  // the value of `output`
void sample_value(JsonOut& out, const WireField& field);

}  // namespace fenming
