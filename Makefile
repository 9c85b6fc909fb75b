# What a developer types. Every target prepares the checkout first; a second time that takes no time.

PYTHON ?= python3
JOBS ?= 2
ARGS ?=
T ?=

BIN := .venv/bin
NPM := $(BIN)/python scripts/node.py

.DEFAULT_GOAL := menu
.PHONY: menu setup run test check coverage format generate e2e bench torture lock build clean

menu: ## this menu
	@echo "Frontdesk"
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9]+):.*## (.*)/  make \1|\2/' | column -t -s '|' 2>/dev/null \
	  || grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST)

setup: ## prepare the checkout: packages, console, widget
	@$(PYTHON) scripts/setup.py

run: setup ## start everything with a demo account (ARGS="--port 9000")
	@$(BIN)/frontdesk up --demo $(ARGS)

test: ## prove everything; make test T=tests/store proves a part
	@$(PYTHON) scripts/setup.py --tests
ifeq ($(T),)
	$(NPM) test
	$(BIN)/pytest -n $(JOBS) --dist worksteal $(ARGS)
else
	$(BIN)/pytest $(T) $(ARGS)
endif

check: setup ## format, lint, types, imports, docs, web
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -q tests/architecture
	$(NPM) run check

coverage: setup ## how much of the pure parts their own tests run; fails below the floor
	$(BIN)/pytest -q --cov --cov-report=term tests/domain tests/kit tests/channels

format: setup ## put the sources into shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(NPM) run format --if-present

generate: setup ## write what is generated from the code: OpenAPI document, its types, settings
	$(BIN)/frontdesk openapi --output web/shared/openapi.json
	$(BIN)/frontdesk config docs > docs/settings.md
	$(NPM) run types

e2e: ## the tests in a real browser
	@$(PYTHON) scripts/setup.py --tests
	$(BIN)/pytest -m e2e $(ARGS)

bench: ## measure; writes bench/out/latest.json
	@$(PYTHON) scripts/setup.py --bench
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/bench.txt
	$(BIN)/python -m bench $(ARGS)

torture: setup ## kill the desk under load, again and again
	$(BIN)/python -m tests.torture $(ARGS)

lock: setup ## write requirements/ from pyproject.toml (ARGS=--upgrade)
	$(BIN)/python scripts/lock.py $(ARGS)

build: setup ## make a wheel with the console and the widget inside
	rm -rf dist
	$(BIN)/python -m hatchling build -t wheel

clean: ## remove everything that the targets above made, except data/
	rm -rf .venv .make dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache bench/out
	rm -rf src/frontdesk/api/static/console src/frontdesk/api/static/widget
	find . -name node_modules -prune -exec rm -rf {} +
	find . -name __pycache__ -prune -exec rm -rf {} +
