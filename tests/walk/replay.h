// Replay (laws.md 3): every command of a journal decided once more on the fold before it.
#pragma once

#include <string>

#include "store/store.h"

namespace fenming::walk {

std::string replay(
    Store&
        store);  // empty when every record comes out byte by byte as it stands; else the first that does not

}  // namespace fenming::walk
