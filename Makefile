# `make run` opens the window, `make test` runs all that CI runs; both set everything up first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup run test lint bench quality check-quality docs screenshots clean

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

clean: ## remove the environment
	rm -rf $(VENV)
