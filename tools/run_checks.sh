#!/bin/sh
# Runs the checks of the named groups (tools/checks.txt) in order, all of them even when one fails, and closes with a table.
set -u
cd "$(dirname "$0")/.."
export JOBS="${JOBS:-$(nproc)}"

table=""
failed=0
for group in "$@"; do
  names=$(awk -v group="$group" '$1 == group {print $2}' tools/checks.txt)
  [ -n "$names" ] || { echo "no check is in the group $group" >&2; exit 2; }
  for name in $names; do
    command=$(sed -nE "s/^$group +$name +//p" tools/checks.txt)
    echo "== $name: $command"
    begin=$(date +%s)
    if sh -c "$command"; then result=passed; else result=FAILED; failed=1; fi
    table="$table$(printf '%-12s %-7s %5d s' "$name" "$result" $(($(date +%s) - begin)))
"
  done
done
printf '\n%s' "$table"
exit $failed
