// Compile: the text of one policy version becomes a Plan, for one stretch of dates. Everything that can be decided without a bill is
// decided here: names, types, units, scales, intervals, rows of tables. Nothing is evaluated.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "policy/expression.h"
#include "policy/problems.h"
#include "policy/scope.h"

namespace fenming {

struct PolicyText {  // one document with what it may fall back on
  const TextNode* document = nullptr;
  std::vector<const TextNode*> tables;  // maps name -> table, the policy's own first
  std::vector<const TextNode*> lines;   // maps limit, prepay, pot; own first
};

// The plan that holds on `date`. Problems are added; the plan is usable only when there are none.
Plan compile_plan(const Region& region, const PolicyText& text, Date date, Problems& problems);

// Days named by `since` anywhere below a node: the plan changes there.
void collect_since_dates(const TextNode& node, std::set<Date>& days);

// ---- inside: shared by compile_expression.cpp, compile_emit.cpp, compile_value.cpp, compile_policy.cpp -------------------------------------

struct Want {  // what a slot asks for
  Type type = Type::money;
  std::uint32_t domain = 0;
  bool allow_none = false;
};

struct Compiled {  // a slot and what is known of its value
  Slot slot;
  Type type = Type::money;
  std::uint32_t domain = 0;
  std::uint8_t scale = 0;
  Wide low = 0, high = 0;
  bool may_be_none = false;
};

// Intervals are kept below 127 bits, with room for one more place.
inline constexpr Wide wide_max = power_of_ten(37);  // below 127 bits with room for one rescale check

inline std::optional<Wide> product(Wide a, Wide b) {
  Wide result = 0;
  if (__builtin_mul_overflow(a, b, &result) || result > wide_max || result < -wide_max) return std::nullopt;
  return result;
}

inline Wide rescaled(Wide value, int places) {
  const auto result = product(value, power_of_ten(places));
  if (result) return *result;
  return value < 0 ? -wide_max : wide_max;
}

class PlanBuilder {
 public:
  PlanBuilder(const Region& region, const PolicyText& text, Date date, Problems& problems)
      : region_(region), text_(text), date_(date), problems_(problems) {}

  Plan build();

 private:
  // compile_expression.cpp
  struct Frame {  // one expression being compiled
    const Scope& scope;
    const TextNode& node;
  };
  ExprPtr parse(const TextNode& node) const;
  void type(Expr& e, const Want* want, const Frame& frame);
  void type_name(Expr& e, const Frame& frame);
  void type_table(Expr& e, const Frame& frame);
  void type_binary(Expr& e, const Frame& frame);
  void type_pair(Expr& a, Expr& b, const Want* want, const Frame& frame);
  void type_sum(Expr& e, const Frame& frame);
  void type_product(Expr& e, const Frame& frame);
  void type_comparison(Expr& e, const Frame& frame);
  void type_membership(Expr& e, const Frame& frame);
  void type_branch(Expr& e, const Want* want, const Frame& frame);
  void type_extreme(Expr& e, const Want* want, const Frame& frame);
  void type_round(Expr& e, const Frame& frame);
  void type_quotient(Expr& e, const Frame& frame);
  void quotient_fits(const Expr& e, const Frame& frame) const;
  void type_fold(Expr& e, const Frame& frame);
  void type_constant(Expr& e, const Want* want, const Frame& frame);
  void expect_type(const Expr& e, const Want& want, const Frame& frame) const;
  void refuse_none(const Expr& e, const Frame& frame) const;
  void set_interval(Expr& e, Wide low, Wide high, const Frame& frame);
  [[noreturn]] void mismatch(const Expr& e, const std::string& what, const Frame& frame) const;
  Compiled finish(Expr& e, std::uint8_t scale, const Frame& frame);  // emits; scale 255: as it is
  void check_stack(const CodeRange& code, const Frame& frame) const;
  void emit(const Expr& e, std::uint8_t scale, const Frame& frame);
  void emit_binary(const Expr& e, std::uint8_t scale, const Frame& frame);
  void emit_branch(const Expr& e, std::uint8_t scale, const Frame& frame);
  void emit_round(const Expr& e, std::uint8_t scale, const Frame& frame);
  void emit_rescale(const Expr& e, std::uint8_t scale);
  std::uint32_t emit_op(Op op, std::uint8_t scale, Type type, std::uint32_t arg = 0);
  std::uint32_t add_constant(Wide value, std::uint8_t scale, const Expr& e, const Place& place);
  std::uint32_t add_constant(Constant constant);
  void note_width(Wide low, Wide high, int more_places);
  void note_read(const Slot& slot);
  std::string excerpt(const Expr& e, const Frame& frame) const;

  // compile_value.cpp
  Compiled value(const TextNode& node, const Want& want, const Scope& scope, std::uint8_t scale = 255);
  Compiled boolean(const TextNode& node, const Scope& scope);
  Want infer(const TextNode& node, const Scope& scope);
  std::uint8_t natural_scale(const TextNode& node, const Want& want, const Scope& scope);
  Compiled scalar_value(const TextNode& node, const Want& want, const Scope& scope, std::uint8_t scale);
  std::optional<Compiled> cell_constant(const TextNode& node, const Want& want, std::uint8_t scale);
  const TextNode& pick_since(const TextNode& node);
  void note_rows(const TextNode& rows, const std::set<const TextNode*>& reached);

  struct Key {
    Compiled value;
    Slot slot;
    std::vector<std::int64_t> bounds;  // upper ends, for ranges
    std::uint32_t count = 0;
    bool ranges = false;
  };
  struct Filling {  // state while the cells of one table are filled
    std::vector<Key> keys;
    std::vector<Slot> cells;
    std::map<const TextNode*, Compiled> memo;
    Wide low = 0, high = 0;
    bool any = false, may_be_none = false;
  };
  // compiles one leaf of a table
  using Leaf = std::function<Compiled(const TextNode&)>;
  Compiled table(const TextNode& node, const std::vector<Compiled>& by, const Leaf& leaf);
  std::vector<Compiled> by_keys(const TextNode& by, const Scope& scope);
  std::vector<Compiled> declared_keys(const TextNode& table, const Scope& scope);
  Key make_key(const Compiled& by) const;
  void collect_bounds(const TextNode& rows, std::size_t level, std::vector<Key>& keys) const;
  void finish_bounds(std::vector<Key>& keys) const;
  void fill(const TextNode& node, std::size_t level, std::size_t first, Filling& filling, const Leaf& leaf);
  const TextNode* find_row(const TextNode& rows, const Key& key, std::uint32_t index) const;
  bool row_matches(const TextEntry& entry, const Key& key, std::uint32_t index) const;
  std::pair<std::int64_t, std::int64_t> key_range(std::string_view text, const Key& key,
                                                  const Place& place) const;
  std::string row_text(const Key& key, std::uint32_t index) const;
  Compiled named_table(const std::string& name, const std::vector<Compiled>* keys, const Frame& frame);
  const TextNode* find_table(std::string_view name) const;

  // compile_policy.cpp
  void lines();
  const TextNode* line_slot(std::string_view key, std::string* article) const;
  void steps();
  static std::vector<std::string> names_made(const TextNode& step);
  void mark_broken(const TextNode& step);  // the names that a failed step did not make
  void let_step(const TextNode& node);
  void let(const TextEntry& entry, const TextNode& step);
  void layer_step(const TextNode& node);
  Compiled meter_value(const TextNode& node, const Scope& scope, bool allow_none);
  Wide note_payment(Wide base_high, const LayerPlan& layer, const TextNode& node);
  Meters meters(const TextNode* node, const Scope& scope);
  void meter(const TextNode& node, const Scope& scope);
  void bands(const TextNode& node, LayerPlan& layer, const Scope& scope);
  Compiled band_list(const TextNode& list, std::uint8_t ratio_scale, const Scope& scope);
  std::uint8_t bands_scale(const TextNode& node, const Scope& scope);
  void adjust(const TextNode& node, LayerPlan& layer, Scope scope);
  void writes(const TextNode* node, LayerPlan& layer, const Scope& scope);
  std::uint32_t fund_index(const std::string& name) const;
  void own_name(Scope& scope, const LayerPlan& layer, LayerCell cell, Wide high);

  const Region& region_;
  const PolicyText& text_;
  Date date_;
  Problems& problems_;
  Plan plan_;
  Scope scope_;
  std::set<std::uint32_t> facts_read_, groups_used_;
  std::map<std::string, Compiled> tables_done_;  // by their own keys; another reference shares the table
  std::set<std::string> tables_open_;            // being compiled: a table that uses itself is refused
  std::map<const TextNode*, RowUse> rows_;
  Wide ratio_high_ = 0, meter_high_ = 0;  // of the layer being compiled
  bool wide_ = false;
};

}  // namespace fenming
