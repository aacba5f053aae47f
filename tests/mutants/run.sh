#!/bin/sh
# Breaks src/money and src/policy on purpose and counts what the fast tests notice: first the named mistakes, then a sweep.
# MUTANTS=n: so many of the sweep (default 0: all; what is done on this text is kept in build-mutants/results.tsv and not done again);
# SEED=s draws them; ONLY=named or ONLY=sweep. Fast tests: those of money and policy, the published cases, random bills and layers.
set -eu
cd "$(dirname "$0")/../.."
build=build-mutants
jobs=${JOBS:-2}
mkdir -p $build/objects
cache=""
command -v ccache >/dev/null 2>&1 && cache="ccache"
# Reading past an end is a mistake that is noticed.
COMPILE="c++ -std=c++23 -D_GLIBCXX_ASSERTIONS -fsanitize=bounds -fsanitize-undefined-trap-on-error -DFMT_SHARED -DFENMING_SOURCE_DIR=\\\"$PWD\\\""
export COMPILE
command -v mold >/dev/null 2>&1 && export LINK="-fuse-ld=mold"
# Small numbers: a mutant that survives these is tried by nobody else.
export FENMING_EXPLAIN_EVERY=1 FENMING_BILLS="${FENMING_BILLS:-60}" FENMING_LAYERS="${FENMING_LAYERS:-60}"

sources() {
  find src/base src/model src/catalog src/protocol src/proof src/money src/policy -name '*.cpp' ! -name '*_test.cpp' 2>/dev/null
  find src/money src/policy -name '*_test.cpp'
  find tests/properties -name '*.cpp'
}
one() {  # compiled again when it or any header is younger; ccache makes that cheap
  object="$build/objects/$(echo "$1" | tr / _).o"
  [ -f "$object" ] && [ -z "$(find "$1" src tests/properties -newer "$object" \( -name '*.h' -o -path "$1" \) | head -1)" ] && return 0
  eval "$cache $COMPILE -O1 -w -I src -I tests -c $1 -o $object"
}
if [ "${1:-}" = one ]; then
  cache="$cache" one "$2"
  exit 0
fi
sources | xargs -P "$jobs" -n 1 "$0" one
for object in "$build"/objects/*.o; do  # of sources that are gone
  name=$(basename "$object" .o)
  sources | tr / _ | grep -qx "$name" || rm "$object"
done
eval "$cache $COMPILE -O1 -I tests -I src -c tests/mutants/main.cpp -o $build/main.o"
eval "$cache $COMPILE -O1 -I tests -I src -c tests/mutants/mutate.cpp -o $build/mutate.o"
c++ -o $build/mutants $build/main.o $build/mutate.o -lfmt -lpthread

echo "the fast tests on sound sources:"
# shellcheck disable=SC2086
c++ ${LINK:-} -o $build/tests $build/objects/*.o -lgtest -lgtest_main -lfmt -lyaml-cpp -lsimdjson -lcrypto -lpthread
$build/tests --gtest_brief=1 | tail -3
status=0
[ "${ONLY:-}" = sweep ] || $build/mutants named $build || status=1
[ "${ONLY:-}" = named ] || $build/mutants sweep $build "${MUTANTS:-0}" "${SEED:-1}" || status=1
exit $status
