#!/bin/sh
# Every C++ file stands in the form of .clang-format; `make format` brings it there.
set -eu
cd "$(dirname "$0")/.."
find src tests bench -name '*.h' -o -name '*.cpp' 2>/dev/null | sort | xargs clang-format-19 --dry-run -Werror
