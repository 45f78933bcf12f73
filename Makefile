# geogrid: make demo serves the sample; make test installs what it needs and runs everything.
PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
BIN := $(VENV)/bin
NODE := $(BIN)/python scripts/run_node.py

.PHONY: bundle help demo serve setup assets test check lint bench bench-coverage bench-locate screenshots clean

help:
	@echo "make demo     install into $(VENV) and serve the sample on http://127.0.0.1:$(PORT)/"
	@echo "make serve    serve your workspace (the same, once it is installed)"
	@echo "make test     install what is needed and run every test"
	@echo "make check    lint, types, layers and the fast tests"
	@echo "make bench    all that follows, the API over HTTP and the first view of the map page"
	@echo "make bench-coverage  race the coverage engine against its peers (BENCH_ARGS=--quick)"
	@echo "make bench-locate    check that the locator is exact, then race it (BENCH_ARGS=--quick)"
	@echo "make bundle   what installs geogrid where there is no network (docs/operations.md)"
	@echo "make clean    remove what the build made"

$(VENV)/.installed: requirements.lock pyproject.toml scripts/bootstrap.sh scripts/hatch_build.py
	@sh scripts/bootstrap.sh "$(PYTHON)" "$(VENV)"
	@touch $@

setup: $(VENV)/.installed

assets: setup
	@$(BIN)/python scripts/build_assets.py

demo: serve

serve: assets
	@$(BIN)/geogrid serve --port $(PORT)

dev-assets: setup
	@$(BIN)/python scripts/build_assets.py --dev

lint: dev-assets
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(NODE) web node_modules/typescript/bin/tsc --project tsconfig.json
	$(NODE) web node_modules/eslint/bin/eslint.js js

check: lint
	HYPOTHESIS_PROFILE=quick $(BIN)/pytest -q -m "not browser and not slow"

test: lint
	@sh scripts/need_packages.sh
	$(BIN)/pytest -q || { [ $$? -eq 1 ] && $(BIN)/pytest -q --last-failed --last-failed-no-failures none; }

bench: bench-coverage bench-locate
	$(BIN)/python -m benchmarks.http_locate
	$(BIN)/python -m benchmarks.load
	$(BIN)/python -m benchmarks.relocation
	$(BIN)/python -m benchmarks.redraw
	$(BIN)/python -m benchmarks.redraw_http
	$(BIN)/python -m benchmarks.propose
	$(BIN)/python -m benchmarks.first_view

bench-coverage: assets
	$(BIN)/python -m benchmarks.coverage $(BENCH_ARGS)

bench-locate: assets
	$(BIN)/python -m benchmarks.locate_exact $(filter --quick,$(BENCH_ARGS))
	$(BIN)/python -m benchmarks.location $(BENCH_ARGS)

bundle: setup
	@$(BIN)/python scripts/build_bundle.py

screenshots: assets
	@sh scripts/need_packages.sh
	$(BIN)/pytest -q -m screenshots --screenshots docs/screenshots

clean:
	rm -rf $(VENV) web/node_modules web/static/dist build dist test-artifacts .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find geogrid/translations -name '*.mo' -delete
