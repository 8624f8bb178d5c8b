# `make run` opens the window, `make test` runs all that CI runs; both set everything up first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup run test lint bench quality check-quality docs screenshots translations bundle deb wheel-smoke notices icons clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

$(VENV)/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Hammingbird needs Python 3.11 or newer; $(PYTHON) is `$(PYTHON) -V`. Try: make run PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[training,reports,dev]'
	@touch $@

setup: $(VENV)/ready ## make .venv with .venv/bin/hammingbird

run: setup ## open the window (PHOTOS=folder adds that folder at once)
	$(BIN)/hammingbird app $(if $(PHOTOS),--add "$(PHOTOS)")

lint: setup ## style, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint ## everything that CI runs
	$(BIN)/python -m pytest -q

bench: setup ## measure speed and memory, peers in the same run; writes docs/benchmarks.md
	$(BIN)/python -m tests.benchmarks

quality: setup ## measure how well the built-in network ranks; writes docs/results/network.md
	$(BIN)/python -m tests.benchmarks.quality

check-quality: setup ## measure it again, and fail where a figure is below its floor
	$(BIN)/python -m tests.benchmarks.quality --check

docs: setup ## write the pages of docs/ that are made of the program: terminal, keys, settings, database
	$(BIN)/python -m tests.docs

screenshots: setup ## retake the pictures in docs/screenshots
	$(BIN)/python -m tests.screenshots

LUPDATE = $(BIN)/pyside6-lupdate $$(find desktop_app -name '*.py' | sort) -no-obsolete -locations none -source-language en

translations: setup ## read the window's texts into resources/translations/*.ts, and make what the window loads
	$(LUPDATE) -target-language de -ts resources/translations/hammingbird_de.ts
	$(LUPDATE) -target-language en -pluralonly -ts resources/translations/hammingbird_en.ts
	$(BIN)/pyside6-lrelease resources/translations/hammingbird_de.ts
	$(BIN)/pyside6-lrelease resources/translations/hammingbird_en.ts

# What is shipped is built in environments of its own, without what developing needs.
EDITION := $(if $(FULL),full,base)
BUILDER := build/$(EDITION)-environment

$(BUILDER)/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(BUILDER)
	$(BUILDER)/bin/python -m pip install --quiet --constraint constraints.txt '.[bundle$(if $(FULL),$(comma)training)]'
	@touch $@
comma := ,

dist/$(EDITION)/hammingbird: $(BUILDER)/ready $(shell git ls-files desktop_app engine resources packaging)
	$(BUILDER)/bin/python -m pip install --quiet --no-deps --force-reinstall .
	$(BUILDER)/bin/pyinstaller --noconfirm --log-level ERROR --distpath dist/$(EDITION) \
	  --workpath build/$(EDITION) packaging/hammingbird.spec $(if $(FULL),-- --full)
	@touch $@

bundle: dist/$(EDITION)/hammingbird ## build dist/base/hammingbird, and try it (FULL=1: with torch, dist/full)
	$(PYTHON) packaging/smoke.py $(if $(FULL),--teach) --pictures build/smoke/$(EDITION) dist/$(EDITION)/hammingbird/hammingbird

deb: dist/base/hammingbird ## build a Debian package in dist/base
	$(BUILDER)/bin/python packaging/build_deb.py dist/base

wheel-smoke: ## install the wheel in an environment of its own, and try it
	$(PYTHON) -m venv --clear build/wheel-environment
	build/wheel-environment/bin/python -m pip install --quiet --constraint constraints.txt .
	$(PYTHON) packaging/smoke.py --pictures build/smoke/wheel build/wheel-environment/bin/hammingbird

notices: $(BUILDER)/ready ## list what is shipped with its terms, in build/THIRD-PARTY-NOTICES.md (FULL=1: with torch)
	$(BUILDER)/bin/python packaging/notices.py build/THIRD-PARTY-NOTICES.md $(if $(FULL),training)

icons: setup ## draw the icons of all systems from the SVG
	QT_QPA_PLATFORM=offscreen $(BIN)/python packaging/make_icons.py

clean: ## remove the environment
	rm -rf $(VENV)
