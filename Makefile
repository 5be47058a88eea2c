# Nearer's commands. `make` lists them. Everything lands in .venv and var/, which git ignores.

# The system's own Python first, if it can make environments: distributions build it optimised, version managers mostly
# don't, and what those build takes a quarter longer for everything.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell /usr/bin/python3 -c 'import ensurepip; $(NEW_ENOUGH)' 2>/dev/null && echo /usr/bin/python3 || \
	for name in python3 python3.13 python3.12 python3.11; do \
	command -v $$name >/dev/null && $$name -c '$(NEW_ENOUGH)' && echo $$name && break; done)
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
PIP_INSTALL := -m pip install -qq --disable-pip-version-check --require-hashes -r
WORKERS ?= 2
MAIN ?= main
WINDOWS ?= 5  # two of the journeys wait for real minutes, and browsers wait for pages most of the time

# What a real installation would find in its environment, for the checks that only read it.
PRODUCTION := NEARER_URL=https://nearer.example EMAIL_URL=smtp://mail.example \
	SECRET_KEY=read-by-checks-only-and-never-by-a-server-0123456789-abcdefgh \
	NEARER_KEYRING=checks:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=

# Modules are compiled once, not anew by each worker and each process that a test starts: 6 of 11 s of its beginning.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run test fast quick mutations journeys faults check lint types rooms deploy containers containers-real sqlite on-sqlite newer smoke full bench scan looks pictures lock sbom pin messages schema clean chromium other-browsers spamassassin nu icaljs

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.run ## start Nearer at http://localhost:8000 (PORT=… for another), with a demo couple to look at
	@exec ./nearer run

.PHONY: demo-years
demo-years: .venv/.run ## the same, with a demo couple of two years: 730 evenings, 60 dates, talks, challenges
	@exec env NEARER_DEMO_YEARS=1 ./nearer run

test: fast journeys ## everything worth knowing before a commit: fast tests, then the journeys in real browsers

fast: .venv/.dev ## fast tests alone, on real PostgreSQL and Redis
	$(PYTEST) -n $(WORKERS)

quick: lint types ## lint, types, and the fast tests of the rooms changed since main; MAIN=… for another branch
	$(PYTEST) -n $(WORKERS) $$($(BIN)/python -m tests.changed $(MAIN))

mutations: .venv/.dev ## take eleven guards out, one after the other: the tests must notice each
	$(BIN)/python -m tests.mutations

# Only the files in which a mark stands are read: reading all of them costs each worker as much as many a journey.
marked = $(sort $(shell grep -rl --include='test_*.py' 'mark\.$(1)\b' tests))
journeys: .venv/.dev chromium nu ## journeys alone: real browsers, real processes
	$(PYTEST) -n $(WINDOWS) -m "journey and not slow and not fault" $(call marked,journey)

# What starts no servers runs beside the tests, when they leave a core idle, and is said after them.
check: .venv/.dev chromium nu ## what CI runs: tests, faults, SQLite, 3.13, every row of the bench; linters, types, contracts
	@mkdir -p var; nice -n 19 $(MAKE) --no-print-directory --keep-going lint types rooms deploy containers $(if $(NEWER),.venv-3.13/.dev) >var/still.log 2>&1 & \
	still=$$!; trap "kill $$still" INT TERM; failed=0; \
	$(MAKE) -j1 --no-print-directory --keep-going test faults sqlite smoke || failed=1; \
	wait $$still || failed=1; cat var/still.log; $(MAKE) --no-print-directory newer || failed=1; exit $$failed

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@find templates -name '*.html' -print0 | xargs -0 $(BIN)/djade --check

types: .venv/.dev
	@$(PRODUCTION) $(BIN)/mypy .

schema: .venv/.dev ## write what an export holds to docs/export.schema.json, after a section changed
	@$(PRODUCTION) $(BIN)/python -m tests.exports.published

rooms: .venv/.dev
	$(BIN)/lint-imports --no-logo

deploy: .venv/.dev
	@$(PRODUCTION) ./nearer check --deploy --fail-level WARNING
	@$(PRODUCTION) DATABASE_URL=sqlite://:memory: ./nearer makemigrations --check --dry-run

containers: .venv/.dev ## check Dockerfile and docker-compose.yml as far as it goes without an engine
	$(BIN)/hadolint Dockerfile
	@$(PRODUCTION) POSTGRES_PASSWORD=read-by-checks-only $(BIN)/docker-compose --env-file /dev/null --profile '*' config -q

containers-real: .venv/.dev chromium ## build and start the containers, sign two people up, kill each, upgrade, restore; needs a container engine
	$(PYTEST) -m slow -o log_cli=true -o log_cli_level=INFO tests/containers

sqlite: .venv/.dev chromium ## nearly every statement that tests ask, and what is not only statements, as one small machine runs
	TEST_DATABASE=sqlite $(PYTEST) -n 3 -m "not slow and (story or not (journey or fault))" $(call marked,story) @tests/on_sqlite.txt

on-sqlite: .venv/.dev ## choose anew which tests ask SQLite in check: all run there, and what each asks is noted
	rm -rf var/statements && mkdir -p var/statements
	TEST_DATABASE=sqlite STATEMENTS=var/statements $(PYTEST) -p tests.statements -n $(WORKERS)
	$(BIN)/python -m tests.statements var/statements

NEWER = $(shell for name in python3.13 "$$(pyenv root 2>/dev/null)"/versions/3.13*/bin/python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null && echo "$$name" && break; done)
newer: ## a smoke run on Python 3.13, where there is one: pairing, Today, and the demo, which makes something of everything
	@if [ -z "$(NEWER)" ]; then echo "Python 3.13 is not here: its tests did not run."; else $(MAKE) .venv-3.13/.dev \
		&& .venv-3.13/bin/python -m pytest -n $(WORKERS) $(if $(ALL),-m "not journey and not slow and (long_story or not fault)",tests/today tests/couples/test_pairing.py tests/test_demo.py); fi

# Three at once: what was stopped, stalled or is away is waited for, and a core is idle meanwhile.
faults: .venv/.dev ## tests that race and break real servers, 20 rounds each; ROUNDS=… for more
	$(PYTEST) -n 3 -m "fault and not slow" $(call marked,fault)

smoke: .venv/.dev ## every row of the bench at toy size: none may crash, and none is judged
	SMOKE=1 $(BIN)/python -m bench

FULL := TODAYS=200 EVERY_METHOD=1 EVERY_PAGE=1 EVENINGS=30 ROUNDS=200 FUZZ=2000 FAULT_MAILS=2000 FAULT_KILLS=20 FAULT_OUTAGE=10000 FAULT_REDIS=60 SLOW_CLIENTS=200 SLOW_SECONDS=60 LOAD_CLIENTS=160 LOAD_SECONDS=60
# Whatever has a size, by the word for it.
SIZED = $(sort $(shell grep -rlwE --include='test_*.py' 'FUZZ|fuzzed|rawly|ROUNDS|EVENINGS|TODAYS|EVERY_METHOD|EVERY_PAGE|sight' tests))
full: check mutations spamassassin icaljs other-browsers ## check, eleven guards taken out, Firefox, WebKit, real containers, races, faults and fuzzing at full size, all on SQLite and on 3.13
	$(FULL) $(PYTEST) -m "fault or slow"
	$(FULL) $(PYTEST) -n $(WORKERS) -m "not fault and not slow" $(SIZED)
	TEST_DATABASE=sqlite $(PYTEST) -n $(WORKERS)
	TEST_DATABASE=sqlite $(PYTEST) -m "long_story" $(call marked,long_story)
	$(MAKE) newer ALL=1

bench: .venv/.dev wrk ## measure speed, start and memory against their goals; ONLY=name for one, LONG=1 for the long ones
	$(BIN)/python -m bench $(ONLY)

.PHONY: simulate
simulate: .venv/.dev ## everybody's reminder due in one minute, planned and sent to a sink; PEOPLE=100000, at most MINUTES=30
	@$(BIN)/python -m bench.simulate

scan: .venv/.dev ## measure whether the time of an answer tells who has an account; TRIES=… of each, ONLY=name for one
	$(BIN)/python -m bench.scan $(ONLY)

# Nothing of it is part of a test run: BEFORE is made once, from another checkout, by the same command.
looks: .venv/.dev chromium ## compare how pages look with BEFORE=folder, or make that folder; TESTS=… that see the pages
	$(BIN)/python -m tests.looks take $(if $(BEFORE),var/looks,$(or $(FOLDER),var/looks-before)) -n $(WORKERS) $(TESTS)
	$(if $(BEFORE),$(BIN)/python -m tests.looks compare $(BEFORE) var/looks)

pictures: .venv/.dev chromium ## take the README's pictures anew from the demo's pages
	$(BIN)/python -m docs.take_pictures

lock: .venv/.dev ## write the lock files anew from pyproject.toml
	locks/compile
	$(MAKE) .venv/.dev

sbom: .venv/.dev ## write var/sbom.json, a bill of materials (CycloneDX) of what the container images are made of
	@mkdir -p var && $(BIN)/python locks/sbom.py var/sbom.json && echo "var/sbom.json is written."

pin: ## pin the images that Dockerfile and docker-compose.yml name to what their registry has now; needs a container engine
	@$(PYTHON) deploy/pin.py

messages: .venv/.dev ## gather every text into locale/django.pot, for translators (needs gettext)
	@command -v xgettext >/dev/null || { echo "Gathering texts needs gettext: install it (on Debian: sudo apt-get install gettext)."; exit 1; }
	@$(PRODUCTION) $(BIN)/python -m tests.kept_texts
	@mkdir -p locale && $(PRODUCTION) ./nearer makemessages -l en_GB --keep-pot --no-location --no-wrap \
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

comma := ,
# Debian's own programs. What is on offer is asked for once an hour, not once a program.
define install
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing $(1)."; mkdir -p var; \
		[ -n "$$(find var/.asked-apt -mmin -60 2>/dev/null)" ] || { apt-get update -qq && touch var/.asked-apt; }; \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(2) >/dev/null; \
	else echo "$(3): install it (on Debian: sudo apt-get install $(2))$(4)."; exit 1; fi
endef

chromium:
	@for name in "$$CHROMIUM" chromium-headless-shell chromium chromium-browser google-chrome; do \
		if [ -n "$$name" ] && command -v "$$name" >/dev/null; then exit 0; fi; done; \
$(call install,Chromium,chromium-headless-shell,The journeys need Chromium,$(comma) or set CHROMIUM to its path)

.PHONY: wrk lighthouse
wrk: # without it a loop of ours asks, and says so
	@command -v wrk >/dev/null || { \
$(call install,wrk,wrk,The rate of Today is best measured with wrk); } || true

# What `make bench ONLY=lighthouse` runs: a program of its own in var/, of this version, none of whose scripts run here.
LIGHTHOUSE_VERSION := 13.5.0
lighthouse: chromium ## fetch Lighthouse, which make bench then asks as well (needs node and npm)
	@command -v npm >/dev/null || { \
$(call install,npm,npm,Lighthouse comes from the npm registry); }
	@mkdir -p var/lighthouse && npm install --silent --ignore-scripts --no-fund --no-audit --prefix var/lighthouse \
		lighthouse@$(LIGHTHOUSE_VERSION)

other-browsers:
	@command -v firefox-esr >/dev/null && command -v WebKitWebDriver >/dev/null && command -v Xvfb >/dev/null || { \
$(call install,Firefox and WebKit,firefox-esr webkit2gtk-driver xvfb,The main journey is lived in Firefox and WebKit as well); }

spamassassin:
	@command -v spamassassin >/dev/null || { \
$(call install,SpamAssassin,spamassassin,Scoring the mails needs SpamAssassin); }

# A file of a package of the npm registry, kept in var/. Arguments: folder, package, version, file in the package, its
# checksum (pinned, like every other part), what it is.
define npm_file
	@command -v npm >/dev/null || { \
$(call install,npm,npm,$(6) comes from the npm registry); }
	@mkdir -p var/$(1) && cd var/$(1) && npm pack --silent $(2)@$(3) >/dev/null \
		&& tar -xzOf $(2)-$(3).tgz package/$(4) >$(notdir $(4)) && rm $(2)-$(3).tgz
	@echo "$(5)  var/$(1)/$(notdir $(4))" | sha256sum --check --quiet || { rm -f var/$(1)/$(notdir $(4)); exit 1; }
	@touch $@
endef

# The Nu HTML checker (W3C).
NU_VERSION := 26.9.27
NU_SHA256 := 22f15dd39a33bed929d2a5c0cddf5946849a647eca9272bf4d5d00bc7e7a4d47
nu: var/vnu/$(NU_VERSION)
	@command -v java >/dev/null || { \
$(call install,Java,default-jre-headless,The journeys check their HTML with Java); }

var/vnu/$(NU_VERSION):
	$(call npm_file,vnu,vnu-jar,$(NU_VERSION),build/dist/vnu.jar,$(NU_SHA256),The HTML checker)

# ical.js, which Thunderbird and others read calendars with.
ICALJS_VERSION := 2.2.1
ICALJS_SHA256 := 396c1349c899974b1048460e3c7495ec394ff1a86941ab5bf6291b272b8d53c2
icaljs: var/ical.js/$(ICALJS_VERSION)

var/ical.js/$(ICALJS_VERSION):
	$(call npm_file,ical.js,ical.js,$(ICALJS_VERSION),dist/ical.js,$(ICALJS_SHA256),A reader of calendars)
