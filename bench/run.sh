#!/bin/sh
# Runs everything in one go, answers compared first, and writes bench/RESULTS.md. Called by tools/bench.sh once all is built.
#   ROUNDS=21 timed rounds of the C++ program; PEER_ROUNDS=7 of the peers
set -eu
cd "$(dirname "$0")/.."
measured=$(mktemp)
bills=$(mktemp)
trap 'rm -f "$measured" "$bills"' EXIT

build-bench/settle_bench run "${ROUNDS:-21}" | tee "$measured"
if [ -d bench/peers/node_modules ]; then
  build-bench/settle_bench export 2000 > "$bills"
  node bench/peers/run.js "$bills" "${PEER_ROUNDS:-7}" > "$measured.peers"
  tee -a "$measured" < "$measured.peers"
  rm -f "$measured.peers"
fi

version() { sed -nE "s#.*\"$1\": \"([0-9.]+)\".*#\1#p" bench/peers/package.json; }
{
  echo "# Speed"
  echo
  echo "Written by \`make bench\`. Settlements per second of CPU time on one core: the median of the rounds, the slowest and the fastest."
  echo "Every line settles the same kind of bill: twelve fee lines drawn from a seed (bench/random_bills.h). The standard case is"
  echo "bench/standard.yaml, read like any region's policy; all answers are compared with each other before anything is timed."
  echo
  echo "| | |"
  echo "|---|---|"
  echo "| date | $(date -u +%Y-%m-%d) |"
  echo "| commit | $(git rev-parse --short HEAD 2>/dev/null || echo unknown)$(git diff --quiet HEAD -- src bench/*.cpp bench/*.h bench/*.yaml 2>/dev/null || echo ', changed') |"
  echo "| machine | $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores |"
  echo "| compiler | $(c++ --version | head -n 1), -O3 |"
  if [ -d bench/peers/node_modules ]; then
    echo "| peers | node $(node --version), @gorules/zen-engine $(version @gorules/zen-engine), json-rules-engine $(version json-rules-engine) |"
  fi
  echo
  echo "| what | per second | slowest | fastest | target | allocations each | against the first line |"
  echo "|---|--:|--:|--:|--:|--:|--:|"
  awk -F '\t' '
    function grouped(n,  text, out) {
      text = sprintf("%.0f", n)
      while (length(text) > 3) { out = "," substr(text, length(text) - 2) out; text = substr(text, 1, length(text) - 3) }
      return text out
    }
    NR == 1 { first = $2 }
    { target = $5 > 0 ? grouped($5) ($2 >= $5 ? "" : " **missed**") : ""
      printf "| %s | %s | %s | %s | %s | %s | %s |\n", $1, grouped($2), grouped($3), grouped($4), target, $6, sprintf("%.3g ×", $2 / first) }
  ' "$measured"
  echo
  cat bench/notes.md
} > bench/RESULTS.md
echo "bench/RESULTS.md written"
