#!/bin/sh
# A desk under load killed 1,000 times (tests/kills).
set -eu
cmake --preset test
cmake --build --preset test -j "${JOBS:-2}" --target kills_test
FENMING_KILLS=1000 build-test/kills_test --gtest_brief=1 | grep kills,
