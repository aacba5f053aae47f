// Plan: a policy compiled to flat tables that one function runs (engine.h). Region: what all policies of a region share.
// Every value is an int64: money in fen, ratio and dec in millionths inside a register, int as is, date in days, bool 0 or 1, code
// as index into its domain, set as bit mask. Inside an expression each node has a static scale (decimal places).
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/date.h"
#include "money/decimal.h"

namespace fenming {

enum class Type : std::uint8_t { money, ratio, integer, dec, date, boolean, code, set, id };

// `none` in a slot of meters or a listed limit: not there. Above every amount that can occur.
inline constexpr std::int64_t none_fen = std::numeric_limits<std::int64_t>::max() / 4;

// What an accumulator may hold, both ways; a bill that brings more is refused, and so is one that would leave more.
constexpr std::int64_t accumulator_max(Type type) {
  return type == Type::integer ? 1'000'000 : money_fen_max * 100;
}

struct Labels {
  std::string zh, en;  // empty: the name itself is shown
};

// Where a constant of the library stands: file, JSON pointer inside it (first part: number of the document), characters.
struct Place {
  std::uint32_t file = 0;
  std::string path;
  std::int32_t begin = -1, end = -1;  // code points of the scalar's text; -1: all of it
  std::int32_t line = 0, column = 0;  // for messages, from 1
};

struct Constant {
  __extension__ __int128 value = 0;  // at `scale`
  std::uint8_t scale = 0;
  Type type = Type::money;
  std::uint32_t domain = 0;
  Place place;
};

struct Domain {  // the members of a code
  std::string name;
  std::vector<std::string> members;  // at most 16 for facts
};

struct Fact {
  std::string name;
  Type type = Type::boolean;
  std::uint32_t domain = 0;        // code, set
  std::int64_t low = 0, high = 0;  // allowed values, both ends
  bool has_default = false;
  std::int64_t default_value = 0;
  Place default_place;  // file 0 and empty path: built in (decision 0001 no. 6)
  Labels labels;
};

// The first of Region::line_fields, in every region.
enum LineField : std::uint32_t {
  line_amount,
  line_quantity,
  line_price,
  line_date,
  line_listed_limit,
  first_column
};

struct Group {  // accumulators with one key
  struct Member {
    std::string name;
    Type type = Type::money;
    std::uint32_t reg = 0;
  };
  std::string name;
  std::vector<std::uint32_t> key;  // registers of facts
  std::vector<Member> members;
};

enum class FundRole : std::uint8_t { fund, account, family, provider };
struct Fund {
  std::string name, field;  // national field: hifp_pay ...
  FundRole role = FundRole::fund;
  Labels labels;
};

enum class PickDate : std::uint8_t { discharge, service, settle };

struct FileDigest {
  std::string file, digest;
};

struct Region {
  std::string code, name, base;
  Labels labels;
  std::string article, source;
  std::vector<FileDigest> files;
  std::vector<Domain> domains;
  std::vector<Fact> facts;        // registers 0 ..
  std::vector<Fact> line_fields;  // LineField, class, kind, source, then declared columns
  std::vector<Group> groups;
  std::vector<std::string> pots;
  std::vector<Fund> funds;
  Rounding rounding = Rounding::half_up;
  std::int32_t year_month = 1, year_day = 1;
  PickDate year_by = PickDate::discharge, lines_by = PickDate::discharge, layers_by = PickDate::discharge;
  std::int64_t tolerance_fen = 1;  // of amount against quantity x price, per line
  std::string cancel = "last_first", late = "gains";
  std::int32_t visit_fact = -1;                 // the fact filled from Bill::visit_kind
  std::uint32_t pot_domain = 0;                 // the pots, then `out`
  std::int32_t class_field = -1, class_c = -1;  // for the pot of a policy that names none: class C leaves

  // Registers after the facts, in this order.
  std::uint32_t year() const { return static_cast<std::uint32_t>(facts.size()); }
  std::uint32_t quarter() const { return year() + 1; }
  std::uint32_t month() const { return year() + 2; }
  std::uint32_t period() const { return year() + 3; }
  std::uint32_t days() const { return year() + 4; }
  std::uint32_t from() const { return year() + 5; }
  std::uint32_t to() const { return year() + 6; }
  std::uint32_t settle() const { return year() + 7; }
  std::uint32_t first_accumulator() const { return year() + 8; }
  std::uint32_t total = 0;  // total, over, out, prepay, pots ..., charged, left
  std::uint32_t over() const { return total + 1; }
  std::uint32_t out() const { return total + 2; }
  std::uint32_t prepay() const { return total + 3; }
  std::uint32_t first_pot() const { return total + 4; }
  std::uint32_t charged() const { return first_pot() + static_cast<std::uint32_t>(pots.size()); }
  std::uint32_t left() const { return charged() + 1; }
  std::uint32_t register_count() const { return left() + 1; }
};

// ---- A plan -----------------------------------------------------------------------------------------------------------

struct Slot {  // one value to compute
  enum class Kind : std::uint8_t { none, constant, reg, line, table, code };
  Kind kind = Kind::none;
  std::uint8_t scale = 0;  // of the value it gives
  std::uint32_t index = 0;
};

enum class Op : std::uint8_t {
  constant,
  reg,
  line,
  table,
  ratio,    // push; ratio: the band's own ratio, inside adjust
  rescale,  // top x 10^arg: same number, more places
  add,
  sub,
  mul,
  neg,
  min,
  max,
  lt,
  le,
  gt,
  ge,
  eq,
  ne,
  in,
  land,
  lor,
  lnot,  // land, lor: jump to arg when the top decides alone, else go on to the right side
  land_end,
  lor_end,  // joins both sides
  branch,
  branch_else,
  branch_end,  // if: jump to arg when the top is no; jump to arg = after the end
  round,
  round_step,  // arg: constant of the step; without a step: to the places of `scale`
  quotient,
  quotient_step,  // dividend, divisor; in the same way
  sum_of,
  max_of  // arg: table; pops the set
};

struct Instruction {
  Op op = Op::add;
  std::uint8_t scale = 0;  // of the result
  Rounding mode = Rounding::half_up;
  Type type = Type::money;  // of the result
  std::int8_t places =
      0;  // round, round_step: decimal places dropped; quotient: power of ten on the dividend
  std::uint32_t arg = 0;
};

inline constexpr int stack_max = 128;  // values one expression may need at a time

struct CodeRange {
  std::uint32_t begin = 0, end = 0;  // in Plan::instructions
};

struct TableKey {  // one level of `by`
  Slot key;
  Type type = Type::code;
  bool ranges = false;  // true: `bounds` holds the upper ends of the rows, rising, at the key's scale
  std::uint32_t first_bound = 0, count = 0;  // rows of this level
  std::uint32_t stride = 1;
  std::int64_t low = 0;  // of ranges: below it there is no row (a counter set back below 0)
};

struct Table {  // cells[sum of row x stride]; a since-table is resolved when the plan is built
  std::uint32_t first_key = 0, key_count = 0, first_cell = 0, cell_count = 0;
  std::uint8_t scale = 0;
  Type type = Type::money;
  Place place;
};

struct Meter {
  Slot limit, used;  // kind none: not given
};
struct Meters {
  std::uint32_t first = 0, count = 0;
};

struct Band {
  Slot to, ratio;  // `to` of the last: none
};
struct BandList {
  std::uint32_t first = 0, count = 0;
};

struct Write {
  std::uint32_t reg = 0;  // of the accumulator
  Type type = Type::money;
  Slot amount;
};

// What a layer leaves in the registers from LayerPlan::reg on.
enum LayerCell : std::uint32_t {
  cell_base,
  cell_over,
  cell_deductible,
  cell_covered,
  cell_after,
  cell_paid,
  cell_consumed,
  cell_cut,
  layer_cells
};

struct LayerPlan {
  std::string name, article;
  Labels labels;
  Place place;
  std::uint32_t fund = 0, reg = 0;  // reg: of the first LayerCell
  Slot who, base, at, bands,
      adjust;  // bands: constant or table of indices into Plan::band_lists; none: no bands
  Meters limit, deductible, after, cap;
  std::uint32_t first_write = 0, write_count = 0;
  std::uint8_t ratio_scale = 0, adjusted_scale = 0;
  bool uses_consumed = false;  // somebody reads it; else it is computed for the trace and the answer only
};

struct Step {
  bool layer = false;
  std::uint32_t index = 0;  // in Plan::layers or Plan::lets
};

struct Let {
  std::string name, article;
  Labels labels;
  Type type = Type::money;
  std::uint32_t domain = 0, reg = 0;
  Slot value;  // money is rounded to fen when its scale is above 2
  Place place;
};

struct RowUse {  // a row of a table or of `since`, for the library check
  std::string key;
  Place place;
  bool reached = false;  // some key, or the plan's date, leads to it
};

struct Plan {
  Date from, to;             // the stretch it is built for, both ends belong
  Slot applies;              // `for`
  Slot charged, split_days;  // none: total; no cutting
  bool split_year_end = false;
  Slot line_limit, line_prepay, line_pot;
  std::string limit_article, prepay_article, pot_article;  // of the `lines` that gave the slot
  std::int32_t pot_field =
      -1;  // line_pot depends on this code of the line alone: pot_of its members (pot_table.h)
  std::vector<std::int64_t> pot_of;
  std::vector<Step> steps;
  std::vector<Let> lets;
  std::vector<LayerPlan> layers;
  std::uint32_t register_count = 0;
  bool narrow = false;                    // every intermediate fits 63 bits
  std::vector<std::uint32_t> facts_read;  // by steps, lines, keys (not `for`)
  std::vector<std::uint32_t> facts_for;
  std::vector<std::uint32_t> groups_used;                        // accumulators read or written
  std::vector<std::uint32_t> account_balances, family_balances;  // facts; none: not bounded (balances.h)

  std::vector<Constant> constants;
  std::vector<std::int64_t> constant_values;  // the same, narrow; 0 where one needs 128 bits
  std::vector<Instruction> instructions;
  std::vector<CodeRange> codes;
  std::vector<Table> tables;
  std::vector<TableKey> keys;
  std::vector<std::int64_t> bounds;
  std::vector<Slot> cells;
  std::vector<Meter> meters;
  std::vector<Band> bands;
  std::vector<BandList> band_lists;
  std::vector<Write> writes;
  std::vector<RowUse> rows;
};

}  // namespace fenming
