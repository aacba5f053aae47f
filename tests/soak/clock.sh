#!/bin/sh
# Clock jumps (laws.md 8) by libfaketime against the program: starts at random times before and after the last record, acceptances, and
# jumps while commands are on their way. FENMING_ROUNDS: how many starts (200).
set -eu
cmake --preset test
cmake --build --preset test -j "${JOBS:-2}" --target fenming
program="$PWD/build-test/fenming"
rules="$PWD/rules/990000-mingzhou"
fake=$(find /usr/lib -name libfaketimeMT.so.1 | head -1)
[ -n "$fake" ] || { echo "libfaketime is missing (Debian package faketime)"; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# The allocator of the C library: jemalloc and libfaketime begin by asking each other.
faked() { LD_PRELOAD="$fake libstdc++.so.6 libc.so.6" FAKETIME_DONT_FAKE_MONOTONIC=1 "$@"; }
fail() { echo "FAILED: $*"; exit 1; }
command_of() { # one command with the wall clock off by $1 seconds; $2: its number. Answers ok or refused
  printf 'psn_no,amount,reason\nP1,1.00,round %s\n' "$2" >one.csv
  if faked env FAKETIME="$1s" "$program" import accounts one.csv --store store --lang en >out 2>&1; then echo ok; return; fi
  grep -q 'DSK-042' one.csv.report.csv || fail "round $2: $(cat out one.csv.report.csv)"
  echo refused
}

"$program" adopt store --rules "$rules" --by check --lang en
printf 'psn_no,born,sex,from\nP1,1980-05-05,female,2024-01-01\n' >persons.csv
"$program" import persons persons.csv --store store --lang en

# last: the greatest offset a record was made at; before: the wall that is known of. Offsets are whole thousands of seconds, the rounds
# take far less together with the 60 seconds that are let pass.
last=0 before=0 round=0 refused=0
for offset in $(awk -v seed="$FENMING_SEED" -v rounds="${FENMING_ROUNDS:-200}" '
    BEGIN { srand(seed); for (i = 0; i < rounds; ++i) print 1000 * (i % 5 + int(rand() * 9) - 4 + int(i / 5)) }'); do
  round=$((round + 1))
  sign=$([ "$offset" -lt 0 ] || echo +)
  expected=$([ "$offset" -ge "$before" ] && echo ok || echo refused)
  got=$(command_of "$sign$offset" "$round")
  [ "$got" = "$expected" ] || fail "round $round at $offset, known $before, last $last: $got"
  if [ "$got" = refused ]; then
    refused=$((refused + 1))
    faked env FAKETIME="$sign${offset}s" "$program" clock accept store --by chief --lang en >out 2>&1 || fail "$(cat out)"
    before=$offset
    [ "$(command_of "$sign$offset" "$round")" = ok ] || fail "round $round at $offset: refused after the acceptance"
  fi
  if [ "$offset" -ge "$last" ]; then last=$offset before=$offset; fi
done

# While commands are on their way: a jump of less than a minute is let pass, a greater one stops the desk until it is accepted. FENMING_PERSONS: how many rows (60000).
many=${FENMING_PERSONS:-60000}
awk -v n=$many 'BEGIN { print "psn_no,born,sex,from"; for (i = 0; i < n; ++i) printf "Q%06d,1980-05-05,male,2024-01-01\n", i }' >many.csv
jumping() { # from the offset $1 to $2 in the middle; a fresh store
  rm -rf running many.csv.report.csv
  "$program" adopt running --rules "$rules" --by check --lang en >out
  printf '%s\n' "$1" >offset
  faked env FAKETIME_NO_CACHE=1 FAKETIME_TIMESTAMP_FILE="$work/offset" "$program" import persons many.csv --store running --lang en >out 2>&1 &
  pid=$!
  while kill -0 $pid 2>/dev/null && [ "$(du -sk running | cut -f1)" -lt 700 ]; do sleep 0.02; done
  kill -0 $pid 2>/dev/null || fail "the import was over before the jump"
  printf '%s\n' "$2" >offset.next && mv offset.next offset
  if wait $pid; then echo ok; else grep -q 'DSK-042' many.csv.report.csv && echo refused; fi
}
[ "$(jumping +0s +45s)" = ok ] || fail "45 s are let pass: $(cat out)"
for jump in +90s -90s +7200s -7200s +31536000s; do
  [ "$(jumping +0s $jump)" = refused ] || fail "a jump of $jump: $(cat out)"
  "$program" verify running --lang en >out 2>&1 || fail "$(cat out)"
  "$program" import persons many.csv --store running --lang en >out 2>&1 || fail "after $jump: $(cat out)" # the clock is right again
  grep -q "$many rows" out || fail "$(cat out)"
  "$program" verify running --lang en >out 2>&1 || fail "$(cat out)"
done

"$program" verify store --lang en
"$program" replay store --lang en
"$program" export store tables --lang en >out
cut -d, -f2 tables/record.csv | tail -n +2 | sort -c || fail "record times run backwards"
echo "$round starts, $refused of them refused until accepted, 6 jumps under load: settled only by a trusted clock, record times never run back"
