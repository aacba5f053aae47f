// State: the fold of the journal in memory. Memory holds what is durable (and what the views do not have yet); a Draft lies over it and
// takes the decisions of one batch until they are committed or dropped. fold() is the only function that changes state.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
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

struct MessageKeyHash {
  std::size_t operator()(const MessageKey& key) const;
  std::size_t operator()(const MessageKey* key) const { return (*this)(*key); }
};
struct SameMessageKey {
  bool operator()(const MessageKey* one, const MessageKey* other) const { return *one == *other; }
};

class Memory : public Objects {
 public:
  Memory(Store& store, std::size_t clean_max) : store_(store), clean_max_(clean_max) {}

  const Object& object(const std::string& name) override;
  Object& edit(const std::string& name) override;

  void bind(const Bound& bound, std::uint64_t position);
  // The newest in memory, all others in the store. Providers number their messages upwards: one above all of its provider's is new
  // without a look.
  Result<std::optional<Store::Found>> find(const MessageKey& key);

  // What changed up to this position now stands in the views. Only here objects leave memory.
  void written(std::uint64_t watermark);
  void put(const std::string& name, Object object, std::uint64_t position);  // changed; positions rise
  std::size_t dirty() const { return dirty_.size(); }
  std::uint64_t left() const { return left_; }  // rises whenever objects have left

 private:
  struct Kept {
    Object object;
    std::uint64_t position = 0;  // of its last change
    bool dirty = false, used = true;
  };
  using Node = std::pair<const std::string, Kept>;
  Node* kept(const std::string& name);
  struct Newest {             // msgid of a provider, byte by byte
    std::string all, stored;  // the highest; the highest that is no longer in bound_
  };
  Result<const Newest*> newest(const std::string& provider);
  void make_room();

  Store& store_;
  std::size_t clean_max_;
  std::unordered_map<std::string, Kept> objects_;
  std::vector<Node*>
      ring_;  // all of them; a hand goes round and takes what nobody used since it last came by
  std::size_t hand_ = 0;
  std::uint64_t left_ = 0;
  Object unread_;
  std::deque<std::pair<std::uint64_t, Node*>> dirty_;  // rising; of an object changed twice the last counts
  std::unordered_map<MessageKey, Store::Found, MessageKeyHash> bound_;
  std::deque<std::pair<std::uint64_t, const MessageKey*>> bound_order_;
  std::unordered_map<std::string, Newest> newest_;  // by provider
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
  struct Changed {
    Object object;
    std::uint64_t position = 0;  // of the last decision that changed it
  };
  struct Recent {  // asked for a moment ago: a decision asks for the same few again and again
    std::string name;
    const Object* object = nullptr;
  };
  Recent& recent(const std::string& name);

  Memory& memory_;
  std::unordered_map<std::string, Changed> changed_;
  std::unordered_map<const MessageKey*, Store::Found, MessageKeyHash, SameMessageKey>
      bound_;  // keys of decisions_
  std::vector<std::pair<std::uint64_t, std::shared_ptr<const Decision>>> decisions_;
  std::uint64_t position_ = 0;  // of the decision being folded
  std::array<Recent, 8> recent_;
  std::uint64_t recent_left_ = 0;
};

}  // namespace fenming
