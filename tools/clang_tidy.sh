#!/bin/sh
# clang-tidy over the sources of src/, with the compile commands of the given build folder. Files on the command line
# after it: only these. CHECKS=...: these checks instead of .clang-tidy's.
set -eu
cd "$(dirname "$0")/.."
build=$1
shift
if [ $# -eq 0 ]; then
  # shellcheck disable=SC2046
  set -- $(find src -name '*.cpp' ! -name '*_test.cpp' | sort)
fi
printf '%s\n' "$@" | xargs -P "${JOBS:-2}" -n 1 clang-tidy-19 -p "$build" --quiet ${CHECKS:+--checks=$CHECKS} --warnings-as-errors='*'
