# Every target sets up what it needs; Python 3.11 or newer with venv is all that has to be there.
PYTHON ?= python3
PORT ?= 8000
DEMO_DIR ?= var/demo

# From the command line only: some systems export a NAME of their own.
$(foreach word,NAME SET SEED FAST ONCE ARGS,$(if $(filter environment,$(origin $(word))),$(eval $(word) :=)))

VENV := .venv
PY := $(VENV)/bin/python
CODE := bibmail members consent campaigns journeys tests bench manage.py
FRONT_END := bibmail/static/vendor/stamp.txt
CATALOGUES := $(wildcard locale/*/LC_MESSAGES/*.po)
# Checks and tests read no .env that happens to lie here (bibmail/settings.py).
QUIETLY := @BIBMAIL_ENVIRONMENT=test $(PY)

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench faults lock formatted linted templates typed arrows migrations locks

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/packages $(FRONT_END) $(CATALOGUES:.po=.mo) ## Make .venv and fetch everything; the others do this too
	@:

demo: setup ## Serve Bibmail here with make-believe people (PORT=8000 DEMO_DIR=var/demo; ONCE=1: play, print, end)
	@BIBMAIL_ENVIRONMENT=demo PORT="$(PORT)" DEMO_DIR="$(DEMO_DIR)" $(PY) manage.py demo $(if $(ONCE),--once)

test: setup ## Run the tests (FAST=1: without the slow ones and the browser; ARGS=tests/consent)
	$(QUIETLY) -m pytest -q -n 2 --dist loadfile -p tests.closing_lines \
	  $(if $(FAST),-m "not slow and not browser") $(ARGS)

check: setup formatted linted templates typed arrows migrations locks ## Format, lint, types, arrows, migrations, locks

bench: setup ## Measure (NAME=P7, all without; SET=ci, demo or network; SEED=1)
	$(QUIETLY) -m bench $(NAME) --set $(or $(SET),ci) --seed $(or $(SEED),1)

faults: setup ## Kill real processes and look what is left (SOAK=1: chaos for about 15 minutes)
	@FAULTS=$(if $(SOAK),soak,full) BIBMAIL_ENVIRONMENT=test $(PY) -m pytest -v -p tests.closing_lines \
	  $(if $(SOAK),tests/faults/test_soak.py,tests/faults tests/embedded/test_faults.py) $(ARGS)

lock: $(VENV)/packages ## Write requirements*.txt anew from pyproject.toml
	@$(PY) -m bibmail.locks write

formatted: setup
	$(QUIETLY) -m ruff format --check --quiet $(CODE) || { echo "Run .venv/bin/ruff format."; exit 1; }

linted: setup
	$(QUIETLY) -m ruff check --quiet $(CODE)

templates: setup
	$(QUIETLY) -m djlint --lint --quiet templates

typed: setup
	$(QUIETLY) -m mypy $(CODE)

arrows: setup
	$(QUIETLY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' --no-logo

migrations: setup
	@DATABASE_URL=sqlite://:memory: BIBMAIL_ENVIRONMENT=test $(PY) manage.py makemigrations --check --dry-run

locks: setup
	$(QUIETLY) -m bibmail.locks check

$(VENV)/packages: requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Bibmail needs Python 3.11 or newer, and $(PYTHON) is not. Try: make setup PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "This Python makes no virtual environments. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(PY) -c '' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@echo "Installing the locked packages in $(VENV); the first time takes about a minute …"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

$(FRONT_END): $(VENV)/packages package-lock.json bibmail/static/icons.txt bibmail/vendor.py
	@$(PY) -m bibmail.vendor
	@touch $@

%.mo: %.po $(VENV)/packages
	@$(PY) -m bibmail.catalogues
	@touch $@
