// State: the fold of the journal in memory. Memory holds what is durable (and what the views do not have yet); a Draft lies over it and
// takes the decisions of one batch until they are committed or dropped. fold() is the only function that changes state.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/decision.h"
#include "model/state.h"
#include "store/store.h"

namespace fenming {

// Whoever keeps objects. A store that cannot be read leaves a failure; what was answered after it must not be used.
class Objects {
 public:
  virtual ~Objects() = default;
  virtual const Object& object(
      const std::string& name) = 0;  // lives until the next call that changes anything
  virtual Object& edit(const std::string& name) = 0;
  const std::optional<Error>& failure() const { return failure_; }
  void clear_failure() { failure_.reset(); }

 protected:
  std::optional<Error> failure_;
};

// Code::record_damaged when a change does not find what it says it replaces.
std::optional<Error> fold(Objects& objects, std::uint64_t position, const Decision& decision);

// Objects of a whole journal held in memory: for rebuild, replay and tests.
class PlainObjects : public Objects {
 public:
  const Object& object(const std::string& name) override { return objects_[name]; }
  Object& edit(const std::string& name) override { return objects_[name]; }
  const std::unordered_map<std::string, Object>& all() const { return objects_; }

 private:
  std::unordered_map<std::string, Object> objects_;
};

std::string message_text(const MessageKey& key);  // one text for one key, no two keys the same

class Memory : public Objects {
 public:
  Memory(Store& store, std::size_t clean_max) : store_(store), clean_max_(clean_max) {}

  const Object& object(const std::string& name) override;
  Object& edit(const std::string& name) override;

  void bind(const Bound& bound, std::uint64_t position);
  // Memory after the watermark, the store before it.
  Result<std::optional<Store::Found>> find(const MessageKey& key);

  // What changed up to this position now stands in the views.
  void written(std::uint64_t watermark);
  void touched(const std::string& name, std::uint64_t position);  // by edit's caller, for `written`
  std::size_t dirty() const { return dirty_.size(); }

 private:
  struct Kept {
    Object object;
    std::uint64_t position = 0;
  };
  Kept* known(const std::string& name);
  Kept load(const std::string& name);

  Store& store_;
  std::size_t clean_max_;
  std::unordered_map<std::string, Kept> dirty_, young_,
      old_;  // clean ones in two generations: the older goes when there are too many
  std::unordered_map<std::string, Store::Found> bound_;
};

class Draft : public Objects {
 public:
  explicit Draft(Memory& memory) : memory_(memory) {}

  const Object& object(const std::string& name) override;
  Object& edit(const std::string& name) override;
  Result<std::optional<Store::Found>> find(const MessageKey& key);

  // Reads every object that the decision changes, so that folding it in cannot fail for the store.
  std::optional<Error> reach(const Decision& decision);
  // Folds a decision in, keeps it for later ones of the batch.
  std::optional<Error> add(std::uint64_t position, std::shared_ptr<const Decision> decision);
  const std::shared_ptr<const Decision>* decided(std::uint64_t position) const;  // in this batch

  std::vector<StateRow> commit();  // into memory; the changed objects as bytes
  void drop();

 private:
  Memory& memory_;
  std::unordered_map<std::string, Object> changed_;
  std::unordered_map<std::string, std::uint64_t> positions_;
  std::unordered_map<std::string, Store::Found> bound_;
  std::vector<std::pair<std::uint64_t, std::shared_ptr<const Decision>>> decisions_;
  std::uint64_t position_ = 0;  // of the decision being folded
};

}  // namespace fenming
