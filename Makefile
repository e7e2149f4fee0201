# docs/setup.md gives what these do as plain commands, for those without make.

PYTHON ?= python3.11 python3 python
VENV := .venv
BIN := $(VENV)/bin
OPTIONS ?=

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup start quick test test-all lint format benchmark

help:
	@echo "make start     the application on http://127.0.0.1:7860; more options: make start OPTIONS='--port 8000'"
	@echo "make setup     only its environment, in $(VENV)"
	@echo "make quick     the quick tests alone"
	@echo "make test      lint, types, quick and thorough tests and the browser tests"
	@echo "make test-all  the same with the slow tests"
	@echo "make lint      lint, format and types, changing nothing"
	@echo "make format    mend what lint and format can mend by themselves"
	@echo "make benchmark how long a reader waits for a report on this machine"

start: setup
	@exec $(BIN)/python app.py $(OPTIONS)

setup: $(VENV)/.installed

quick: $(VENV)/.installed-for-tests
	$(BIN)/python -m pytest -m "not (browser or thorough or slow)"

test: $(VENV)/.installed-for-tests lint
	@.ci/system-packages chromium default-jre-headless
	$(BIN)/python -m pytest -m "browser or not slow"

test-all: $(VENV)/.installed-for-tests lint
	@.ci/system-packages chromium default-jre-headless
	$(BIN)/python -m pytest

lint: $(VENV)/.installed-for-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.installed-for-tests
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

benchmark: setup
	$(BIN)/python benchmarks/report_latency.py

# The marks are as old as the last installation, so that it repeats only when what is required has changed.
$(VENV)/.installed: requirements.txt packages.txt $(BIN)/python
	@.ci/system-packages $$(cat packages.txt)
	$(BIN)/python -m pip install -r requirements.txt
	@touch $@

$(VENV)/.installed-for-tests: requirements-test.txt requirements-train.txt $(VENV)/.installed
	$(BIN)/python -m pip install -r requirements-test.txt
	@touch $@

$(BIN)/python:
	@for python in $(PYTHON); do \
		version=$$("$$python" --version 2>/dev/null) || continue; \
		case $$version in "Python 3.11."*) \
			echo "Making $(VENV) with $$version."; \
			"$$python" -m venv --clear $(VENV) && exit 0; \
			rm -rf $(VENV); exit 1;; \
		esac; \
		found="$$found $$python is $$version."; \
	done; \
	echo "Gaze2Report needs Python 3.11.$${found:- Of $(PYTHON), none is there.}" >&2; \
	echo "Install it, or say where it is: make setup PYTHON=/path/to/python3.11" >&2; \
	exit 1
