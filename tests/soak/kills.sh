#!/bin/sh
# A desk under load killed 1,000 times (tests/kills).
set -eu
cmake --preset test
cmake --build --preset test -j "${JOBS:-2}" --target kills_test
said=$(FENMING_KILLS="${FENMING_KILLS:-1000}" build-test/kills_test --gtest_brief=1) || { printf '%s\n' "$said"; exit 1; }
printf '%s\n' "$said" | grep kills,
