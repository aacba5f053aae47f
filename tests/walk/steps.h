// Steps of a walk. Ids that the desk makes depend on what came before, so a step names a visit, settlement or claim by the number of the
// step that made it ("@7"): a walk from which steps were dropped still says the same.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "model/command.h"
#include "walk/small_region.h"

namespace fenming::walk {

struct Step {
  enum class Kind : std::uint8_t {
    command,
    repeat,          // the message of step `of` once more
    repeat_changed,  // its key with another content
    reopen,          // the desk is closed and opened again
    crash            // the same, and of the views only what was durable is left
  };
  int number = 0;
  Kind kind = Kind::command;
  Command command;
  int of = 0;
  std::int64_t later_ms = 0;   // time that passes before it
  bool together = false;       // sent off together with the step after it
  std::int64_t total_off = 0;  // fen by which the total of a visit's settlement is wrong; Settle only
};

struct Walk {
  std::uint64_t seed = 0;
  Corrections corrections;
  bool faults = false;
  std::vector<Step> steps;
};

std::string alias(int step);  // "@7"
// The members of a command that hold ids made by the desk.
void each_id(Action& action, const std::function<void(std::string&)>& take);
std::string describe(const Step& step);  // one line for people

}  // namespace fenming::walk
