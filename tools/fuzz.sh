#!/bin/sh
# Runs each fuzzer of the given build folder for the given seconds. What it found so far is kept beside it and used again;
# tests/fuzz/seeds/<name>/ are inputs to start from, tests/fuzz/<name>.dict words to try.
set -eu
cd "$(dirname "$0")/.."
build=$1
seconds=$2
for source in tests/fuzz/*.cpp; do
  [ -e "$source" ] || { echo "tests/fuzz holds no fuzzer"; exit 0; }
  name=$(basename "$source" .cpp)
  found="$build/found/$name"
  mkdir -p "$found" "$build/crashes"
  set -- "$found"
  [ -d "tests/fuzz/seeds/$name" ] && set -- "$@" "tests/fuzz/seeds/$name"
  [ -f "tests/fuzz/$name.dict" ] && set -- "-dict=tests/fuzz/$name.dict" "$@"
  echo "-- $name, $seconds s"
  "$build/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$build/crashes/$name-" "$@" 2>"$build/$name.log" ||
    { tail -40 "$build/$name.log"; exit 1; }
  grep -E 'Done |stat::number_of_executed_units' "$build/$name.log"
done
