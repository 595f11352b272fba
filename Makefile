# make demo: review the sample dossiers; make test, make check, make bench: what the names say.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SAMPLES := kaze-x1 mizu-s2 hoshi-m3

.PHONY: demo test check bench compiled test-compiled docs examples clean

$(VENV)/.product: pyproject.toml constraints.txt setup.py
	PYTHON="$(PYTHON)" sh .ci/set-up-python $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

$(READY): $(VENV)/.product
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --requirement requirements-dev.txt
	touch $@

demo: $(VENV)/.product
	@for sample in $(SAMPLES); do \
	  SEKISHO_HOME=out/home $(BIN)/sekisho review examples/$$sample --out out/$$sample; code=$$?; \
	  case $$code in 0|10|11|12) ;; *) exit $$code ;; esac; \
	done
	@echo; echo "The same in Japanese: SEKISHO_HOME=out/home $(BIN)/sekisho review examples/kaze-x1 --lang ja"

test: $(READY)
	$(BIN)/python -m pytest -n 2 --cov --cov-report=term --cov-report=json:.coverage.json
	$(BIN)/python tests/coverage_gate.py .coverage.json

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/vulture
	$(BIN)/interrogate --quiet src/sekisho
	$(BIN)/codespell
	$(BIN)/python docs/generate.py --check
	$(BIN)/python examples/build/check.py

bench: $(READY) compiled
	PYTHONPATH=build/compiled $(BIN)/python -m bench

# the product as it is installed: its hot modules compiled where a C compiler is there
compiled: $(READY)
	rm -rf build/compiled build/lib* build/bdist*
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --target build/compiled .

# the compiled modules give the answers of the plain ones
test-compiled: compiled
	@if find build/compiled -name 'scan.*.so' | grep -q .; then \
	  PYTHONPATH=build/compiled $(BIN)/python -m pytest -n 2 -p no:cacheprovider tests/analyzers/capture tests/analyzers/app/bytecode; \
	else echo "no C compiler: nothing to test"; fi

docs: $(READY)
	$(BIN)/python docs/generate.py

examples: $(READY)
	$(BIN)/python examples/build/check.py --write

clean:
	rm -rf out build $(VENV) .coverage* .hypothesis .mypy_cache .ruff_cache .pytest_cache
