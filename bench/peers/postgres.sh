#!/bin/sh
# PostgreSQL 15 doing the bench region's settlement in a stored procedure: 64 clients on a private cluster (unix socket only), synced
# commits. postgres.sh [PERSONS [SECONDS]]; prints "name <tab> per second".
set -eu
cd "$(dirname "$0")"
persons=${1:-1000000}
seconds=${2:-30}
bin=$(ls -d /usr/lib/postgresql/15/bin 2>/dev/null || true)
[ -n "$bin" ] || { echo "PostgreSQL 15 is not installed: left out" >&2; exit 0; }
work=$(mktemp -d)
as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
[ "$(id -u)" = 0 ] && chown postgres "$work"
trap 'as "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
as "$bin/initdb" -D "$work/data" -A trust >/dev/null
as "$bin/pg_ctl" -D "$work/data" -w -o "-k $work -c listen_addresses='' -c shared_buffers=2GB -c max_wal_size=4GB -c max_connections=100" \
  -l "$work/log" start >/dev/null
cp settle_procedure.sql "$work/setup.sql"
{
  echo '\set p random(1, '"$persons"')'
  for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "\\set a$i random(100, 9100)"; done
  echo 'select settle(:p::bigint, array[:a1,:a2,:a3,:a4,:a5,:a6,:a7,:a8,:a9,:a10,:a11,:a12]::bigint[]);'
} > "$work/settle.sql"
chmod 644 "$work/setup.sql" "$work/settle.sql"
as "$bin/psql" -h "$work" -d postgres -q -v persons="$persons" -f "$work/setup.sql"
as "$bin/psql" -h "$work" -d postgres -q -c 'vacuum analyze'
as "$bin/pgbench" -h "$work" -n -M prepared -c 64 -j 2 -T "$seconds" -f "$work/settle.sql" postgres |
  sed -n 's/^tps = \([0-9.]*\).*/PostgreSQL 15, stored procedure, 64 clients\t\1/p'
