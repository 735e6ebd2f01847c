# Everything from a fresh checkout, with only Python 3.11+ and make.

PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# Tests start hundreds of Pythons: each finds compiled what the first one read, whatever this machine says of that.
COMPILED := PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX=$(CURDIR)/.venv/pycache

.DEFAULT_GOAL := help
.PHONY: help run demo test pictures check lock assets test-services storm bench

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

run: .venv/.run ## Start site, studio and worker in practice, on http://127.0.0.1:8000 (PORT= and HOST= change it)
	@exec $(BIN)/newsletter up

demo: .venv/.run ## The same with a clinic that has a month behind it, in var/demo
	@NEWSLETTER_DATA_DIR="$${NEWSLETTER_DATA_DIR:-var/demo}" exec $(BIN)/newsletter demo

test: .venv/.dev ## Run every test that this machine can run; the last lines say what it could not, and why (ARGS= goes to pytest)
	@$(COMPILED) $(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(ARGS)

storm: .venv/.dev ## An issue to 20,000 people around the world, with kills: a quarter of an hour (STORM_PEOPLE= changes how many)
	@$(COMPILED) STORM_PEOPLE=$(or $(STORM_PEOPLE),20000) $(BIN)/pytest tests/faults/test_around_the_world.py --durations 4

bench: .venv/.dev ## Time every studio page with 100,000 readers and 1,000,000 e-mails, on both databases (ARGS=)
	@$(BIN)/python benchmarks/pages.py $(ARGS)

pictures: .venv/.dev ## Take the pictures in docs/pictures from the product itself (needs Debian's chromium; some minutes)
	@$(BIN)/python -m tests.browser.pictures docs/pictures

check: .venv/.dev ## Formatter, linter, types, import contracts, dependency audit
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python .ci/audit.py requirements/run.txt

lock: .venv/.dev ## Renew requirements/*.txt from pyproject.toml (UPGRADE=1 takes the newest versions)
	@lock="$(BIN)/uv pip compile --quiet pyproject.toml --group build --universal --python-version 3.11 \
		--generate-hashes --no-annotate --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)"; \
	eval "$$lock --extra postgres --output-file requirements/run.txt" && \
	eval "$$lock --extra dev --constraint requirements/run.txt --output-file requirements/dev.txt"

assets: ## Build what the studio's pages load and others wrote, from its lock file (needs node and npm; the result is committed)
	@cd assets && npm ci --silent --ignore-scripts --no-audit --no-fund && node build.mjs

test-services: ## Install the real servers that the full suite talks to (root on Debian; elsewhere: name them)
	@tests/services.sh

# Stamps: an install happens again only after the lock or pyproject.toml has changed.
.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; none was found on PATH" >&2; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/.run: requirements/run.txt pyproject.toml | .venv/bin/python
	@echo "Installing the locked dependencies into .venv ..."
	@$(INSTALL) --require-hashes --requirement requirements/run.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.run
	@echo "Installing the locked test dependencies into .venv ..."
	@$(INSTALL) --require-hashes --requirement requirements/dev.txt
	@touch $@
