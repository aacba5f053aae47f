#!/bin/sh
# The desk and its store, with PostgreSQL 15 beside it in the same run; writes bench/DESK.md. Called by tools/bench.sh.
#   PERSONS=1000000 SECONDS_EACH=60 PERSONS_ON_DISK=10000000 SETTLEMENTS_BEFORE_KILL=1000000 (0: that measurement is left out)
set -eu
cd "$(dirname "$0")/.."
persons=${PERSONS:-1000000}
seconds=${SECONDS_EACH:-60}
measured=$(mktemp)
folder=$(mktemp -d)
trap 'rm -rf "$measured" "$folder"' EXIT
build-bench/desk_bench "$folder/store" "$persons" "$seconds" | tee "$measured"
largest=$(du -m "$folder/store"/* | sort -n | tail -n 3 | awk '{ printf "%s%s %s MB", (NR > 1 ? ", " : ""), substr($2, match($2, /[^\/]*$/)), $1 }')
rm -rf "$folder/store"
if [ "${PERSONS_ON_DISK:-10000000}" -gt 0 ]; then
  build-bench/scale_bench reads "$folder/reads" "${PERSONS_ON_DISK:-10000000}" 60 | tee -a "$measured"
  rm -rf "$folder/reads"
fi
if [ "${SETTLEMENTS_BEFORE_KILL:-1000000}" -gt 0 ]; then
  build-bench/scale_bench open "$folder/open" 100000 "${SETTLEMENTS_BEFORE_KILL:-1000000}" | tee -a "$measured"
  rm -rf "$folder/open"
fi
bench/peers/postgres.sh "$persons" "$seconds" | tee -a "$measured"
{
  echo "# The desk and the store"
  echo
  echo "Written by \`make bench\`: $persons persons drawn uniformly, bills of twelve lines, every answer after the commit is synced, views"
  echo "written behind, generator in the same process. The first column says which load."
  echo
  echo "| | |"
  echo "|---|---|"
  echo "| date | $(date -u +%Y-%m-%d) |"
  echo "| commit | $(git rev-parse --short HEAD 2>/dev/null || echo unknown) |"
  echo "| machine | $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores |"
  echo "| compiler | $(c++ --version | head -n 1), -O3 |"
  echo "| files at the end | $largest |"
  echo
  echo "| what | figure | unit |"
  echo "|---|--:|---|"
  awk -F '\t' '{ printf "| %s | %s | %s |\n", $1, $2, ($3 == "" ? "/s" : $3) }' "$measured"
  echo
  cat bench/desk_notes.md
} > bench/DESK.md
echo "bench/DESK.md written"
