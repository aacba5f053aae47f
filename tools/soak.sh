#!/bin/sh
# The long tests: every tests/soak/*.sh, each at most 120 minutes. A test finds FENMING_SEED and FENMING_SOAK_DIR (a folder
# that survives an interruption: run the same command again and it goes on there). One row per finished test goes to
# bench/SOAK.md. SEED=... chooses the seed; otherwise it is drawn once per test and commit.
set -eu
cd "$(dirname "$0")/.."
commit=$(git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
[ -z "$(git status --porcelain --untracked-files=no 2>/dev/null)" ] || commit="$commit+changes"
report=bench/SOAK.md
begin_report() {
  [ -f "$report" ] && return
  mkdir -p bench
  cat >"$report" <<'HEAD'
# Soak

The long tests (`make soak`), newest last. The seed repeats the run: `SEED=... make soak` on that commit.

| day | test | commit | seed | result | minutes | last line |
|---|---|---|---|---|---|---|
HEAD
}

failed=0
for script in tests/soak/*.sh; do
  [ -e "$script" ] || { echo "tests/soak holds no test"; exit 0; }
  name=$(basename "$script" .sh)
  state="build-soak/$commit/$name"
  mkdir -p "$state"
  if [ -f "$state/done" ]; then
    echo "== $name: done on this commit"
    continue
  fi
  [ -f "$state/seed" ] && [ -z "${SEED:-}" ] || echo "${SEED:-$(date +%s)}" >"$state/seed"
  seed=$(cat "$state/seed")
  echo "== $name, seed $seed"
  begin=$(date +%s)
  if FENMING_SEED=$seed FENMING_SOAK_DIR="$PWD/$state" timeout 7200 sh "$script" >"$state/log" 2>&1; then
    result=passed
    touch "$state/done"
  else
    result=FAILED
    failed=1
  fi
  minutes=$((($(date +%s) - begin + 59) / 60))
  last=$(tail -n 1 "$state/log" | tr '|' '/' | cut -c1-120)
  echo "   $result: $last"
  begin_report
  echo "| $(date +%F) | $name | $commit | $seed | $result | $minutes | $last |" >>"$report"
done
exit $failed
