# `make demo` and `make test` set up all they need; both are cheap the second time.
.DEFAULT_GOAL := help
.PHONY: help demo test laws check docs bench bench-scan bench-html conformance fuzz constraints generated picture wheel clean

# Images of containers set it, and then every start of `idkeep` compiles all that it imports anew.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv --quiet
# One more than the two cores of the builders: a test that waits for a server leaves its core alone.
WORKERS ?= 3
# atheris may live in a virtual environment of its own: make fuzz FUZZ=…/bin/python
FUZZ ?= $(BIN)/python
INSTALL := $(UV) pip install --python $(BIN)/python
COMPILE := $(UV) pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --no-strip-markers

help:  ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.uv: constraints/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit("idkeep needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip --quiet --disable-pip-version-check install --require-hashes -r $<
	@touch $@

$(VENV)/.demo: $(VENV)/.uv constraints/demo.txt pyproject.toml
	@echo "Installing idkeep and its demo …"
	@$(INSTALL) --require-hashes -r constraints/demo.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.demo constraints/dev.txt
	@echo "Installing the tools for tests and checks …"
	@$(INSTALL) --require-hashes -r constraints/dev.txt
	@touch $@

demo: $(VENV)/.demo  ## an example organisation on this machine, scanned over HTTP
	@$(BIN)/idkeep demo --org

test: $(VENV)/.dev  ## every test, each law on the same examples every time
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

laws: $(VENV)/.dev  ## look for inputs that break a law: new examples each time, ten times as many
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal -m hypothesis --hypothesis-profile=laws $(ARGS)

check: $(VENV)/.dev  ## format, lint, types, layers, generated files
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tools.generate --check
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

docs: $(VENV)/.dev  ## build the documentation into site
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

generated: $(VENV)/.dev  ## write the generated docs anew
	@$(BIN)/python -m tools.generate

picture: $(VENV)/.dev  ## take the README's terminal picture from a real run
	@$(BIN)/python -m tools.picture

bench: $(VENV)/.dev  ## measure start, size and scan, each beside a floor
	@$(BIN)/python -m tools.bench

bench-scan: $(VENV)/.dev  ## measure what scans cost: calls, seconds, memory (ARGS="identity 300")
	@$(BIN)/python -m tools.bench_scan $(ARGS)

bench-html: $(VENV)/.dev  ## measure a page of 200,000 results in a browser (ARGS="html")
	@$(BIN)/python -m tools.bench_html $(ARGS)

conformance: $(VENV)/.dev  ## hold the policy engine against independent ones
	@PYTHONPATH=tests $(BIN)/python -m tools.conformance $(ARGS)

fuzz: $(VENV)/.dev  ## look for inputs that break the policy parser (atheris, if it is installed)
	@PYTHONPATH=tests $(FUZZ) -m tools.fuzz $(ARGS)

wheel: $(VENV)/.demo  ## build the wheel into dist
	@$(BIN)/python -m hatchling build --target wheel

constraints: $(VENV)/.uv  ## resolve the locked dependencies anew
	@$(COMPILE) pyproject.toml -o constraints/core.txt
	@$(COMPILE) pyproject.toml --extra demo --group build -c constraints/core.txt -o constraints/demo.txt
	@$(COMPILE) pyproject.toml --extra demo --group build --group dev -c constraints/demo.txt -o constraints/dev.txt

clean:  ## remove what make made
	@rm -rf $(VENV) .venv-* dist site .mypy_cache .ruff_cache .pytest_cache .hypothesis
