# Every target sets up what it needs in .venv; stamps make a second run do nothing.
# `make` alone lists the targets.

BIN := .venv/bin
VENV := .venv/venv.stamp
CORE := .venv/core.stamp
RUN := .venv/run.stamp
SERVE := .venv/serve.stamp
WEB := src/sentineldq/server/static/index.html
NPM := .ci/node npm --prefix web --no-fund --no-audit
TEST := .venv/test.stamp
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-emit-trusted-host --strip-extras --allow-unsafe $(if $(UPGRADE),--upgrade)
PYTEST := $(BIN)/pytest --numprocesses 2 --dist loadgroup --timeout 600
PROJECTS := -p projects/github -p projects/market -p projects/commerce
ROWS ?= 1e6,1e7

.PHONY: help run watch serve web test test-web test-slow torture check format docs bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(RUN) ## run the three projects once: live where the network answers, else simulated
	@$(BIN)/sentinel run $(PROJECTS) --records auto

watch: $(RUN) ## keep one project running (PROJECT=projects/github) until Ctrl-C
	@$(BIN)/sentinel run --watch -p $(or $(PROJECT),projects/github)

serve: $(SERVE) $(WEB) ## the dashboard, the API and the alerts of one project (PROJECT=projects/github), until Ctrl-C
	@$(BIN)/sentinel serve -p $(or $(PROJECT),projects/github) $(ARGS)

web: $(WEB) ## build the dashboard

test-web: $(WEB) ## lint, types and unit tests of the dashboard
	$(NPM) run check
	$(NPM) test

test: $(TEST) ## run the tests, leaving out the slow ones
	$(PYTEST) -m "not slow" $(ARGS)

test-slow: $(TEST) ## run the slow tests only, and those of the server once more on Postgres
	$(PYTEST) -m slow $(ARGS)
	$(PYTEST) -m "not slow" --store postgres tests/server $(ARGS)

torture: $(TEST) ## kill, starve and race the pipeline by the thousand (ARGS="--seed 7 --trials 2000")
	$(BIN)/python benchmarks/torture.py $(ARGS)

check: $(TEST) ## lint, formatting, types, import rules
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(TEST) ## format the code and apply safe lint fixes
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

docs: $(CORE) ## rewrite the reference pages that follow from the code
	$(BIN)/python docs/generate.py

bench: $(CORE) ## time us against peers (ROWS=1e6,1e7), write benchmarks/RESULTS.md
	$(BIN)/python benchmarks/envs.py
	$(BIN)/python benchmarks/run.py --rows $(ROWS)
	$(BIN)/python benchmarks/pipeline.py
	$(BIN)/python benchmarks/watch.py
	$(BIN)/python benchmarks/profiles.py
	$(BIN)/python benchmarks/drift.py
	$(BIN)/python benchmarks/evaluation.py

lock: $(TEST) ## recompile the hash-locked requirements (UPGRADE=1 takes the newest versions)
	CUSTOM_COMPILE_COMMAND="make lock" $(LOCK) -o requirements/core.txt pyproject.toml requirements/core.in
	CUSTOM_COMPILE_COMMAND="make lock" $(LOCK) -o requirements/run.txt --extra yahoo \
		pyproject.toml requirements/core.in
	CUSTOM_COMPILE_COMMAND="make lock" $(LOCK) -o requirements/serve.txt --extra yahoo --extra server \
		pyproject.toml requirements/core.in
	CUSTOM_COMPILE_COMMAND="make lock" $(LOCK) -o requirements/test.txt --all-extras \
		pyproject.toml requirements/core.in requirements/test.in
	CUSTOM_COMPILE_COMMAND="make lock" $(LOCK) -o requirements/web.txt requirements/web.in

clean: ## remove .venv and all caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build

$(VENV):
	@.ci/venv .venv
	@touch $@

$(CORE): $(VENV) requirements/core.txt pyproject.toml
	$(PIP) install --quiet --require-hashes -r requirements/core.txt
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q src
	@touch $@

$(RUN): $(CORE) requirements/run.txt
	$(PIP) install --quiet --require-hashes -r requirements/run.txt
	@touch $@

$(SERVE): $(CORE) requirements/serve.txt
	$(PIP) install --quiet --require-hashes -r requirements/serve.txt
	@touch $@

web/node_modules/.package-lock.json: $(VENV) web/package-lock.json
	$(NPM) ci --silent
	@touch $@

$(WEB): web/node_modules/.package-lock.json $(shell find web/src web/public web/index.html web/vite.config.ts -type f 2>/dev/null)
	$(NPM) run build
	@touch $@

$(TEST): $(CORE) requirements/test.txt
	$(PIP) install --quiet --require-hashes --no-build-isolation -r requirements/test.txt
	@touch $@
