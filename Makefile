# A thin front: what each target runs stands in tools/checks.txt, what it needs in tools/packages.txt.
# JOBS=2 sets the number of parallel jobs; SKIP_DEPS=1 installs nothing.
JOBS ?= $(shell nproc)
export JOBS SKIP_DEPS
.DEFAULT_GOAL := help
.PHONY: help deps build run test fast check soak bench mutants format clean

help:           ## this list
	@grep -hE '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 12

deps:           ## install what build and tests need (Debian packages, printed first)
	@tools/deps.sh build

build: deps     ## build/fenming
	@cmake --preset release
	@cmake --build --preset release -j $(JOBS)

run: build      ## make the sandbox region, serve it on 127.0.0.1:8080, play a day, keep serving
	@build/fenming sandbox run

test: deps      ## quick tests: one build -O1 with checks on, unit, case and short property tests
	@tools/run_checks.sh test

fast:           ## the fast part of check: format and tests/tidy
	@tools/deps.sh build format
	@tools/run_checks.sh fast

check:          ## before a merge, beside test: format, tidy, clang, sanitizers, a minute of each fuzzer
	@tools/deps.sh build format check
	@tools/run_checks.sh fast check

soak:           ## the long tests of tests/soak, resumable; results in bench/SOAK.md
	@tools/deps.sh build soak
	@tools/soak.sh

bench:          ## speed, side by side with others; results in bench/RESULTS.md
	@tools/deps.sh build bench
	@tools/bench.sh

mutants: deps   ## break money, policy, ledger and settlement on purpose and see that a test notices
	@tests/mutants/run.sh

format:         ## bring all C++ files into the project's form
	@tools/deps.sh format
	@find src tests bench -name '*.h' -o -name '*.cpp' | xargs clang-format-19 -i

clean:          ## remove every build folder
	@rm -rf build build-*
