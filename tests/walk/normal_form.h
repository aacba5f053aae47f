// N(state) of a desk (laws.md 6): what its objects and entries say, as sorted lines for comparison with the reference; no positions, no
// ids, no times. Journal: the same records folded once more from position 1, beside the desk.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "settlement/state.h"
#include "walk/steps.h"

namespace fenming::walk {

class Names {  // what a walk calls a thing, and its id on the desk
 public:
  void give(const std::string& name, const std::string& id) { ids_[name] = id, names_[id] = name; }
  std::string id(const std::string& name) const;  // the name itself when there is none
  std::string name(const std::string& id) const;  // the id itself when there is none
  bool knows(const std::string& name) const { return ids_.contains(name); }
  const std::map<std::string, std::string>& ids() const { return ids_; }

 private:
  std::map<std::string, std::string> ids_, names_;
};

class Journal {
 public:
  // Empty, or what is wrong: entries that do not add up, a record that does not fold.
  std::string add(std::uint64_t position, const Decision& decision);
  std::uint64_t head() const { return head_; }
  const PlainObjects& objects() const { return objects_; }
  std::vector<std::string> normal_form(const Names& names, const Library& library);

 private:
  void balances(const Names& names, std::vector<std::string>& lines) const;
  void rows(const std::string& psn_no, const Object& person, const Names& names, const Library& library,
            const std::map<std::uint64_t, std::string>& words, std::vector<std::string>& lines) const;
  void person(const std::string& psn_no, const Object& person, std::vector<std::string>& lines) const;
  void visit(const std::string& name, const Object& object, const Names& names,
             std::vector<std::string>& lines) const;

  PlainObjects objects_;
  std::uint64_t head_ = 0;
  std::map<Account, std::int64_t> sums_;
  std::map<std::string, std::string> live_;                    // setl_id → psn_no
  std::map<std::uint64_t, std::vector<std::string>> uploads_;  // position → ids of lines
};

}  // namespace fenming::walk
