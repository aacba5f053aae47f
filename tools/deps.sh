#!/bin/sh
# Installs the Debian packages of the named purposes (tools/packages.txt) that are missing; prints them first.
# SKIP_DEPS=1: does nothing. Without apt-get: says what is wanted and goes on, the build will tell what is missing.
set -eu
cd "$(dirname "$0")/.."
[ "${SKIP_DEPS:-}" = 1 ] && exit 0

wanted=""
for purpose in "$@"; do
  wanted="$wanted $(sed -n "s/^$purpose  *//p" tools/packages.txt | tr '\n' ' ')"
done

installed() {
  dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

missing=""
for entry in $wanted; do
  package=${entry%%|*}
  case "$entry" in
    *"|"*) command -v "${entry#*|}" >/dev/null 2>&1 && continue ;;
  esac
  if command -v dpkg-query >/dev/null 2>&1 && installed "$package"; then continue; fi
  missing="$missing $package"
done
[ -z "$missing" ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "fenming needs the equivalents of these Debian packages:$missing" >&2
  exit 0
fi
echo "installing these Debian packages:$missing"
echo "(SKIP_DEPS=1 leaves this out)"
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo"
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
