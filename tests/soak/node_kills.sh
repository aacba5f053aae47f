#!/bin/sh
# A node under a stream of settlements killed 200 times, played on with the same message ids (tests/e2e).
set -eu
cmake --preset test
cmake --build --preset test -j "${JOBS:-2}" --target e2e_test
FENMING_NODE_KILLS="${FENMING_NODE_KILLS:-200}" build-test/e2e_test --gtest_brief=1 --gtest_filter='NodeKills.*' | grep kills,
