#!/bin/sh
# The property tests at length, JOBS regions side by side: run.sh BILLS [FOLDER]. FENMING_SEED chooses the seed. With a folder the run
# can be interrupted: a region that passed leaves a file there and is not run again.
set -eu
cd "$(dirname "$0")/../.."
bills=$1
done=${2:-$(mktemp -d)}
mkdir -p "$done"
if [ "${3:-}" = region ]; then
  name=$(basename "$4")
  [ -f "$done/$name" ] && exit 0
  FENMING_REGION=$name FENMING_BILLS=$bills build-test/properties_test --gtest_brief=1 --gtest_filter='Rules/*' >"$done/$name.log" 2>&1 ||
    { cat "$done/$name.log"; exit 1; }
  grep 'bills settled' "$done/$name.log" | tee "$done/$name"
  exit 0
fi
cmake --preset test
cmake --build --preset test -j "${JOBS:-$(nproc)}" --target properties_test
FENMING_LAYERS=$((bills / 10)) build-test/properties_test --gtest_brief=1 --gtest_filter='Layers.*'
printf '%s\n' rules/*/ | xargs -P "${JOBS:-$(nproc)}" -n 1 "$0" "$bills" "$done" region
echo "$(cat "$done"/*.log | grep -c 'bills settled') regions, $bills bills each, seed ${FENMING_SEED:-20240229}: the laws hold"
