#!/bin/sh
# Every single allocation of a script of twenty settlements failing, one at a time (tests/faults), in portions that are not done again.
set -eu
cmake --preset test
cmake --build --preset test -j "${JOBS:-2}" --target faults_test
[ -d /dev/shm ] && export TEST_TMPDIR=/dev/shm # the disk is another test's
portions=${FENMING_PORTIONS:-40}
for portion in $(seq 1 "$portions"); do
  done="$FENMING_SOAK_DIR/portion-$portion"
  [ -f "$done" ] && continue
  FENMING_SEED=$((portion - 1)) FENMING_ALLOCATIONS_EACH=40 build-test/faults_test --gtest_brief=1 --gtest_filter='Allocations.*' >"$done.log" 2>&1 ||
    { cat "$done.log"; exit 1; }
  mv "$done.log" "$done"
done
cat "$FENMING_SOAK_DIR"/portion-* | awk '/failing one at a time/ { tried += $1; all = $3; ended += $10 }
  END { printf "%d of about %d allocations failing one at a time, %d ended the program: no false answer, no corrupt start\n", tried, all, ended }'
