#!/bin/sh
# A thousand slow clients for five minutes beside a good one (tests/e2e), and what is too large, too deep or no HTTP.
set -eu
cmake --preset test
cmake --build --preset test -j "${JOBS:-2}" --target e2e_test
FENMING_SLOW_SECONDS="${FENMING_SLOW_SECONDS:-300}" build-test/e2e_test --gtest_brief=1 --gtest_filter='Hostile.*'
echo "1,000 slow clients for ${FENMING_SLOW_SECONDS:-300} s: every call of the good one under 2 s, memory within 64 MiB"
