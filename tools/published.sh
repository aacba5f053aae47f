#!/bin/sh
# Fetches the test data of tests/published/package.json into build-published/. Never fails: the tests skip what is not there.
set -u
cd "$(dirname "$0")/.."
[ -d build-published/node_modules ] && exit 0
if [ "${SKIP_DEPS:-}" = 1 ] || ! command -v npm >/dev/null 2>&1; then
  echo "published test data is left out (needs npm; SKIP_DEPS=1 skips it)"
  exit 0
fi
echo "installing these npm packages:$(sed -nE 's/^ *"([^"]+)": *"[0-9^~].*/ \1/p' tests/published/package.json | tr -d '\n')"
mkdir -p build-published
cp tests/published/package.json tests/published/.npmrc build-published/
(cd build-published && npm install --ignore-scripts --no-audit --no-fund) || { rm -rf build-published/node_modules; echo "npm could not fetch them: left out"; }
