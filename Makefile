PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup run test check lint format typecheck contracts migrations chromium bench screenshots lock local-model

help: ## List what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## Build .venv with the console command modelhub
	@$(PYTHON) .ci/bootstrap.py

run: setup ## Start ModelHub: database, web server, worker, scheduler
	@exec $(BIN)/modelhub serve

.PHONY: setup-dev audit
setup-dev:
	@$(PYTHON) .ci/bootstrap.py --dev

test: lint typecheck contracts migrations audit chromium ## Run every check and test
	$(BIN)/python -m tests.run -n $(WORKERS) --dist worksteal

check: test ## The same as test: what CI runs

lint: setup-dev ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: setup-dev ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

typecheck: setup-dev ## mypy, strict
	$(BIN)/mypy

contracts: setup-dev ## The one direction of imports
	$(BIN)/lint-imports

migrations: setup-dev ## Models and migrations agree
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py makemigrations --check --dry-run

audit: ## Known faults of pinned packages, where their database can be reached
	@$(PYTHON) .ci/audit.py

chromium: ## The browser of the page tests
	@.ci/chromium

bench: setup-dev ## Print measured times beside what they compare with
	$(BIN)/modelhub bench

local-model: ## A small real model on this machine, at http://127.0.0.1:8080 (MODEL_PORT=…)
	@exec $(PYTHON) .ci/local_model.py $(if $(MODEL_PORT),--port $(MODEL_PORT))

screenshots: setup-dev chromium ## Make the README's pictures
	$(BIN)/python -m tests.run tests/pages/screenshots.py

lock: setup-dev ## Pin the dependencies again, with hashes and no address
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q pyproject.toml -o .ci/requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q pyproject.toml --group dev -o .ci/requirements-dev.lock
