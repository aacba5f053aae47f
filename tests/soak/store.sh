#!/bin/sh
# The embedded store at length: every call to the disk failing in a script of 1,000 appends, 10,000 bits turned over.
set -eu
cmake --preset test
cmake --build --preset test -j "${JOBS:-2}" --target store_test
FENMING_STORE_APPENDS=1000 FENMING_STORE_CHECK_EACH=101 build-test/store_test --gtest_brief=1 --gtest_filter='All/Faults.*'
FENMING_STORE_FLIPS=10000 build-test/store_test --gtest_brief=1 --gtest_filter='FlippedBits.*'
echo "1,000 appends with every call failing, 10,000 bits turned over: no false answer, no silent damage"
