// What the lists of names tell: rows, accumulators, meters, caps, names nobody uses, articles.
#include <algorithm>
#include <map>
#include <set>

#include "policy/check_parts.h"
#include "policy/plan_reads.h"
#include "policy/text.h"

namespace fenming {
namespace {

class NameCheck {
 public:
  NameCheck(const Library& library, CheckReport& report, FindingList& findings)
      : library_(library), region_(library.region), report_(report), findings_(findings) {
    for (std::size_t i = 0; i < library.files.size(); ++i) {
      auto read = read_text(library.files[i].name, library.files[i].text, static_cast<std::uint32_t>(i));
      if (!read) continue;  // cannot be: the library was read from it
      documents_.push_back(std::move(*read));
      if (library.files[i].name == "region.yaml" && !documents_.back().empty())
        region_text_ = &documents_.back().front();
    }
    for (const PolicyVersion& version : library.versions)
      for (const Plan& plan : version.plans) {
        const Reads reads = all_reads(plan);
        read_.insert(reads.registers.begin(), reads.registers.end());
        fields_.insert(reads.fields.begin(), reads.fields.end());
        for (const Write& write : plan.writes) written_.insert(write.reg);
        for (const std::uint32_t group : plan.groups_used)
          for (const std::uint32_t reg : region_.groups[group].key) read_.insert(reg);
      }
  }

  void run() {
    rows();
    accumulators();
    for (const PolicyVersion& version : library_.versions) {
      articles(version);
      if (!findings_.own(version.place)) continue;
      for (const Plan& plan : version.plans)
        for (const LayerPlan& layer : plan.layers) {
          meters(version, plan, layer);
          periods(version, plan, layer);
        }
    }
    unused_facts();
    unused_columns();
    unused_pots_and_funds();
    unused_lets();
    unused_tables();
  }

 private:
  // ---- places of declarations in the region's own text
  static const TextEntry* entry_of(const TextNode* map, std::string_view key) {
    if (map == nullptr || !map->is_map()) return nullptr;
    for (const TextEntry& entry : map->entries)
      if (entry.key == key) return &entry;
    return nullptr;
  }

  const TextEntry* declared(std::string_view section, std::string_view name) const {
    if (region_text_ == nullptr) return nullptr;
    const TextEntry* all = entry_of(region_text_, section);
    return all == nullptr ? nullptr : entry_of(&all->value, name);
  }

  Place place_of(const TextEntry& entry) const {
    Place place = entry.key_place;
    place.file = entry.value.place.file;
    return place;
  }

  Place accumulator_place(const Group& group, const Group::Member& member) const {
    const TextEntry* declared_group = declared("keep", group.name);
    if (declared_group == nullptr) return {};
    const TextNode* of = declared_group->value.find("of");
    if (const TextEntry* entry = entry_of(of, member.name)) return place_of(*entry);
    if (of != nullptr && of->is_list())
      for (const TextEntry& entry : of->entries)
        if (entry.value.scalar == member.name) return entry.value.place;
    return place_of(*declared_group);
  }

  // ---- rows
  void rows() {
    std::map<std::pair<std::uint32_t, std::string>, RowUse> all;
    for (const PolicyVersion& version : library_.versions)
      for (const Plan& plan : version.plans)
        for (const RowUse& row : plan.rows) {
          RowUse& known = all.try_emplace({row.place.file, row.place.path}, row).first->second;
          known.reached = known.reached || row.reached;
        }
    report_.rows = all.size();
    for (const auto& [where, row] : all) {
      used_paths_.emplace(where);
      if (row.reached || !findings_.own(row.place)) continue;
      findings_.add("row-idle:" + stable_path(row.place), Level::warning, Code::check_row_idle, row.place,
                    row.key, {});
    }
  }

  // A path in which documents and steps go by their names, so that a step put before it leaves the id alone.
  std::string stable_path(const Place& place) const {
    const auto file = std::ranges::find_if(documents_, [&](const std::vector<TextNode>& documents) {
      return !documents.empty() && documents.front().place.file == place.file;
    });
    if (file == documents_.end()) return place.path;
    std::string path;
    const TextNode* node = nullptr;
    for (std::size_t at = 1; at <= place.path.size();) {
      const std::size_t end = std::min(place.path.find('/', at), place.path.size());
      const std::string word = place.path.substr(at, end - at);
      at = end + 1;
      if (node == nullptr) {
        node = &file->at(std::stoul(word));
        path += text_or(*node, "policy", "region");
        if (const std::string dates = text_or(*node, "in_force"); !dates.empty())
          path += "@" + dates.substr(0, dates.find('.'));
        continue;
      }
      const bool steps = node->is_list() && path.ends_with("/steps");
      node = node->is_list() ? &node->entries.at(std::stoul(word)).value : node->find(word);
      if (node == nullptr) return path + "/" + place.path.substr(at - word.size() - 1);  // an escaped key
      const TextNode* let = steps ? node->find("let") : nullptr;
      path += "/" + (!steps                                    ? word
                     : let != nullptr && !let->entries.empty() ? let->entries.front().key
                                                               : text_or(*node, "layer", word));
    }
    return path;
  }

  // ---- accumulators
  void accumulators() {
    for (const Group& group : region_.groups)
      for (const Group::Member& member : group.members) {
        const bool read = read_.contains(member.reg), written = written_.contains(member.reg);
        const std::string full = group.name + "." + member.name;
        const Place place = accumulator_place(group, member);
        if (place.line == 0) continue;  // the national base's
        if (!read && !written)
          unused("accumulator", full, place);
        else if (!written)
          findings_.add("unwritten:" + full, Level::warning, Code::check_unwritten, place, full, {});
        else if (!read)
          findings_.add("unread:" + full, Level::warning, Code::check_unread, place, full, {});
      }
  }

  std::string accumulator_name(std::uint32_t reg) const {
    for (const Group& group : region_.groups)
      for (const Group::Member& member : group.members)
        if (member.reg == reg) return group.name + "." + member.name;
    return "";
  }

  bool is_accumulator(std::uint32_t reg) const {
    return reg >= region_.first_accumulator() && reg < region_.total;
  }

  const Group* group_of(std::uint32_t reg) const {
    for (const Group& group : region_.groups)
      for (const Group::Member& member : group.members)
        if (member.reg == reg) return &group;
    return nullptr;
  }

  static std::vector<std::pair<std::string_view, Meters>> all_meters(const LayerPlan& layer) {
    return {
        {"limit", layer.limit}, {"deductible", layer.deductible}, {"after", layer.after}, {"cap", layer.cap}};
  }

  std::set<std::uint32_t> used_accumulators(const Plan& plan, const Slot& used) const {
    Reads reads;
    add_reads(plan, used, reads);
    std::erase_if(reads.registers, [&](std::uint32_t reg) { return !is_accumulator(reg); });
    return reads.registers;
  }

  void meters(const PolicyVersion& version, const Plan& plan, const LayerPlan& layer) {
    std::set<std::uint32_t> written;
    for (std::uint32_t w = 0; w < layer.write_count; ++w)
      written.insert(plan.writes[layer.first_write + w].reg);
    for (const auto& [slot, list] : all_meters(layer))
      for (std::uint32_t m = 0; m < list.count; ++m) {
        const std::set<std::uint32_t> used = used_accumulators(plan, plan.meters[list.first + m].used);
        if (used.empty() ||
            std::ranges::any_of(used, [&](std::uint32_t reg) { return written.contains(reg); }))
          continue;
        const std::string accumulator = accumulator_name(*used.begin());
        findings_.add(
            "meter-unfed:" + version.policy + "." + layer.name + "." + std::string(slot) + ":" + accumulator,
            Level::warning, Code::check_meter_unfed, layer.place, accumulator,
            {version.policy, layer.name, std::string(slot)});
      }
  }

  // ---- caps that forget their period
  static bool says_yearly(const std::string& article) {
    constexpr std::string_view words[] = {"年度",     "全年",   "每年",   "年最高", "年内",
                                          "per year", "a year", "yearly", "annual"};
    constexpr std::string_view caps[] = {"限额", "最高", "封顶", "cap", "at most", "limit", "ceiling"};
    const auto says = [&](std::string_view word) { return article.find(word) != std::string::npos; };
    return std::ranges::any_of(words, says) && std::ranges::any_of(caps, says);
  }

  bool has_period(const Group& group) const {
    return std::ranges::any_of(group.key, [&](std::uint32_t reg) {
      return reg >= region_.facts.size() ||
             region_.facts[reg].type == Type::id;  // year quarter month period, a stay, a chain
    });
  }

  void periods(const PolicyVersion& version, const Plan& plan, const LayerPlan& layer) {
    bool metered = false, plain = false;
    for (const auto& [slot, list] : all_meters(layer))
      for (std::uint32_t m = 0; m < list.count; ++m) {
        const std::set<std::uint32_t> used = used_accumulators(plan, plan.meters[list.first + m].used);
        const bool caps = slot == "cap" || slot == "limit";
        if (caps && !used.empty()) metered = true;
        if (caps && plan.meters[list.first + m].used.kind == Slot::Kind::none &&
            plan.meters[list.first + m].limit.kind != Slot::Kind::code)
          plain = true;
        for (const std::uint32_t reg : used) {
          const Group* group = group_of(reg);
          if (group == nullptr || has_period(*group)) continue;
          findings_.add("cap-without-period:" + version.policy + "." + layer.name + "." + std::string(slot),
                        Level::warning, Code::check_cap_period, layer.place, accumulator_name(reg),
                        {version.policy, layer.name, std::string(slot), accumulator_name(reg)});
        }
      }
    if (plain && !metered && says_yearly(layer.article))
      findings_.add("cap-without-period:" + version.policy + "." + layer.name, Level::warning,
                    Code::check_cap_period, layer.place, layer.name,
                    {version.policy, layer.name, "cap", layer.article});
  }

  // ---- names nobody uses
  void unused(const std::string& what, const std::string& name, const Place& place) {
    findings_.add("unused-" + what + ":" + name, Level::note, Code::check_unused, place, name, {what});
  }

  void unused_facts() {
    for (std::uint32_t i = 0; i < region_.facts.size(); ++i) {
      const Fact& fact = region_.facts[i];
      const TextEntry* entry = declared("facts", fact.name);
      if (entry == nullptr || read_.contains(i)) continue;
      const bool gives_members =
          fact.type == Type::code && std::ranges::any_of(region_.facts, [&](const Fact& other) {
            return &other != &fact && (other.type == Type::set || other.type == Type::code) &&
                   other.domain == fact.domain;
          });
      if (!gives_members) unused("fact", fact.name, place_of(*entry));
    }
  }

  void unused_columns() {
    for (std::uint32_t i = 5; i < region_.line_fields.size(); ++i) {
      const TextEntry* entry = declared("line_facts", region_.line_fields[i].name);
      if (entry != nullptr && !fields_.contains(i)) unused("column", entry->key, place_of(*entry));
    }
  }

  void unused_pots_and_funds() {
    const TextEntry* pots = region_text_ == nullptr ? nullptr : entry_of(region_text_, "pots");
    for (std::uint32_t i = 0; pots != nullptr && i < region_.pots.size(); ++i)
      if (!read_.contains(region_.first_pot() + i)) unused("pot", region_.pots[i], place_of(*pots));
    for (std::uint32_t i = 0; i < region_.funds.size(); ++i) {
      const TextEntry* entry = declared("funds", region_.funds[i].name);
      if (entry == nullptr) continue;
      const auto pays = [&](const Plan& plan) {
        return std::ranges::any_of(plan.layers, [&](const LayerPlan& layer) { return layer.fund == i; });
      };
      if (std::ranges::none_of(library_.versions,
                               [&](const PolicyVersion& v) { return std::ranges::any_of(v.plans, pays); }))
        unused("fund", entry->key, place_of(*entry));
    }
  }

  void unused_lets() {
    for (const PolicyVersion& version : library_.versions) {
      if (!findings_.own(version.place)) continue;
      const Plan& last = version.plans.back();
      for (const Let& let : last.lets) {
        const auto reads = [&](const Plan& plan) {
          for (const Let& own : plan.lets)
            if (own.name == let.name) return all_reads(plan).registers.contains(own.reg);
          return false;
        };
        if (std::ranges::none_of(version.plans, reads))
          unused("let", version.policy + "." + let.name, let.place);
      }
    }
  }

  void unused_tables() {
    for (const std::vector<TextNode>& file : documents_)
      for (const TextNode& document : file) {
        const TextNode* tables = document.find("tables");
        if (tables == nullptr || !findings_.own(document.place)) continue;
        for (const TextEntry& table : tables->entries) {
          const std::pair<std::uint32_t, std::string> first{table.value.place.file,
                                                            table.value.place.path + "/"};
          const auto row = used_paths_.lower_bound(first);
          const bool used =
              row != used_paths_.end() && row->first == first.first && row->second.starts_with(first.second);
          if (!used) unused("table", table.key, place_of(table));
        }
      }
  }

  // ---- articles
  void articles(const PolicyVersion& version) {
    if (!findings_.own(version.place) || !version.article.empty()) return;
    if (version.source.empty() && region_.source.empty() && region_.article.empty())
      findings_.add("no-article:" + version.policy + "@" + version.file, Level::warning, Code::check_article,
                    version.place, version.policy, {"policy " + version.policy});
    std::set<std::string> seen;
    for (const Plan& plan : version.plans)
      for (const LayerPlan& layer : plan.layers)
        if (layer.article.empty() && seen.insert(layer.name).second)
          findings_.add("no-article:" + version.policy + "." + layer.name, Level::warning,
                        Code::check_article, layer.place, layer.name, {version.policy + "." + layer.name});
  }

  const Library& library_;
  const Region& region_;
  CheckReport& report_;
  FindingList& findings_;
  std::vector<std::vector<TextNode>> documents_;
  const TextNode* region_text_ = nullptr;
  std::set<std::uint32_t> read_, fields_, written_;
  std::set<std::pair<std::uint32_t, std::string>> used_paths_;
};

}  // namespace

void check_names(const Library& library, CheckReport& report, FindingList& findings) {
  NameCheck(library, report, findings).run();
}

}  // namespace fenming
