#!/bin/sh
# Breaks src/money, src/policy, src/ledger and src/settlement on purpose and counts what the fast tests notice: first the named mistakes,
# then a sweep. MUTANTS=n: so many of the sweep (default 0: all; what is done on this text is kept in build-mutants/results.tsv and not done
# again); SEED=s draws them; ONLY=named or ONLY=sweep; PART=policy or PART=desk. Fast tests: of money and policy their own, the published
# cases, random bills and layers; of the desk its own, those of the laws and random walks.
set -eu
cd "$(dirname "$0")/../.."
build=build-mutants
jobs=${JOBS:-2}
mkdir -p $build/objects $build/desk
cache=""
command -v ccache >/dev/null 2>&1 && cache="ccache"
# Reading past an end is a mistake that is noticed.
COMPILE="c++ -std=c++23 -D_GLIBCXX_ASSERTIONS -fsanitize=bounds -fsanitize-undefined-trap-on-error -DFMT_SHARED -DFENMING_SOURCE_DIR=\\\"$PWD\\\""
export COMPILE
command -v mold >/dev/null 2>&1 && export LINK="-fuse-ld=mold"
# Small numbers: a mutant that survives these is tried by nobody else.
export FENMING_EXPLAIN_EVERY=1 FENMING_BILLS="${FENMING_BILLS:-60}" FENMING_LAYERS="${FENMING_LAYERS:-60}" FENMING_WALKS="${FENMING_WALKS:-60}" FENMING_SHRINK=0

sources() {  # of the money and policy part; `desk`: of the other
  if [ "$1" = desk ]; then
    find src/store src/registry src/ledger src/settlement -name '*.cpp' ! -name '*_test.cpp' ! -path '*/postgres/*'
    find src/ledger src/settlement tests/laws tests/walk -name '*_test.cpp'
    find tests/laws tests/walk -name '*.cpp' ! -name '*_test.cpp'
    return
  fi
  find src/base src/model src/catalog src/proof src/money src/policy -name '*.cpp' ! -name '*_test.cpp'
  [ "${PART:-}" = desk ] && return
  find src/protocol -name 'bill_*.cpp' ! -name '*_test.cpp'  # the properties read and write bills
  find src/protocol -name 'json*.cpp' ! -name '*_test.cpp'
  find src/money src/policy -name '*_test.cpp'
  find tests/properties -name '*.cpp'
}
one() {  # compiled again when it or any header is younger; ccache makes that cheap
  object="$build/$1/$(echo "$2" | tr / _).o"
  [ -f "$object" ] && [ -z "$(find "$2" src tests -newer "$object" \( -name '*.h' -o -path "$2" \) | head -1)" ] && return 0
  eval "$cache $COMPILE -O1 -w -I src -I tests -c $2 -o $object"
}
if [ "${1:-}" = one ]; then
  one "$2" "$3"
  exit 0
fi
for part in objects desk; do
  [ "$part-${PART:-}" = desk-policy ] && continue
  sources $part | xargs -P "$jobs" -n 1 "$0" one $part
  for object in "$build/$part"/*.o; do  # of sources that are gone
    name=$(basename "$object" .o)
    sources $part | tr / _ | grep -qx "$name" || rm "$object"
  done
done
if [ "${PART:-}" != policy ]; then  # what nearly every source of the desk reads, read once
  echo '#include "settlement/decider.h"' >$build/desk.h
  eval "$COMPILE -O0 -w -I src -I tests -x c++-header $build/desk.h -o $build/desk.h.gch"
fi
eval "$cache $COMPILE -O1 -I tests -I src -c tests/mutants/main.cpp -o $build/main.o"
eval "$cache $COMPILE -O1 -I tests -I src -c tests/mutants/mutate.cpp -o $build/mutate.o"
c++ -o $build/mutants $build/main.o $build/mutate.o -lfmt -lpthread

echo "the fast tests on sound sources:"
begin=$(date +%s)
libraries="-lgtest -lgtest_main -lfmt -lyaml-cpp -lsimdjson -lcrypto -lsqlite3 -lpthread"
sound() {
  echo "$1:"
  # shellcheck disable=SC2046,SC2086
  c++ ${LINK:-} -o $build/$1 $2 $libraries
  $build/$1 --gtest_brief=1 | tail -3
}
[ "${PART:-}" = desk ] || sound policy_tests "$(echo $build/objects/*.o)"
[ "${PART:-}" = policy ] || sound desk_tests "$(echo $build/desk/*.o) $(find $build/objects -name 'src_*.o' ! -name '*_test.cpp.o')"
# Whoever takes four times as long hangs; on a machine that is busy the sound ones take long too.
export SECONDS_MAX="${SECONDS_MAX:-$((20 + 4 * ($(date +%s) - begin)))}"
status=0
[ "${ONLY:-}" = sweep ] || $build/mutants named $build || status=1
[ "${ONLY:-}" = named ] || $build/mutants sweep $build "${MUTANTS:-0}" "${SEED:-1}" || status=1
exit $status
