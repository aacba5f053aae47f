#!/bin/sh
# Builds the programs of bench/, fetches the peers it is measured against (bench/peers/package.json) and runs bench/run.sh.
set -eu
cd "$(dirname "$0")/.."
cmake --preset bench
cmake --build --preset bench -j "${JOBS:-$(nproc)}"
if [ -f bench/peers/package.json ] && [ ! -d bench/peers/node_modules ]; then
  if [ "${SKIP_DEPS:-}" = 1 ]; then
    echo "bench/peers/node_modules is missing: the comparison is left out (SKIP_DEPS=1)" >&2
  else
    echo "installing these npm packages:$(sed -nE 's/^ *"([^"]+)": *"[0-9^~].*/ \1/p' bench/peers/package.json | tr -d '\n')"
    (cd bench/peers && if [ -f package-lock.json ]; then npm ci --no-audit --no-fund; else npm install --no-audit --no-fund; fi)
  fi
fi
bench/run.sh
exec bench/desk.sh
