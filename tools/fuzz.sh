#!/bin/sh
# Runs each fuzzer of the given build folder for the given seconds, JOBS side by side. What it found so far is kept beside it and used
# again; tests/fuzz/seeds/<name>/ are inputs to start from, tests/fuzz/<name>.dict words to try.
set -eu
cd "$(dirname "$0")/.."
build=$1
seconds=$2
if [ $# -eq 2 ]; then
  find tests/fuzz -name '*.cpp' | sort | xargs -P "${JOBS:-2}" -n 1 "$0" "$build" "$seconds"
  exit
fi
name=$(basename "$3" .cpp)
found="$build/found/$name"
mkdir -p "$found" "$build/crashes"
set -- "$found"
[ -d "tests/fuzz/seeds/$name" ] && set -- "$@" "tests/fuzz/seeds/$name"
[ -f "tests/fuzz/$name.dict" ] && set -- "-dict=tests/fuzz/$name.dict" "$@"
"$build/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
  -artifact_prefix="$build/crashes/$name-" "$@" 2>"$build/$name.log" ||
  { tail -40 "$build/$name.log"; exit 1; }
echo "$name: $(grep -E 'Done ' "$build/$name.log")"
