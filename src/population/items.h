// Items: a catalogue of national shape (20,000 rows of drugs, 8,000 of services, 10,000 of consumables), invented but for the names
// of substances and their ATC groups. Lines take their item and price from it; as CSV it is docs/catalog-format.md's.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/date.h"
#include "population/random.h"

namespace fenming {

inline constexpr std::uint32_t drug_rows = 20'000, service_rows = 8'000, material_rows = 10'000;

enum class ItemKind : std::uint8_t {
  drug,
  herb,
  service,
  bed,
  exam,
  surgery,
  material,
  implant,
  blood,
  other
};
inline constexpr std::string_view item_kind_names[] = {"drug",    "herb",     "service", "bed",   "exam",
                                                       "surgery", "material", "implant", "blood", "other"};
inline constexpr std::string_view source_names[] = {"domestic", "joint", "imported"};

struct Item {
  std::string code;
  std::int64_t price_fen = 0, limit_fen = 0;  // limit 0: none
  char item_class = 'A';
  ItemKind kind = ItemKind::drug;
  std::uint8_t source = 0;
  bool cheaper_later = false;  // a second row from the next year on, the limit a fifth lower
  std::uint16_t substance = 0;
};

// What a line may be about.
enum class Shelf : std::uint8_t {
  drugs,
  cheap_drugs,
  services,
  beds,
  exams,
  surgery,
  materials,
  implants,
  others
};
inline constexpr std::size_t shelf_count = 9;

class Items {
 public:
  Items(std::uint64_t seed, Date from);

  const Item& pick(Shelf shelf, Random& random) const;  // a few are met often, most seldom
  std::span<const Item> all() const { return items_; }
  std::string csv() const;

 private:
  void add_drugs();
  void add_services();
  void add_materials();
  void put(Item item, Random& random, std::uint32_t& rows, std::uint32_t rows_max);
  void fill_shelves();

  std::uint64_t seed_;
  Date from_;
  std::vector<Item> items_;
  std::vector<std::uint32_t> shelves_[shelf_count];
};

}  // namespace fenming
