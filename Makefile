# The front door. CMake and npm do the work; this file sets a Debian machine up
# and calls them. `make` alone lists the targets.

PRESET  ?= release
JOBS    ?= 2
# Options of CMake for a new build tree: CONFIGURE=-DTENON_WERROR=ON
CONFIGURE ?=
PREFIX  ?= /usr/local
DESTDIR ?=

BUILD     := build/$(PRESET)
TRANSFORM := examples/assemblyscript-transform
ITERATIONS ?= 1000000

# Of the fuzzers; see docs/fuzzing.md.
N    ?= 1000
SEED ?= 1
SIMD ?=
NEAR ?= 0
TARGET ?= read_module
TIME   ?= 60
RECORDS ?= 5000000

.DEFAULT_GOAL := help
.PHONY: help bench demo test build install format format-check lint asan asan-short hooks gate clean setup \
        fuzz-differential fuzz tsan compile-cost cost-search check-code real-modules golden conformance test-fresh many-instances \
        fuzz-generator fuzz-smith fuzz-reset soak interrupt-storm

help: ## This list
	@echo 'Usage: make TARGET'
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20
	@echo
	@echo 'Variables: JOBS=$(JOBS) PRESET=$(PRESET) PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) ITERATIONS=$(ITERATIONS)'

demo: build ## Compile the AssemblyScript example and call it a million times
	$(BUILD)/bin/tenon compile $(TRANSFORM)/build/optimized.wasm -o $(BUILD)/optimized.so
	$(BUILD)/bin/assemblyscript-transform $(BUILD)/optimized.so $(ITERATIONS)

test: build ## Run every test
	@scripts/test $(BUILD) -j $(JOBS)

build: $(BUILD)/build.ninja ## Build the libraries, tools, examples and tests
	cmake --build $(BUILD) -j $(JOBS)

# A new build tree has its packages installed first. From then on it notices changes to its
# own description by itself, and nothing is installed unasked.
$(BUILD)/build.ninja: | setup
	cmake --preset $(PRESET) $(CONFIGURE)

setup: ## Install the Debian packages that are missing (a new build tree does so by itself)
	@scripts/setup build

install: build ## Install under $(PREFIX)
	DESTDIR=$(DESTDIR) cmake --install $(BUILD) --prefix $(PREFIX)

SOURCES = $(shell git ls-files '*.cpp' '*.hpp' '*.h')
format: ## Format all C++ sources in place
	@scripts/setup format
	@clang-format-22 -i $(SOURCES)

format-check: ## Fail where a C++ source is not formatted
	@scripts/setup format
	@clang-format-22 --dry-run --Werror $(SOURCES)
	@! git grep -nE '^(<<<<<<<|>>>>>>>) ' || { echo 'a merge is half done'; exit 1; }

# The commit to compare with; see scripts/lint.
BASE ?=
lint: $(BUILD)/build.ninja ## Run clang-tidy over changed files (ALL=1: all files; BASE=COMMIT)
	@scripts/setup lint
	scripts/lint $(BUILD) $(if $(ALL),--all,$(BASE))

bench: ## Measure against native code and other engines (GROUPS='loop kernels': some)
	@scripts/setup build
	@scripts/setup bench
	cmake --preset $(PRESET) -DTENON_BUILD_BENCH=ON
	cmake --build $(BUILD) -j $(JOBS)
	bench/run --build $(BUILD) $(GROUPS)

compile-cost: build ## Measure what compiling modules of 1, 4 and 16 MB takes
	tests/compile_cost/compile_cost.py --compiler $(BUILD)/bin/tenon-compile --all

cost-search: build ## Search for modules that compile out of proportion (TIME=60 seconds, SEED=1)
	tests/compile_cost/search.py --compiler $(BUILD)/bin/tenon-compile --time $(TIME) --seed $(SEED) \
	  --keep $(BUILD)/cost-search

check-code: build ## Read the code of all modules of the official suite back, and look for faults of the compiler
	tests/check/check_modules.py --compiler $(BUILD)/bin/tenon-compile --suite ../shared/spec \
	  --generate $(BUILD)/bin/generate_modules --count 40

real-modules: build ## Compile modules of npm packages at -O2, and run them (LARGE=1 or names: the large ones)
	tests/e2e/real_modules/real_modules.py --compiler $(BUILD)/bin/tenon-compile \
	  --host $(BUILD)/bin/real_modules_host --node $(BUILD)/oracle/node \
	  --work $(BUILD)/tests/e2e/real_modules/work $(if $(LARGE),--large $(filter-out 1,$(LARGE)),--optimize-all)

golden: build ## Renew the LLVM IR that tests/golden keeps; then read the difference
	tests/golden/golden.py --compiler $(BUILD)/bin/tenon-compile --write

conformance: build ## Bring the tables of docs/conformance.md up to date
	$(BUILD)/bin/conformance --write docs/conformance.md

many-instances: build ## Make 100,000 instances in one process, and measure them
	TENON_TEST_INSTANCES=100000 $(BUILD)/bin/explicit_bounds_test --gtest_filter='ManyInstances*'

asan: ## Run every test under the address and undefined-behaviour sanitizers
	@$(MAKE) --no-print-directory test PRESET=asan

asan-short: setup ## Run the tests that need no compiler under the sanitizers, in some minutes
	cmake --preset asan -B build/asan-short -DTENON_BUILD_COMPILER=OFF -DTENON_BUILD_EXAMPLES=OFF
	cmake --build build/asan-short -j $(JOBS)
	ctest --test-dir build/asan-short -j $(JOBS) --output-on-failure --no-tests=error -E '^install\.'

gate: ## What CI asks of a change: formatting, sanitizers, no warning, every test, clang-tidy
	@.ci/run

hooks: ## Look at each commit before it is made (formatting, arrows)
	git config core.hooksPath scripts/hooks

fuzz-differential: $(BUILD)/build.ninja ## Compare N=1000 random modules with V8 and wabt (SEED=1, SIMD=0|1)
	cmake --build $(BUILD) -j $(JOBS) --target fuzz_runner mutations oracle
	fuzz/differential/fuzz.py --build $(BUILD) --count $(N) --seed $(SEED) $(if $(SIMD),--simd $(SIMD))

fuzz-generator: $(BUILD)/build.ninja ## Compare N=1000 modules that no toolchain makes with V8 (SEED=1, NEAR=0)
	cmake --build $(BUILD) -j $(JOBS) --target fuzz_runner generate_modules oracle
	fuzz/differential/fuzz.py --build $(BUILD) --source generator --count $(N) --seed $(SEED) --near-the-end $(NEAR)

fuzz-smith: $(BUILD)/build.ninja ## The same with N=1000 modules of wasm-smith (needs cargo 1.85 or later)
	cmake --build $(BUILD) -j $(JOBS) --target fuzz_runner oracle
	fuzz/differential/fuzz.py --build $(BUILD) --source smith --count $(N) --seed $(SEED) --near-the-end $(NEAR)

fuzz-reset: $(BUILD)/build.ninja ## Reset N=1000 random modules, and compare every byte (SEED=1)
	cmake --build $(BUILD) -j $(JOBS) --target fuzz_reset
	$(BUILD)/bin/fuzz_reset --seed $(SEED) --count $(N)

# libFuzzer's targets, in a build of their own.
FUZZ := build/fuzz
fuzz: setup ## Run a fuzz target (TARGET=read_module|note|compile|whole|wasi, TIME=60 seconds)
	@scripts/setup fuzz
	test -e $(FUZZ)/build.ninja || cmake --preset fuzz
	cmake --build $(FUZZ) -j $(JOBS) --target fuzz_$(TARGET) fuzz_seeds
	test -d $(FUZZ)/corpus || fuzz/libfuzzer/make_corpus.py --build $(FUZZ) --suite $${TENON_SPEC_DIR:-../shared/spec}
	mkdir -p $(FUZZ)/findings
	$(FUZZ)/bin/fuzz_$(TARGET) -max_total_time=$(TIME) -timeout=25 -artifact_prefix=$(FUZZ)/findings/$(TARGET)- \
	  -print_final_stats=1 $(FUZZ)/corpus/$(TARGET)

soak: $(BUILD)/build.ninja ## Pass RECORDS=5000000 records, some of which trap or never end, through two plugins
	cmake --build $(BUILD) -j $(JOBS) --target tenon_tool tenon_compile_tool
	tests/soak/soak.py --tenon $(BUILD)/bin/tenon --records $(RECORDS)

test-fresh: ## Run the README's two commands in a new minimal Debian 12 (needs root or sudo)
	@scripts/setup fresh
	scripts/test_fresh

tsan: setup ## Run the tests with threads under the thread sanitizer
	test -e build/tsan/build.ninja || cmake --preset tsan
	cmake --build build/tsan -j $(JOBS) --target threads_test shared_memory_test interrupt_test interrupt_storm_test \
	  pool_test
	ctest --test-dir build/tsan --output-on-failure -L threads

interrupt-storm: build ## Interrupt plugins from eight threads at random moments (TIME=60 seconds)
	TENON_STORM_SECONDS=$(TIME) $(BUILD)/bin/interrupt_storm_test

clean: ## Delete everything that was built
	rm -rf build $(wildcard examples/*/build) $(wildcard examples/*/node_modules)
