# Nearer's commands. `make` lists them. Everything lands in .venv and var/, which git ignores.

PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	command -v $$name >/dev/null && $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$name && break; done)
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
PIP_INSTALL := -m pip install -qq --disable-pip-version-check --require-hashes -r
WORKERS ?= 2
MAIN ?= main
WINDOWS ?= 3  # browsers wait for pages most of the time

# What a real installation would find in its environment, for the checks that only read it.
PRODUCTION := NEARER_URL=https://nearer.example EMAIL_URL=smtp://mail.example \
	SECRET_KEY=read-by-checks-only-and-never-by-a-server-0123456789-abcdefgh \
	NEARER_KEYRING=checks:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=

.DEFAULT_GOAL := help
.PHONY: help run test fast quick mutations journeys faults check lint types rooms deploy containers sqlite newer full bench scan pictures lock messages clean chromium spamassassin nu

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.run ## start Nearer at http://localhost:8000 (PORT=… for another), with a demo couple to look at
	@exec $(BIN)/python -m config.embedded

test: fast journeys ## everything worth knowing before a commit: fast tests, then the journeys in real browsers

fast: .venv/.dev ## fast tests alone, on real PostgreSQL and Redis
	$(PYTEST) -n $(WORKERS)

quick: lint types ## lint, types, and the fast tests of the rooms changed since main; MAIN=… for another branch
	$(PYTEST) -n $(WORKERS) $$($(BIN)/python -m tests.changed $(MAIN))

mutations: .venv/.dev ## take ten guards out, one after the other: the tests must notice each
	$(BIN)/python -m tests.mutations

journeys: .venv/.dev chromium nu ## journeys alone: real browsers, real processes
	$(PYTEST) -n $(WINDOWS) -m "journey and not slow and not fault"

check: lint types rooms deploy containers test faults sqlite newer ## what CI runs

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.dev
	@$(PRODUCTION) $(BIN)/mypy .

rooms: .venv/.dev
	$(BIN)/lint-imports --no-logo

deploy: .venv/.dev
	@$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	@$(PRODUCTION) DATABASE_URL=sqlite://:memory: $(BIN)/python manage.py makemigrations --check --dry-run

containers: .venv/.dev ## check Dockerfile and docker-compose.yml as far as it goes without an engine
	$(BIN)/hadolint Dockerfile
	@$(PRODUCTION) POSTGRES_PASSWORD=read-by-checks-only $(BIN)/docker-compose --env-file /dev/null --profile '*' config -q

sqlite: .venv/.dev chromium ## fast tests and the whole story on SQLite, as one small machine runs
	TEST_DATABASE=sqlite $(PYTEST) -n $(WORKERS) -m "not slow and not fault and (story or not journey)"

NEWER = $(shell for name in python3.13 "$$(pyenv root 2>/dev/null)"/versions/3.13*/bin/python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null && echo "$$name" && break; done)
newer: ## a smoke run on Python 3.13, where there is one: couples, Today, and the demo, which makes something of everything
	@if [ -z "$(NEWER)" ]; then echo "Python 3.13 is not here: its tests did not run."; else $(MAKE) .venv-3.13/.dev \
		&& .venv-3.13/bin/python -m pytest -n $(WORKERS) tests/couples tests/today tests/test_demo.py; fi

faults: .venv/.dev ## tests that race and break real servers, 50 rounds each; ROUNDS=… for more
	$(PYTEST) -m "fault and not slow"

full: check mutations spamassassin ## check, ten guards taken out, and the races and faults again at their full size
	ROUNDS=200 FAULT_MAILS=2000 FAULT_OUTAGE=10000 FAULT_REDIS=60 SLOW_CLIENTS=200 SLOW_SECONDS=60 $(PYTEST) -m "fault or slow"
	ROUNDS=200 FUZZ=2000 $(PYTEST) -m "journey or not journey" tests/checkins/test_races.py tests/checkins/test_form.py tests/checkins/test_fuzz.py tests/adventures/test_races.py tests/adventures/test_fuzz.py tests/challenges/test_rules.py

bench: .venv/.dev ## measure speed, start and memory against their goals; ONLY=name for one
	$(BIN)/python -m bench $(ONLY)

scan: .venv/.dev ## measure whether the time of an answer tells who has an account; TRIES=… of each, ONLY=name for one
	$(BIN)/python -m bench.scan $(ONLY)

pictures: .venv/.dev chromium ## take the README's pictures anew from the demo's pages
	$(BIN)/python -m docs.take_pictures

lock: .venv/.dev ## write the lock files anew from pyproject.toml
	locks/compile
	$(MAKE) .venv/.dev

messages: .venv/.dev ## gather every text into locale/django.pot, for translators (needs gettext)
	@command -v xgettext >/dev/null || { echo "Gathering texts needs gettext: install it (on Debian: sudo apt-get install gettext)."; exit 1; }
	@mkdir -p locale && $(PRODUCTION) $(BIN)/python manage.py makemessages -l en_GB --keep-pot --no-location --no-wrap \
		-i '.venv*' -i var -i staticfiles -i tests -i bench && rm -rf locale/en_GB

clean: ## remove what was made here, except databases and secrets in var/
	rm -rf .venv .venv-3.13 .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache staticfiles var/test-static

# --- what the commands stand on ---------------------------------------------------------------------

.venv/bin/python:
	@if [ -z "$(PYTHON)" ]; then echo "Nearer needs Python 3.11 or newer; install it, or name one: make run PYTHON=/path/to/python3"; exit 1; fi
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "This Python can't make virtual environments; on Debian: apt-get install python3-venv"; exit 1; }

# A lock that has not changed is not looked at again; the development lock holds the other one.
.venv/.run: locks/run.txt | .venv/bin/python
	@echo "Installing what Nearer needs into .venv."
	@$(BIN)/python $(PIP_INSTALL) locks/run.txt
	@touch $@

.venv/.dev: locks/dev.txt | .venv/bin/python
	@echo "Installing what developing needs into .venv."
	@$(BIN)/python $(PIP_INSTALL) locks/dev.txt
	@touch $@ .venv/.run

.venv-3.13/.dev: locks/dev.txt
	@[ -x .venv-3.13/bin/python ] || "$(NEWER)" -m venv .venv-3.13
	@.venv-3.13/bin/python $(PIP_INSTALL) locks/dev.txt
	@touch $@

chromium:
	@for name in "$$CHROMIUM" chromium chromium-browser google-chrome; do \
		if [ -n "$$name" ] && command -v "$$name" >/dev/null; then exit 0; fi; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium."; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else echo "The journeys need Chromium: install it (on Debian: sudo apt-get install chromium), or set CHROMIUM to its path."; exit 1; fi

spamassassin:
	@command -v spamassassin >/dev/null || { \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing SpamAssassin."; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends spamassassin >/dev/null; \
	else echo "Scoring the mails needs SpamAssassin: install it (on Debian: sudo apt-get install spamassassin)."; exit 1; fi; }

# The Nu HTML checker (W3C), a jar from the npm registry. Its checksum is pinned like every other part.
NU_VERSION := 26.9.27
NU_SHA256 := 22f15dd39a33bed929d2a5c0cddf5946849a647eca9272bf4d5d00bc7e7a4d47
nu: var/vnu/$(NU_VERSION)
	@command -v java >/dev/null || { \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Java."; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends default-jre-headless >/dev/null; \
	else echo "The journeys check their HTML with Java: install it (on Debian: sudo apt-get install default-jre-headless)."; exit 1; fi; }

var/vnu/$(NU_VERSION):
	@command -v npm >/dev/null || { \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing npm."; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends npm >/dev/null; \
	else echo "The HTML checker comes from the npm registry: install npm (on Debian: sudo apt-get install npm)."; exit 1; fi; }
	@mkdir -p var/vnu && cd var/vnu && npm pack --silent vnu-jar@$(NU_VERSION) >/dev/null \
		&& tar -xzf vnu-jar-$(NU_VERSION).tgz --strip-components=3 package/build/dist/vnu.jar && rm vnu-jar-$(NU_VERSION).tgz
	@echo "$(NU_SHA256)  var/vnu/vnu.jar" | sha256sum --check --quiet || { rm -f var/vnu/vnu.jar; exit 1; }
	@touch $@
