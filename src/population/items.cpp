#include "population/items.h"

#include <fmt/format.h>

#include "money/decimal.h"

namespace fenming {
namespace {

struct Substance {
  std::string_view group, zh, en;
};
constexpr Substance substances[] = {
#define X(group, zh, en) {group, zh, en},
#include "population/substances.inc"
#undef X
};

struct Form {
  std::string_view zh, en;
};
constexpr Form forms[] = {{"片 10mg×14片", "tablets 10 mg x 14"},
                          {"片 20mg×28片", "tablets 20 mg x 28"},
                          {"片 50mg×20片", "tablets 50 mg x 20"},
                          {"胶囊 0.25g×24粒", "capsules 0.25 g x 24"},
                          {"胶囊 0.5g×12粒", "capsules 0.5 g x 12"},
                          {"缓释片 30mg×7片", "slow tablets 30 mg x 7"},
                          {"颗粒 3g×10袋", "granules 3 g x 10"},
                          {"口服液 10ml×6支", "oral liquid 10 ml x 6"},
                          {"注射液 2ml", "injection 2 ml"},
                          {"注射液 100ml", "injection 100 ml"},
                          {"注射用粉针 1g", "powder for injection 1 g"}};

// Services and materials: what, kind, code, lowest and highest price in yuan, share of the rows in 100.
struct Stem {
  std::string_view zh, en, code;
  ItemKind kind;
  int low, high;
  std::uint32_t percent;
};
constexpr Stem services[] = {{"诊查", "consultation", "SV", ItemKind::service, 6, 30, 4},
                             {"护理", "nursing", "SV", ItemKind::service, 8, 60, 6},
                             {"注射与输液", "injection and infusion", "SV", ItemKind::service, 3, 25, 8},
                             {"床位", "bed", "BD", ItemKind::bed, 20, 260, 2},
                             {"化验", "laboratory test", "EX", ItemKind::exam, 5, 120, 25},
                             {"超声检查", "ultrasound", "EX", ItemKind::exam, 40, 220, 7},
                             {"放射检查", "radiography", "EX", ItemKind::exam, 60, 800, 8},
                             {"病理与内镜", "pathology and endoscopy", "EX", ItemKind::exam, 80, 600, 6},
                             {"康复与中医治疗", "rehabilitation", "SV", ItemKind::service, 20, 120, 9},
                             {"手术", "operation", "SG", ItemKind::surgery, 150, 6000, 25}};
constexpr Stem materials[] = {
    {"注射器与输液器", "syringes and infusion sets", "MT", ItemKind::material, 1, 25, 18},
    {"敷料与缝线", "dressings and sutures", "MT", ItemKind::material, 2, 180, 20},
    {"导管与引流", "catheters and drains", "MT", ItemKind::material, 20, 900, 18},
    {"内镜耗材", "endoscopic material", "MT", ItemKind::material, 80, 2500, 10},
    {"骨科植入物", "orthopaedic implants", "MI", ItemKind::implant, 600, 28000, 12},
    {"心血管植入物", "cardiovascular implants", "MI", ItemKind::implant, 700, 60000, 8},
    {"人工晶体与眼科", "lenses", "MI", ItemKind::implant, 300, 9000, 3},
    {"血液制品与透析", "blood and dialysis", "BL", ItemKind::blood, 60, 700, 6},
    {"保健与日用", "health and household goods", "OT", ItemKind::other, 5, 300, 5}};

const Stem& stem_of(std::span<const Stem> stems, Random& random) {
  std::uint32_t draw = random.below(100);
  for (const Stem& stem : stems) {
    if (draw < stem.percent) return stem;
    draw -= stem.percent;
  }
  return stems.front();
}

// Cheap ones are common: the lower of two draws.
std::int64_t price_between(int low, int high, Random& random) {
  return std::min(random.between(low * 100, high * 100), random.between(low * 100, high * 100));
}

std::int64_t drug_price(Random& random) {
  const std::uint32_t draw = random.below(100);
  if (draw < 40) return random.between(2'00, 12'00);
  if (draw < 80) return random.between(12'00, 48'00);
  if (draw < 97) return random.between(48'00, 220'00);
  return random.between(220'00, 4'800'00);
}

char class_of(std::uint32_t a_percent, std::uint32_t b_percent, Random& random) {
  const std::uint32_t draw = random.below(100);
  return draw < a_percent ? 'A' : draw < a_percent + b_percent ? 'B' : 'C';
}

std::string yuan(std::int64_t fen) { return to_text(Money::from_fen(fen)); }

struct Names {
  std::string zh, en;
};

Names names_of(const Item& item) {
  if (item.code[0] == 'X') {
    const Substance& substance = substances[item.substance];
    const Form& form = forms[static_cast<std::size_t>(item.price_fen) % std::size(forms)];
    return {std::string(substance.zh) + std::string(form.zh),
            std::string(substance.en) + " " + std::string(form.en)};
  }
  const std::span<const Stem> stems = item.substance < 100 ? std::span<const Stem>(services) : materials;
  const Stem& stem = stems[item.substance % 100];
  const std::string number = item.code.substr(2);
  return {fmt::format("{}（{}号）", stem.zh, number), fmt::format("{} no. {}", stem.en, number)};
}

}  // namespace

Items::Items(std::uint64_t seed, Date from) : seed_(seed), from_(from) {
  items_.reserve(drug_rows + service_rows + material_rows);
  add_drugs();
  add_services();
  add_materials();
  fill_shelves();
}

// One item in fifty has a second row; the number of rows is exact.
void Items::put(Item item, Random& random, std::uint32_t& rows, std::uint32_t rows_max) {
  item.cheaper_later = item.limit_fen > 0 && rows + 2 <= rows_max && random.chance(200);
  rows += item.cheaper_later ? 2 : 1;
  items_.push_back(std::move(item));
}

void Items::add_drugs() {
  Random random(seed_, 10);
  for (std::uint32_t rows = 0, number = 1; rows < drug_rows; ++number) {
    Item item;
    item.substance = static_cast<std::uint16_t>(random.below(std::size(substances)));
    item.code = fmt::format("X{}{:05}", substances[item.substance].group, number);
    item.kind = random.chance(1200) ? ItemKind::herb : ItemKind::drug;
    item.price_fen = drug_price(random);
    item.item_class = class_of(30, 58, random);
    item.source = static_cast<std::uint8_t>(random.chance(8500) ? 0 : random.between(1, 2));
    if (item.item_class != 'C' && random.chance(6000)) item.limit_fen = item.price_fen * 96 / 100 + 1;
    put(std::move(item), random, rows, drug_rows);
  }
}

void Items::add_services() {
  Random random(seed_, 11);
  for (std::uint32_t rows = 0, number = 1; rows < service_rows; ++number) {
    const Stem& stem = stem_of(services, random);
    Item item;
    item.substance = static_cast<std::uint16_t>(&stem - services);
    item.code = fmt::format("{}{:06}", stem.code, number);
    item.kind = stem.kind;
    item.price_fen = price_between(stem.low, stem.high, random);
    item.item_class = class_of(55, 35, random);
    if (stem.kind == ItemKind::bed) item.limit_fen = 60'00;
    put(std::move(item), random, rows, service_rows);
  }
}

void Items::add_materials() {
  Random random(seed_, 12);
  for (std::uint32_t rows = 0, number = 1; rows < material_rows; ++number) {
    const Stem& stem = stem_of(materials, random);
    Item item;
    item.substance = static_cast<std::uint16_t>(100 + (&stem - materials));
    item.code = fmt::format("{}{:06}", stem.code, number);
    item.kind = stem.kind;
    item.price_fen = price_between(stem.low, stem.high, random);
    item.item_class = stem.kind == ItemKind::other ? 'C' : class_of(25, 55, random);
    item.source = static_cast<std::uint8_t>(random.chance(6500) ? 0 : random.between(1, 2));
    if (item.item_class == 'B' && random.chance(4000)) item.limit_fen = item.price_fen * 9 / 10 + 1;
    put(std::move(item), random, rows, material_rows);
  }
}

void Items::fill_shelves() {
  const auto shelf = [&](Shelf name) -> auto& { return shelves_[static_cast<std::size_t>(name)]; };
  for (std::uint32_t i = 0; i < items_.size(); ++i) {
    const Item& item = items_[i];
    switch (item.kind) {
      case ItemKind::drug:
      case ItemKind::herb:
        shelf(Shelf::drugs).push_back(i);
        if (item.price_fen < 60'00) shelf(Shelf::cheap_drugs).push_back(i);
        break;
      case ItemKind::service: shelf(Shelf::services).push_back(i); break;
      case ItemKind::bed: shelf(Shelf::beds).push_back(i); break;
      case ItemKind::exam: shelf(Shelf::exams).push_back(i); break;
      case ItemKind::surgery: shelf(Shelf::surgery).push_back(i); break;
      case ItemKind::blood:
      case ItemKind::material: shelf(Shelf::materials).push_back(i); break;
      case ItemKind::implant: shelf(Shelf::implants).push_back(i); break;
      case ItemKind::other: shelf(Shelf::others).push_back(i); break;
    }
  }
}

const Item& Items::pick(Shelf shelf, Random& random) const {
  const std::vector<std::uint32_t>& list = shelves_[static_cast<std::size_t>(shelf)];
  const auto end = static_cast<std::uint32_t>(list.size());
  return items_[list[random.below(random.below(end) + 1)]];
}

std::string Items::csv() const {
  std::string text = "item,name_zh,name_en,class,kind,source,unit_limit,from,to\n";
  const CivilDay first = civil(from_);
  const std::string from = to_text(*make_date(first.year, 1, 1)),
                    year_end = to_text(*make_date(first.year, 12, 31)),
                    next = to_text(*make_date(first.year + 1, 1, 1));
  for (const Item& item : items_) {
    const Names names = names_of(item);
    const auto row = [&](std::int64_t limit, std::string_view begins, std::string_view ends) {
      text += fmt::format("{},{},{},{},{},{},{},{},{}\n", item.code, names.zh, names.en, item.item_class,
                          item_kind_names[static_cast<std::size_t>(item.kind)], source_names[item.source],
                          limit > 0 ? yuan(limit) : "", begins, ends);
    };
    row(item.limit_fen, from, item.cheaper_later ? year_end : std::string_view());
    if (item.cheaper_later) row(item.limit_fen * 8 / 10 + 1, next, "");
  }
  return text;
}

}  // namespace fenming
