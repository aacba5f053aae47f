#!/bin/sh
# clang's static analyzer over every source of src/.
set -eu
cmake --preset clang >/dev/null
CHECKS='-*,clang-analyzer-core.*,clang-analyzer-cplusplus.*,clang-analyzer-deadcode.*' tools/clang_tidy.sh build-clang
echo "no findings in $(find src -name '*.cpp' ! -name '*_test.cpp' | wc -l) sources"
