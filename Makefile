# Everything a person runs. `make help` lists it.
PYTHON ?= python3
BIN := .venv/bin
PORT := $(or $(SAYSO_PORT),7297)
NODE := $(shell command -v npm 2>/dev/null)
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
SOURCES := model server scripts tests benchmarks
# Annotated news, where it was imported (docs/retrain.md); without it the written corpus has to do.
NEWS_TRAIN := $(firstword $(wildcard var/news-train.jsonl ../shared/corpora/news-train.jsonl))
NEWS_DEV := $(firstword $(wildcard var/news-dev.jsonl ../shared/corpora/news-dev.jsonl))
MODEL := model/artefacts

.DEFAULT_GOAL := help
.PHONY: help run test sure setup setup-tests tools extension lock train evaluate bench clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup  ## set everything up and serve on 127.0.0.1 (SAYSO_PORT, default 7297)
	@$(if $(NODE),$(MAKE) --no-print-directory extension || echo "The extension could not be built; the server runs without it.",echo "Node with npm is not installed: the extension is not built, the server runs without it.")
	@echo
	@echo "  Paste an article at   http://127.0.0.1:$(PORT)/"
	@[ ! -d extension/.output/chrome-mv3 ] || echo "  Load the extension:   Chrome  chrome://extensions → Developer mode → Load unpacked → $(CURDIR)/extension/.output/chrome-mv3"
	@[ ! -d extension/.output/firefox-mv3 ] || echo "                        Firefox about:debugging → This Firefox → Load Temporary Add-on → $(CURDIR)/extension/.output/firefox-mv3/manifest.json"
	@echo "  Stop with Ctrl-C."
	@echo
	@SAYSO_PORT=$(PORT) $(BIN)/gunicorn --config server/gunicorn.conf.py

test: setup-tests  ## install what the tests need, browsers included, and run all of them
	@echo "== extension: unit tests"
	@cd extension && npm test --silent
	@echo "== all other tests"
	@$(BIN)/python -m pytest

sure: setup-tests  ## format, lint, types, tests
	@$(BIN)/ruff format $(SOURCES)
	@$(BIN)/ruff check --fix $(SOURCES)
	@$(BIN)/mypy
	@cd extension && npm run --silent check
	@$(MAKE) --no-print-directory test

setup: .venv/.run

.venv/.run: requirements.lock pyproject.toml
	@echo "== Python environment in .venv (about a minute the first time)"
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . 2>/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

tools: .venv/.tests  ## install what training and archives need: Parquet, WARC, Dask, plots

setup-tests: setup .venv/.tests extension
	@PYTHON=$(BIN)/python SUDO=$(SUDO) sh tests/install-system-packages.sh

.venv/.tests: requirements-dev.lock .venv/.run
	@echo "== Python packages for training, archives and tests"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

extension: extension/node_modules/.installed  ## build the extension for Chrome and Firefox
	@echo "== building the extension"
	@cd extension && npm run --silent build

extension/node_modules/.installed: extension/package-lock.json
	@echo "== packages of the extension"
	@cd extension && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

lock:  ## write the lock files anew from pyproject.toml
	@flock .venv/lock $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links --no-header --allow-unsafe -o requirements.lock pyproject.toml
	@flock .venv/lock $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links --no-header --allow-unsafe --extra archive --extra dev -o requirements-dev.lock pyproject.toml

train: tools  ## train a model into var/model from the corpora at hand
	@$(BIN)/python scripts/train.py corpora/written.jsonl corpora/pages.jsonl $(NEWS_TRAIN) $(if $(NEWS_TRAIN),--weight written.jsonl=0.3 --set linear_share=0.25 --set folds=2 --seed 2 \
		--variants corpora/variants.jsonl.gz) \
		$(if $(NEWS_DEV),--evaluate-on $(NEWS_DEV)) --out var/model

evaluate: tools  ## figures of a model and its gate (MODEL=var/model, default: the shipped one); without news, of the recipe
	@$(if $(NEWS_DEV),$(BIN)/python scripts/evaluate.py $(NEWS_DEV) --model $(MODEL) --gate corpora/floors.json,\
		echo "No annotated news is at hand (docs/retrain.md): models trained alike are compared with written articles they have not seen." && \
		$(BIN)/python scripts/cross_validate.py corpora/written.jsonl)

bench: .venv/.tests  ## how right and how fast the shipped model is, beside baselines and aims
	@$(BIN)/python -m benchmarks.classifier

clean:  ## remove everything that the other targets made
	rm -rf .venv extension/node_modules extension/.output extension/.wxt
