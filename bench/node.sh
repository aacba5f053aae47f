#!/bin/sh
# Load on a node over HTTP, each step bounded: bench/node.sh [SECONDS]. The node runs on core 0, the load on core 1, both on loopback; the
# store syncs for real. Prints the rows of bench/NODE.md.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-10}
cmake --preset bench >/dev/null
cmake --build --preset bench -j "$(nproc)" --target fenming --target node_bench --target hello_bench
data=$(mktemp -d)
port=18231
trap 'kill $node 2>/dev/null || true; wait $node 2>/dev/null || true; rm -rf "$data"' EXIT
build-bench/fenming sandbox run --data "$data" --port 0 --once --visits 200 >/dev/null
sed -i "s/^port = .*/port = $port/" "$data/node.toml"
start() {
  taskset -c 0 build-bench/fenming serve --config "$data/node.toml" >/dev/null &
  node=$!
  for _ in $(seq 100); do curl -s "http://127.0.0.1:$port/ready" >/dev/null && return; sleep 0.1; done
  echo "the node does not start" >&2
  exit 1
}
load() { taskset -c 1 build-bench/node_bench --data "$data" --port "$port" "$@"; }
row() { printf '%-34s %s\n' "$1" "$2"; }

taskset -c 0 build-bench/hello_bench 18232 $((seconds + 3)) >/dev/null &
hello=$!
sleep 0.5
row 'bare library, hello' "$(taskset -c 1 build-bench/node_bench --port 18232 --mode hello --seconds "$seconds" --connections 64)"
wait $hello 2>/dev/null || true
start
row 'node, /health' "$(load --mode hello --seconds "$seconds" --connections 64)"
peak=$(load --mode purchase --seconds "$seconds" --connections 256)
row '2102, 12 lines, 256 connections' "$peak"
rate=${peak%%/*}
row "2102 at half the peak" "$(load --mode purchase --seconds "$seconds" --connections 256 --rate $((rate / 2)))"
row "2102 at four times the peak" "$(load --mode purchase --seconds "$seconds" --connections 1500 --rate $((rate * 4)))"
flows=$(load --mode flow --seconds "$seconds" --connections 256)
row '2204 + 2206 + 2207' "$flows"
row '5203 only' "$(load --mode query --seconds "$seconds" --connections 64)"
row "2102 at 500/s" "$(load --mode mixed --seconds "$seconds" --connections 512 --rate 500 --queries 0)"
row "2102 at 500/s, 5203 at 5,000/s" "$(load --mode mixed --seconds "$seconds" --connections 512 --rate 5500 --queries 10)"
row 'memory of the node' "$(awk '/VmRSS|VmHWM/ {printf "%s %d MB ", $1, $2 / 1024}' /proc/$node/status)"
