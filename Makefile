# make demo, make test: each makes the environment first, with nothing but Python 3.11+ and make on the machine.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export TOKENIZERS_PARALLELISM ?= false

.PHONY: demo test lint check-corpus studio test-studio clean

demo: $(READY)
	$(BIN)/chitieu demo

test: $(READY)
	$(BIN)/python -m pytest -n 2

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check-corpus: $(READY)
	$(BIN)/python scripts/check_corpus.py --quiet

# Label Studio's pins are tight, so that its server gets an environment of its own (about 1 GB).
STUDIO ?= .studio
STUDIO_READY := $(STUDIO)/.ready

studio: $(READY) $(STUDIO_READY)
	$(BIN)/python scripts/local_studio.py $(STUDIO)

test-studio: $(READY) $(STUDIO_READY)
	CHITIEU_STUDIO=$(STUDIO) $(BIN)/python -m pytest tests/studio

$(STUDIO_READY): scripts/local_studio.py
	$(PYTHON) -m venv $(STUDIO)/venv
	$(STUDIO)/venv/bin/python -m pip install --quiet label-studio==1.23.2
	$(PYTHON) scripts/local_studio.py $(STUDIO) --prepare
	touch $@

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
