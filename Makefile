# Kvitt: every command that a newcomer or an operator needs. `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

UV := $(shell uv --version >/dev/null 2>&1 && echo uv || echo .uv/bin/uv)
PY := .venv/bin/python
RASA_PY := .venv-rasa/bin/python
MODEL := models/kvitt.tar.gz
MODEL_SOURCES := config.yml domain.yml $(shell find data bot -type f \( -name '*.yml' -o -name '*.py' -o -name '*.onnx' \) 2>/dev/null)

export KVITT_RUN_STARTED := $(shell date +%s)
export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export TF_CPP_MIN_LOG_LEVEL := 3

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | column -t -s "$$(printf '\t')"

# --- Environments -------------------------------------------------------------------------------

.uv/bin/uv: requirements/uv.txt
	@echo "Installing uv into .uv …"
	@python3 -m venv .uv || { echo "Kvitt needs python3 with venv (Debian: apt-get install python3-venv)."; exit 1; }
	@.uv/bin/python -m pip install --quiet --require-hashes -r requirements/uv.txt \
		|| { echo "uv could not be fetched: check the network, then run make again."; exit 1; }

UV_DEPENDENCY := $(if $(filter uv,$(UV)),,.uv/bin/uv)

.venv/bin/python: | $(UV_DEPENDENCY)
	@$(UV) venv --quiet --allow-existing --python 3.12 .venv \
		|| { echo "Python 3.12 was not found and could not be fetched: install it, or check the network."; exit 1; }

.venv-rasa/bin/python: | $(UV_DEPENDENCY)
	@$(UV) venv --quiet --allow-existing --python 3.10 .venv-rasa \
		|| { echo "Python 3.10 (for Rasa) was not found and could not be fetched: install it, or check the network."; exit 1; }

define install
	@echo "Installing $(2) …"
	@$(UV) pip install --quiet --python $(1) --require-hashes -r $(2) \
		|| { echo "The packages of $(2) could not be fetched: check the network, then run make again."; exit 1; }
	@touch $(3)
endef

.venv/.main: requirements/main.txt | .venv/bin/python
	$(call install,$(PY),requirements/main.txt,$@)

.venv/.dev: requirements/dev.txt .venv/.main
	$(call install,$(PY),requirements/dev.txt,$@)

.venv-rasa/.rasa: requirements/rasa.txt | .venv-rasa/bin/python
	$(call install,$(RASA_PY),requirements/rasa.txt,$@)

.venv-rasa/.dev: requirements/rasa-dev.txt .venv-rasa/.rasa
	$(call install,$(RASA_PY),requirements/rasa-dev.txt,$@)

.PHONY: lock
lock: $(UV_DEPENDENCY) ## Lock the dependencies anew (hashes, no download addresses)
	$(UV) pip compile -q --upgrade --python-version 3.12 --universal --no-emit-index-url --no-header --generate-hashes requirements/main.in -o requirements/main.txt
	$(UV) pip compile -q --upgrade --python-version 3.12 --universal --no-emit-index-url --no-header --generate-hashes requirements/dev.in -o requirements/dev.txt
	$(UV) pip compile -q --upgrade --python-version 3.10 --no-emit-index-url --no-header --generate-hashes requirements/rasa.in -o requirements/rasa.txt
	$(UV) pip compile -q --upgrade --python-version 3.10 --no-emit-index-url --no-header --generate-hashes requirements/rasa-dev.in -o requirements/rasa-dev.txt
	$(UV) pip compile -q --upgrade --python-version 3.12 --universal --no-emit-index-url --no-header --generate-hashes requirements/mutate.in -o requirements/mutate.txt

# --- Running ------------------------------------------------------------------------------------

$(MODEL): $(MODEL_SOURCES) .venv-rasa/.rasa
	@echo "Training the model …"
	@mkdir -p var/log
	@.venv-rasa/bin/rasa train --skip-validation --fixed-model-name kvitt > var/log/train.log 2>&1 \
		|| { tail -n 30 var/log/train.log; echo "Training failed; var/log/train.log has it all."; exit 1; }
	@touch $@

.PHONY: train
train: $(MODEL) ## Train the model if it is missing or older than its data

.PHONY: run
run: .venv/.main .venv-rasa/.rasa $(MODEL) ## Set everything up and start it
	@exec $(PY) -m kvitt.run

.PHONY: migrate
migrate: .venv/.main ## Bring the database up to date
	$(PY) -m kvitt.migrate

.PHONY: check-billing
check-billing: .venv/.main ## Tell what works with your WHMCS, and what is missing (changes nothing)
	@$(PY) -m billing.check

.PHONY: reconcile
reconcile: .venv/.main ## Compare the payment journal with the billing system
	@$(PY) -m billing.payments.reconcile

.PHONY: erase
erase: .venv/.main ## Erase a customer's chats: make erase CLIENT=7
	@$(PY) -m gateway.privacy erase $(CLIENT)

.PHONY: export
export: .venv/.main ## Hand out what is held of a customer: make export CLIENT=7
	@$(PY) -m gateway.privacy export $(CLIENT)

# --- Understanding ------------------------------------------------------------------------------

.PHONY: eval-nlu eval-selection eval-cards
eval-nlu: $(MODEL) ## Measure intents on labelled messages: CASES=f (MISSES=f)
	@MISSES=$(MISSES) .venv-rasa/bin/python -m bot.nlu.evaluate $(CASES)

eval-selection: .venv/.main ## Measure invoice expressions: CASES=f LISTS=f (MISSES=f)
	@MISSES=$(MISSES) $(PY) -m evaluation.values invoices $(CASES) $(LISTS)

eval-cards: .venv/.main ## Measure card expressions: CASES=f LISTS=f (MISSES=f)
	@MISSES=$(MISSES) $(PY) -m evaluation.values cards $(CASES) $(LISTS)

.venv-encoder/.installed: requirements/encoder.txt requirements/encoder-torch.txt | $(UV_DEPENDENCY)
	@$(UV) venv --quiet --allow-existing --seed --python 3.11 .venv-encoder
	.venv-encoder/bin/python -m pip install --quiet --no-deps --require-hashes -r requirements/encoder-torch.txt
	.venv-encoder/bin/python -m pip install --quiet --require-hashes -r requirements/encoder.txt
	@touch $@

.PHONY: encoder
encoder: .venv-encoder/.installed ## Make the sentence encoder anew (PyTorch; 15 minutes and more)
	.venv-encoder/bin/python -m bot.encoder

FOLDS ?= 4
BY ?= authors
EVERY ?= 1

.PHONY: compare-nlu compare-stock comparison
compare-nlu: .venv-rasa/.rasa .venv-encoder/.installed ## Compare readers on voices that they were not trained on: FOLDS=1…4
	.venv-rasa/bin/python -m bot.nlu.compare --folds $(FOLDS)

compare-stock: .venv-rasa/.rasa ## Compare with Rasa's stock pipeline on labelled messages: CASES=f (BY="four authors" EVERY=8)
	.venv-rasa/bin/python -m bot.nlu.compare_stock $(CASES) --by "$(BY)" --every $(EVERY)

comparison: compare-nlu compare-stock ## Make bot/nlu/COMPARISON.md anew, both parts: CASES=f (hours)

# --- Proving ------------------------------------------------------------------------------------

.PHONY: chromium
chromium:
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
		&& echo "Installing chromium …" && apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } \
		|| echo "chromium is missing (Debian: apt-get install chromium): browser tests will be skipped."

web/node_modules/.installed: web/package-lock.json
	@cd web && npm ci --silent --no-audit --no-fund
	@touch $@

.PHONY: web
web: web/node_modules/.installed ## Build the widget, the console and the demo page (needs Node)
	@cd web && npm run --silent build

.PHONY: web-check
web-check: ## Check the web's types, and that what is built is its source's
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory web/node_modules/.installed && cd web && npm run --silent check; \
	elif [ "$$CI" = true ]; then echo "Node is missing."; exit 1; \
	else echo "Node is missing: what is built for the web is not compared with its source."; fi

.PHONY: bench
bench: .venv/.dev .venv-rasa/.rasa $(MODEL) ## Measure turns a second, milliseconds a turn, memory
	@$(PY) -m tests.bench

.PHONY: lint
lint: .venv/.dev ## Check style and types
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

.PHONY: test
test: .venv/.dev .venv-rasa/.dev $(MODEL) chromium lint web-check cover-payments ## Set up and run every test
	$(RASA_PY) -m pytest -c tests/unit/bot/pytest.ini --rootdir . tests/unit/bot
	$(PY) -m pytest tests --ignore tests/unit/bot --ignore tests/unit/payments

.PHONY: cover-payments
cover-payments: .venv/.dev ## Test the money code: every line and every branch of it
	$(PY) -m pytest tests/unit/payments --cov=billing.payments --cov-branch \
		--cov-report=term-missing:skip-covered --cov-fail-under=100

.venv-mutate/bin/python: | $(UV_DEPENDENCY)
	@$(UV) venv --quiet --allow-existing --python 3.12 .venv-mutate

.venv-mutate/.installed: requirements/mutate.txt | .venv-mutate/bin/python
	$(call install,.venv-mutate/bin/python,requirements/mutate.txt,$@)

.PHONY: mutate
mutate: .venv-mutate/.installed ## Change the money code bit by bit; list what no test notices (MUTANTS='billing.payments.plan.*')
	nice -n 15 .venv-mutate/bin/mutmut run $(MUTANTS)
	.venv-mutate/bin/mutmut results

RUNS ?= 100000
SEED ?= 1

.PHONY: simulate
simulate: .venv/.main ## Simulate payments with every fault: RUNS=… SEED=…
	@$(PY) -m billing.payments.simulate $(RUNS) $(SEED)

.PHONY: clean
clean: ## Remove environments, models and data made by running
	rm -rf .venv .venv-* .uv var mutants models/*.tar.gz .rasa
