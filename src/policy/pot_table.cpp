#include "policy/pot_table.h"

#include "policy/engine.h"
#include "policy/plan_reads.h"

namespace fenming {

void fill_pot_table(const Region& region, Plan& plan) {
  Reads reads;
  add_reads(plan, plan.line_pot, reads);
  if (!reads.registers.empty() || reads.fields.size() != 1) return;
  const std::uint32_t field = *reads.fields.begin();
  const Fact& fact = region.line_fields[field];
  if (fact.type != Type::code) return;
  plan.pot_field = static_cast<std::int32_t>(field);
  std::vector<std::int64_t> fields(region.line_fields.size());
  Plain<Wide> arithmetic;
  Engine<Plain<Wide>> engine(region, plan, arithmetic, nullptr);
  for (std::size_t member = 0; member < region.domains[fact.domain].members.size(); ++member) {
    fields[field] = static_cast<std::int64_t>(member);
    engine.set_line(fields.data(), 0, 0, 0);
    plan.pot_of.push_back(static_cast<std::int64_t>(engine.slot(plan.line_pot)));
  }
}

}  // namespace fenming
