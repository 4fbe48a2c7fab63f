PYTHON ?= $(firstword $(foreach python,python3.11 python3.12 python3.10 python3,$(shell command -v $(python) 2>/dev/null)))
BIN := .venv/bin
# Compiling what nobody imports would be a third of the set-up.
PIP := $(BIN)/pip --quiet --disable-pip-version-check install --no-compile
LOCK := $(BIN)/uv pip compile pyproject.toml --extra build --extra testbed --universal --python-version 3.10 --generate-hashes --no-header --quiet

.DEFAULT_GOAL := help
.PHONY: help setup jars demo demo-kafka picture test test-fast lint wheel reference bench lock clean

help: ## show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/ready ## make .venv from the pinned requirements

.venv/ready: requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "flowsift needs Python 3.10, 3.11 or 3.12 and there is none; install one, or name it: make PYTHON=…"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))' || \
	  { echo "flowsift needs Python 3.10, 3.11 or 3.12; $(PYTHON) is another: make PYTHON=python3.11"; exit 1; }
	@java=$${JAVA_HOME:+$$JAVA_HOME/bin/}java; command -v "$$java" >/dev/null || \
	  { echo "flowsift needs Java 17 or later and there is none; install a JDK or set JAVA_HOME"; exit 1; }; \
	  version=$$("$$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p'); test "$${version:-0}" -ge 17 || \
	  { echo "flowsift needs Java 17 or later; $$java is version $${version:-unknown}: set JAVA_HOME to a newer one"; exit 1; }
	@echo "setting up .venv with $(PYTHON)"
	@rm -rf .venv && "$(PYTHON)" -m venv .venv
	@$(PIP) --require-hashes -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/ready-to-test: .venv/ready tests/requirements.txt
	@$(PIP) --require-hashes -r tests/requirements.txt
	@touch $@

jars: docker/jars/ready ## fetch the Kafka connector, zstd and a broker (needs Maven)

docker/jars/ready: docker/pom.xml
	@command -v mvn >/dev/null || { echo "this needs Maven and there is none; install it, or put the jars of flink-sql-connector-kafka and zstd-jni into docker/jars/connectors"; exit 1; }
	@mvn --quiet --batch-mode --file docker/pom.xml package
	@touch $@

demo: setup ## generate traffic, run every analysis on the mini-cluster, show what was found
	@$(BIN)/flowsift demo

demo-kafka: setup jars ## the same over a real broker and a standalone Flink cluster, by flink run
	@$(BIN)/flowsift demo --kafka --folder build/demo-kafka

picture: setup ## draw docs/images/demo.svg from the results of the last demo
	@$(BIN)/python -m flowsift.testbed.picture build/demo docs/images/demo.svg

# Jobs start Python dozens of times: whoever keeps it from writing what it has compiled pays three seconds each time.
test test-fast: export PYTHONDONTWRITEBYTECODE :=

test: .venv/ready-to-test ## pass all tests; those over Kafka need Maven
	@if command -v mvn >/dev/null; then $(MAKE) --no-print-directory jars; else echo "no Maven: tests over Kafka are skipped"; fi
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadgroup --no-loadscope-reorder --durations 15 --maxfail 5

test-fast: .venv/ready-to-test ## pass the unit tests and the examples in docstrings: no JVM, under a minute
	@$(BIN)/python -m pytest tests/unit udfs --numprocesses 2 --dist loadgroup --no-loadscope-reorder --durations 5

lint: .venv/ready-to-test ## check the Python and SQL sources
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/sqlfluff lint --disable-progress-bar sql
	@PYTHONPATH=.:jobs $(BIN)/lint-imports --no-cache
	@$(BIN)/basedpyright --pythonpath $(BIN)/python

wheel: setup ## build the package into build/wheel
	@rm -rf build/lib build/bdist.* build/wheel
	@$(BIN)/pip --quiet --disable-pip-version-check wheel --no-deps --no-build-isolation --wheel-dir build/wheel .
	@ls build/wheel/*.whl

reference: setup ## bring the reference pages under docs/analyses/ up to date
	@$(BIN)/flowsift reference

bench: .venv/ready-to-test jars ## measure throughput over Kafka against the raw scan and a hand-tuned process
	@$(BIN)/python -m tests.bench

lock: setup ## renew both requirements.txt from pyproject.toml
	@$(PIP) uv
	@$(LOCK) --extra test --output-file tests/requirements.txt
	@$(LOCK) --constraint tests/requirements.txt --output-file requirements.txt

clean: ## remove everything that was made
	@rm -rf .venv build docker/jars docker/target *.egg-info
