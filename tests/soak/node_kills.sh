#!/bin/sh
# A node under a stream of settlements killed 200 times, played on with the same message ids; then the sample day of `make run` killed 40
# times in its middle (tests/e2e).
set -eu
cmake --preset test
cmake --build --preset test -j "${JOBS:-2}" --target e2e_test --target fenming
said=$(FENMING_NODE_KILLS="${FENMING_NODE_KILLS:-200}" FENMING_DAY_KILLS="${FENMING_DAY_KILLS:-40}" FENMING_DAY_VISITS="${FENMING_DAY_VISITS:-2000}" \
  build-test/e2e_test --gtest_brief=1 --gtest_filter='NodeKills.*:DayKills.*') || { printf '%s\n' "$said"; exit 1; }
printf '%s\n' "$said" | grep 'kills,' | paste -sd ';' -
