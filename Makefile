# make demo    the environment, and a morph of two whole tunes in demo/
# make test    the environment, and all checks
#
# Needs python3 (3.11 or newer) with venv, and make. Everything else is installed into .venv.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/installed

# Small recurrent models run fastest on one thread a process.
export OMP_NUM_THREADS ?= 1

.PHONY: demo test lint clean

demo: $(STAMP)
	$(BIN)/symvae interpolate data/tunes/ode_to_joy.mid data/tunes/soldiers_joy.mid \
		--whole repeat --steps 7 --plot --wav --out demo --force
	@echo "Listen: demo/path.wav   Look: demo/path.png   Play: demo/path.mid, or each step by itself"

test: lint
	$(BIN)/pytest -n 2 --dist loadfile

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "symvae needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@# It asks for PyAudio, which needs PortAudio's headers and is not used.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --no-deps tinysoundfont
	@touch $(STAMP)

clean:
	rm -rf .venv demo build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
