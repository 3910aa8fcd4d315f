# Yibao (医保): what a developer, a CI run and a first-time user call. `make help` lists the targets.

PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
UV := UV_PYTHON_DOWNLOADS=never VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv
# pytest-xdist: two workers suit the smallest machine; `make test WORKERS=8` on a larger one.
WORKERS ?= 2

AREA ?= 140100
YEAR ?= 2023
PEOPLE ?= 50000
SEED ?= 1
OUT ?= out/$(AREA)-$(YEAR)

# Quotes are verified against the notices' texts where a folder of them lies beside the repository.
TEXTS := $(if $(wildcard ../shared/notices),--texts ../shared/notices)

# Where the environment forbids Python to write bytecode, every start would compile every module anew: so it is done once here.
# The texts that the compiled kernel is gathered from: a change in one of them builds it again.
KERNEL_SOURCES := $(wildcard src/yibao/kernel/*.py src/yibao/engine/*.py src/yibao/*/terms.py \
	src/yibao/*/params.py src/yibao/*/rules/*.py)

.DEFAULT_GOAL := help
.PHONY: help .venv run demo soak check lint test test-cluster compiler java fuzz bench coverage messages format lock clean

help: ## what each target does
	@sed -n 's/^\([a-z.][a-z.-]*\):.*## \(.*\)/  make \1 -- \2/p' $(MAKEFILE_LIST) | awk -F' -- ' '{printf "%-18s %s\n", $$1, $$2}'

.venv: .venv/installed .venv/kernel ## the environment: what is locked, the project itself, the compiled kernel

.venv/installed: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
		echo "No '$(PYTHON)' on this machine. Debian, Ubuntu: apt-get install python3 python3-venv"; \
		echo "Any other: install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "'$(PYTHON)' is $$($(PYTHON) -V 2>&1), but Yibao needs 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' has no venv module. Debian, Ubuntu: apt-get install python3 python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(UV) pip sync --require-hashes --compile-bytecode requirements.lock
	$(UV) pip install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/kernel: .venv/installed $(KERNEL_SOURCES)
	$(BIN)/python -m compileall -q src/yibao
	$(BIN)/python -m yibao.engine.compiled
	@touch $@

run: .venv ## the main job: a benefit year of Taiyuan 2023, from enrolment to the report
	$(BIN)/yibao year --area $(AREA) --year $(YEAR) --people $(PEOPLE) --seed $(SEED) --out $(OUT)

lint: .venv/installed ## the checks of style, types and layers alone
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m yibao.engine.subset

demo: .venv ## a database with a generated area and a year of history: yibao.sqlite3, or YIBAO_DATABASE
	$(BIN)/yibao demo

soak: .venv ## workers killed two hundred times, the database twenty: nothing lost, half done or doubled
	YIBAO_KILLS=200 $(BIN)/pytest tests/agency/test_crash.py

check: lint .venv/kernel ## lint, then the policies and the lock
	$(BIN)/yibao policy check $(TEXTS)
	@! grep -nE 'https?://|file:' requirements.lock requirements-cluster.lock || { echo "requirements.lock names an address: make lock"; exit 1; }

test: check compiler ## check, then every test, those on a cluster too
	$(BIN)/pytest -n $(WORKERS)
	$(MAKE) test-cluster

test-cluster: .venv .venv/cluster java ## settlement on a real Spark cluster of two workers on this machine
	$(BIN)/pytest -m cluster tests/cluster

.venv/cluster: .venv/installed requirements-cluster.lock
	$(UV) pip install --require-hashes --compile-bytecode --requirement requirements-cluster.lock
	@touch $@

compiler: ## gcc, beside which the kernel is measured and held: installed where that is possible, else said
	@command -v gcc >/dev/null 2>&1 || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
			apt-get update -qq && apt-get install -y -qq --no-install-recommends gcc libc6-dev; \
		else false; fi || { \
			echo "The kernel is held beside the same loop in C. Debian, Ubuntu: apt-get install gcc libc6-dev"; \
			echo "Any other: put gcc on the PATH, then make test again"; exit 1; }; }

java: ## Java 17 or newer, which Spark needs: installed where that is possible, else said
	@java -version 2>&1 | grep -Eq 'version "(1[7-9]|[2-9][0-9])' || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
			apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless; \
		else false; fi || { \
			echo "Spark needs Java 17 or newer. Debian, Ubuntu: apt-get install openjdk-17-jre-headless"; \
			echo "Any other: put a JRE of 17 or newer on the PATH, then make test-cluster again"; exit 1; }; }

fuzz: .venv ## the property tests, with many more examples
	$(BIN)/pytest -n $(WORKERS) -m property --hypothesis-profile=fuzz

bench: .venv compiler ## the measurements: the full chain, the kernel beside its peers (environments under .cache/bench), files, the agency
	$(BIN)/python benchmarks/settle.py
	$(BIN)/python benchmarks/peers.py
	$(BIN)/python benchmarks/stream.py
	$(BIN)/python benchmarks/reference_stream.py
	$(BIN)/python benchmarks/start.py
	$(BIN)/python benchmarks/agency.py

coverage: .venv/installed ## docs/coverage.md: what carries out each clause of the notices
	$(BIN)/python tools/coverage.py

messages: .venv/installed ## the console's words, from locale/*/LC_MESSAGES/django.po
	$(BIN)/pybabel compile -D django -d src/yibao/web/locale

format: .venv/installed ## the files laid out as `check` wants them
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: .venv/installed ## requirements.lock from pyproject.toml, hashes and no address in it
	$(UV) pip compile pyproject.toml --extra test --universal --python-version 3.11 \
		--generate-hashes --no-header --upgrade --quiet --output-file requirements.lock
	$(UV) pip compile pyproject.toml --extra cluster --constraint requirements.lock --universal --python-version 3.11 \
		--generate-hashes --no-header --upgrade --quiet --output-file requirements-cluster.lock

clean: ## removes the environment, caches and results
	rm -rf .venv out build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
