// A Command as one line of JSON, its members under their national names (model/fields.h); what is empty is left out, facts and the
// columns of lines are objects. For people and other programs to look at a made year; nothing here reads it.
#pragma once

#include <string>

#include "model/command.h"

namespace fenming {

std::string command_json(const Command& command, Date day);

}  // namespace fenming
