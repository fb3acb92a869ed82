# 猗顿农品: the commands.  `make` or `make help` lists them.
PYTHON ?= python3
VENV   := .venv/bin
export PYTHONPATH := .
export FORCE
# Compiled modules are kept: without them every command line and every test worker compiles the house anew.
unexport PYTHONDONTWRITEBYTECODE
WITH_DB := $(VENV)/python -m core.embedded

.DEFAULT_GOAL := help
.PHONY: help setup run seed test check fix bench drill backup restore migration lock wheel clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done

setup: ## .venv, front-end packages, fonts (quick when nothing changed)
	@$(PYTHON) tools/setup.py

run: ## the platform on http://127.0.0.1:8000 (PORT=, HOST=); first start writes the demo story
	@$(PYTHON) tools/setup.py --runtime
	@exec $(VENV)/python -m core.supervisor

seed: setup ## the demo story, once (also beside a running server)
	@$(WITH_DB) $(VENV)/flask --app wsgi db upgrade
	@$(WITH_DB) $(VENV)/flask --app wsgi seed

test: setup ## all tests (T=path for some)
	@$(VENV)/python -m pytest -q -n 2 $(if $(T),$(T),tests)

check: setup ## what every commit passes: style, types, contracts, unit tests, tests of touched rooms
	@$(VENV)/python tools/check.py

fix: setup ## let the tools mend what they can
	@$(VENV)/ruff check --fix .
	@$(VENV)/ruff format .

bench: setup ## ratios, side by side in one run (B=qr for one)
	@$(WITH_DB) $(VENV)/python bench/run.py $(B)

drill: setup ## web processes and the database killed under orders: nothing acknowledged is lost or doubled
	@PYTHONPATH=. $(VENV)/python tools/drill.py

backup: setup ## database, files, keys and log high-water file into one archive under var/backups
	@$(WITH_DB) $(VENV)/python tools/backup.py backup $(if $(FILE),--file $(FILE))

restore: setup ## bring an archive back: make restore FILE=var/backups/... (FORCE=1 replaces)
	@$(WITH_DB) $(VENV)/python tools/backup.py restore $(if $(FILE),--file "$(FILE)")

migration: setup ## a new migration drawn from the models: make migration m=create_orders
	@$(WITH_DB) $(VENV)/python tools/migration.py "$(m)"

lock: setup ## compile the locks anew from requirements.in, dev-requirements.in, package.json
	@$(VENV)/python tools/lock.py

wheel: setup ## the wheel yidun-verify (verifier, witness, monitor, signing helper) under var/wheel
	@$(VENV)/python tools/wheel.py

clean: ## remove what can be made again (.venv, fetched files, caches); data under var/ stays
	@$(PYTHON) tools/clean.py
