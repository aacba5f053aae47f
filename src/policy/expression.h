// Expression: the text of a slot as a tree (policy-calculus.md section 7). Only the grammar is known here; names, types and scales
// are the compiler's (compile.h), which writes its findings into `typed`.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.h"
#include "policy/plan.h"

namespace fenming {

struct Symbol;

struct Expr {
  enum class Kind : std::uint8_t {
    money,
    ratio,
    integer,
    dec,
    date,
    code,
    truth,  // constants
    name,
    index,  // index: args are the keys
    neg,
    lnot,
    binary,
    branch,
    extreme,
    round,
    fold  // branch: condition, then, else; round: value [, step]; fold: set
  };
  Kind kind = Kind::integer;
  Op op = Op::add;       // binary, extreme (min, max), fold (sum_of, max_of)
  bool divides = false;  // binary "/"
  bool has_mode = false;
  Rounding mode = Rounding::half_up;  // round
  std::string text;                   // name, code, table of index or fold
  Wide value = 0;                     // constants, at `places`
  std::uint8_t places = 0;
  std::int32_t begin = 0, end = 0;  // code points of the scalar
  std::vector<std::unique_ptr<Expr>> args;

  struct Typing {  // filled by the compiler
    Type type = Type::money;
    std::uint32_t domain = 0;
    std::uint8_t scale = 0;
    Wide low = 0, high = 0;    // interval at `scale`
    Slot source;               // name: reg, line or the band's ratio (Kind::code with index 0)
    bool may_be_none = false;  // then only compared, chosen (min, max, max_of, if) or used as a limit
  } typed;
};

using ExprPtr = std::unique_ptr<Expr>;

inline constexpr std::size_t expression_bytes_max = 4096;
inline constexpr int expression_depth_max = 48;

// What is wrong and the rest of the text where it went wrong; the caller adds the place.
struct ExpressionProblem {
  Code code = Code::expression_malformed;
  std::string what, at;
};
std::expected<ExprPtr, ExpressionProblem> parse_expression(std::string_view text);

bool is_name(
    std::string_view text);  // letters, digits, _, other languages' letters; no digit first; one part

}  // namespace fenming
