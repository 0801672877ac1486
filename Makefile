# Set up, try, test. Everything lives in .venv; nothing outside this folder is changed.
SHELL := /bin/bash -o pipefail
PYTHON ?= python3
FUZZ_SECONDS ?= 300
FUZZ_SEED ?= 0
CORES ?= $(shell $(PYTHON) -c "import os; print(os.cpu_count())")
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --constraint envs/constraints.txt
DEMO := --configfile config/miniature_backbones.yaml config/demo.yaml
TEST := $(BIN)/python -m pytest --numprocesses $(CORES) --no-loadscope-reorder

.PHONY: help install demo test test-all fuzz lint format snakemake-report miniature-backbones clean-demo

help:  ## Show what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 22

install: .venv/installed  ## Install patchprobe and its tools into .venv

.venv/installed: pyproject.toml envs/constraints.txt
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Python 3.11 or newer is needed: make PYTHON=python3.x')"
	$(PYTHON) -m venv .venv
	$(PIP) --editable .
	touch $@

.venv/installed-for-tests: .venv/installed
	$(PIP) --editable '.[test]'
	touch $@

# Snakemake 9 looks for jobs again one --max-jobs-per-timespan after each look, for ever: by default
# (100/1s) ever more often, up to a hundred times a second behind as many jobs.
# Its jobs are so small that all of them may share a GPU, if there is one.
demo: install  ## Draw the figures on a miniature world (no data, no weights, no GPU)
	PATCHPROBE_JOBS_PER_GPU=$(CORES) $(BIN)/snakemake all_figures all_tables report --cores $(CORES) --max-threads 1 --resources gpu=$(CORES) --prioritize fig1 fig2a --scheduler greedy --max-jobs-per-timespan 1000/5s --quiet host $(DEMO) 2>&1 | $(BIN)/python workflow/progress.py demo/results

snakemake-report: demo  ## Make demo/snakemake-report.html from the demo: Snakemake's own, with all jobs
	$(BIN)/snakemake all_figures all_tables --report demo/snakemake-report.html --quiet rules host $(DEMO)

miniature-backbones: install  ## Train the miniature backbones anew (many hours)
	$(PIP) --editable '.[train]'
	$(BIN)/python -m miniature.training.images
	for family in supervised mae simmim scale_mae dino ibot dinov2; do $(BIN)/python -m miniature.training.train $$family || exit 1; done

test: .venv/installed-for-tests  ## Run the tests
	$(TEST)

test-all: .venv/installed-for-tests  ## Run the tests, the slow ones of the miniature's painters and on SLURM too
	$(TEST) -m ""

fuzz: .venv/installed-for-tests  ## Damage inputs for FUZZ_SECONDS (300) and tell what is not refused by a named error
	$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS) --seed $(FUZZ_SEED)

lint: .venv/installed-for-tests  ## Check style and workflow
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile rules
	$(BIN)/snakemake --lint --quiet

format: .venv/installed-for-tests  ## Apply the style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile rules

clean-demo:  ## Remove what the demo made
	rm -rf demo
