#include "policy/plan_reads.h"

#include "policy/scope.h"

namespace fenming {

void add_reads(const Plan& plan, const Slot& slot, Reads& reads) {
  const auto table = [&](std::uint32_t index) {
    const Table& t = plan.tables[index];
    for (std::uint32_t k = 0; k < t.key_count; ++k) add_reads(plan, plan.keys[t.first_key + k].key, reads);
    const Slot* last = nullptr;
    for (std::uint32_t c = 0; c < t.cell_count; ++c) {
      const Slot& cell = plan.cells[t.first_cell + c];
      const bool again = last != nullptr && last->kind == cell.kind && last->index == cell.index;
      if (!again && cell.kind != Slot::Kind::constant) add_reads(plan, cell, reads);
      last = &cell;
    }
  };
  switch (slot.kind) {
    case Slot::Kind::reg: reads.registers.insert(slot.index); break;
    case Slot::Kind::line: reads.fields.insert(slot.index); break;
    case Slot::Kind::table: table(slot.index); break;
    case Slot::Kind::code: {
      const CodeRange range = plan.codes[slot.index];
      for (std::uint32_t at = range.begin; at < range.end; ++at) {
        const Instruction& i = plan.instructions[at];
        if (i.op == Op::reg) reads.registers.insert(i.arg);
        if (i.op == Op::line) reads.fields.insert(i.arg);
        if (i.op == Op::table || i.op == Op::sum_of || i.op == Op::max_of) table(i.arg);
      }
      break;
    }
    default: break;
  }
}

void add_reads(const Plan& plan, const Meters& meters, Reads& reads) {
  for (std::uint32_t m = 0; m < meters.count; ++m) {
    add_reads(plan, plan.meters[meters.first + m].limit, reads);
    add_reads(plan, plan.meters[meters.first + m].used, reads);
  }
}

Reads line_reads(const Plan& plan) {
  Reads reads;
  for (const Slot* slot : {&plan.line_limit, &plan.line_prepay, &plan.line_pot})
    add_reads(plan, *slot, reads);
  return reads;
}

namespace {

void add_bands(const Plan& plan, const LayerPlan& layer, Reads& reads) {
  add_reads(plan, layer.bands, reads);
  const auto list = [&](const Slot& cell) {
    if (cell.kind != Slot::Kind::constant) return;
    const BandList& bands = plan.band_lists[static_cast<std::size_t>(plan.constants[cell.index].value)];
    for (std::uint32_t b = 0; b < bands.count; ++b) {
      add_reads(plan, plan.bands[bands.first + b].to, reads);
      add_reads(plan, plan.bands[bands.first + b].ratio, reads);
    }
  };
  list(layer.bands);
  if (layer.bands.kind != Slot::Kind::table) return;
  const Table& table = plan.tables[layer.bands.index];
  for (std::uint32_t c = 0; c < table.cell_count; ++c) list(plan.cells[table.first_cell + c]);
}

}  // namespace

Reads layer_reads(const Plan& plan, const LayerPlan& layer) {
  Reads reads;
  for (const Slot* slot : {&layer.who, &layer.base, &layer.at, &layer.adjust}) add_reads(plan, *slot, reads);
  for (const Meters* meters : {&layer.limit, &layer.deductible, &layer.after, &layer.cap})
    add_reads(plan, *meters, reads);
  add_bands(plan, layer, reads);
  for (std::uint32_t w = 0; w < layer.write_count; ++w)
    add_reads(plan, plan.writes[layer.first_write + w].amount, reads);
  return reads;
}

Reads all_reads(const Plan& plan) {
  Reads reads = line_reads(plan);
  for (const Slot* slot : {&plan.applies, &plan.charged, &plan.split_days}) add_reads(plan, *slot, reads);
  for (const Let& let : plan.lets) add_reads(plan, let.value, reads);
  for (const LayerPlan& layer : plan.layers) {
    const Reads own = layer_reads(plan, layer);
    reads.registers.insert(own.registers.begin(), own.registers.end());
    reads.fields.insert(own.fields.begin(), own.fields.end());
  }
  return reads;
}

std::set<std::int64_t> critical_values(const Plan& plan, std::uint32_t index, bool field, Type type) {
  std::set<std::int64_t> values;
  const Slot::Kind kind = field ? Slot::Kind::line : Slot::Kind::reg;
  for (const TableKey& key : plan.keys) {
    if (!key.ranges || key.key.kind != kind || key.key.index != index) continue;
    for (std::uint32_t b = 0; b + 1 < key.count; ++b) {
      values.insert(plan.bounds[key.first_bound + b]);
      values.insert(plan.bounds[key.first_bound + b] + 1);
    }
  }
  for (const CodeRange& range : plan.codes) {
    bool here = false;
    for (std::uint32_t at = range.begin; at < range.end; ++at) {
      const Instruction& i = plan.instructions[at];
      if (i.op == (field ? Op::line : Op::reg) && i.arg == index) here = true;
    }
    if (!here) continue;
    for (std::uint32_t at = range.begin; at < range.end; ++at) {
      const Instruction& i = plan.instructions[at];
      if (i.op != Op::constant || plan.constants[i.arg].type != type) continue;
      const Constant& constant = plan.constants[i.arg];
      const int places = stored_scale(type) - constant.scale;
      const Wide value =
          places >= 0 ? constant.value * power_of_ten(places) : constant.value / power_of_ten(-places);
      if (value > none_fen || value < -none_fen) continue;
      for (const std::int64_t near : {-1, 0, 1}) values.insert(static_cast<std::int64_t>(value) + near);
    }
  }
  return values;
}

}  // namespace fenming
