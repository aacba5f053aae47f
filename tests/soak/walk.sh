#!/bin/sh
# 100,000 random walks of a desk beside the reference (tests/walk), in portions of 1,000, JOBS side by side; a portion that passed leaves a
# file and is not walked again. FENMING_PORTIONS=3 walks fewer.
set -eu
cd "$(dirname "$0")/../.."
: "${FENMING_SEED:=1}" "${FENMING_SOAK_DIR:=$(mktemp -d)}"
export FENMING_SEED FENMING_SOAK_DIR
if [ "${1:-}" = portion ]; then
  done="$FENMING_SOAK_DIR/portion-$2"
  [ -f "$done" ] && exit 0
  FENMING_SEED=$((FENMING_SEED + $2)) FENMING_WALKS=1000 build-test/walk_test --gtest_brief=1 >"$done.log" 2>&1 || {
    cat "$done.log"
    exit 255
  }
  mv "$done.log" "$done"
  exit 0
fi
cmake --preset test
cmake --build --preset test -j "${JOBS:-$(nproc)}" --target walk_test
seq 1 "${FENMING_PORTIONS:-100}" | xargs -P "${JOBS:-$(nproc)}" -n 1 sh "$0" portion
grep -h ' walks, ' "$FENMING_SOAK_DIR"/portion-* | awk -v seed="$FENMING_SEED" '
  { walks += $1; steps += $3; settled += $7; undone += $9; adjusted += $11; expired += $15; opened += $17 }
  END { printf "%d walks, %d steps, seed %s: N equal; %d settled, %d undone, %d adjusted, %d expired, opened again %d times\n",
               walks, steps, seed, settled, undone, adjusted, expired, opened }'
