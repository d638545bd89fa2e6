# The STEDI lakehouse. Every target sets itself up: Python 3.10 to 3.12 and make are all that it needs.
.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
# Modules instead of the scripts beside it, which do not start where the checkout's path holds a quote or a dollar sign.
PY := $(BIN)/python
# All that a run needs, and what tests and lints it.
READY := $(VENV)/.ready
TOOLS := $(VENV)/.ready-dev
PYTEST = $(PY) -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder
NBCONVERT = $(PY) -m nbconvert --config .nbconvert.py --to notebook --inplace --log-level=WARN
# What a user names reaches the recipes as it is, through the environment: whatever quotes, blanks and $ it holds.
override LANDING := $(value LANDING)
override LAKE := $(value LAKE)
override PROFILE := $(value PROFILE)
override SET := $(value SET)
export LANDING LAKE PROFILE SET
# The first Python of a version that fits; PYTHON=/path/to/python names another.
ifdef PYTHON
override PYTHON := $(value PYTHON)
else
PYTHON := $(shell for p in python3.11 python3.12 python3.10 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null && echo $$p && break; done)
endif
export PYTHON

.PHONY: help run test test-deep test-glue51 test-glue6 lab jobs lint notebooks hooks clean lock up down

help:  ## Show this help
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

# What installs the packages of a lock file: install --require-hashes. setuptools takes { and $ in a path for variables of
# its own, which is why pip comes to an environment in such a place by a link.
INSTALL = venv=$(VENV); case "$$PWD" in *[{}$$]*) \
	link=$$(mktemp -d) && trap 'rm -rf "$$link"' EXIT && ln -s "$$PWD/$(VENV)" "$$link/venv" && venv=$$link/venv;; esac; \
	install() { "$$venv/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes --no-build-isolation --no-compile "$$@"; }
# pip would compile on one processor, and also what is never imported.
COMPILE = $(PY) -m compileall -qq -j 0 -x '/tests?/' $(VENV)/lib || true

$(READY): requirements.lock requirements-build.lock pyproject.toml local_aws/pyproject.toml
	@if [ -z "$$PYTHON" ]; then echo "make: no Python 3.10, 3.11 or 3.12 found (found: $$(python3 --version 2>&1)). Install one, or name it: make run PYTHON=/path/to/python3.11" >&2; exit 2; fi
	@"$$PYTHON" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null || { echo "make: PYTHON=$$PYTHON is $$("$$PYTHON" --version 2>&1); the project needs Python 3.10, 3.11 or 3.12." >&2; exit 2; }
	@echo "Setting up $(VENV) with $$("$$PYTHON" --version) (once, a minute or two)"
	@"$$PYTHON" -m venv --clear $(VENV)
	@$(INSTALL); install -r requirements-build.lock && install -r requirements.lock
	@$(COMPILE)
	@$(MAKE) --no-print-directory $(BIN)/stedi
	@$(PY) -m local_aws.glue.sessions.class_archive 2>/dev/null || echo "make: Spark's sessions will start a few seconds slower" >&2
	@touch $@

$(TOOLS): $(READY) requirements-dev.lock
	@echo "Adding what tests and lints to $(VENV)"
	@$(INSTALL); install -r requirements-dev.lock
	@$(COMPILE)
	@touch $@

# The project and its command, as pip's --editable would give them, whatever the path holds (above); a script of pip's
# takes a $ in it for one of sh's.
$(BIN)/stedi:
	@printf '%s\n' ../../../.. ../../../../local_aws/src > "$$(echo $(VENV)/lib/python*/site-packages)/stedi.pth"
	@printf '#!/bin/sh\nexec "$$(dirname "$$(readlink -f "$$0")")/python" -c "%s" "$$@"\n' \
		'import sys; sys.path[:] = filter(None, sys.path); from runner.cli import main; main()' > $@ && chmod +x $@

run: $(READY)  ## Landing files to curated tables and reports (LANDING=DIR LAKE=DIR PROFILE=NAME SET="consent=any_time match=time_only")
	@set -f; for pair in $$SET; do set -- "$$@" --set "$$pair"; done; \
		$(PY) -m runner run $${LANDING:+--landing "$$LANDING"} $${LAKE:+--lake "$$LAKE"} $${PROFILE:+--profile "$$PROFILE"} "$$@"

test: $(TOOLS)  ## Run the tests (ARGS="-k name" for some)
	@$(PYTEST) $(ARGS)

test-deep: $(TOOLS)  ## Run the tests that take minutes or ask the package index
	@$(PYTEST) -m deep $(ARGS)

# The environment of the tests, but for what a version of Glue has: the packages of 5.1 (AWS Glue, "Migrating AWS Glue for
# Spark jobs to AWS Glue version 5.1"), the Spark of 6.0 (the same page for 6.0: 4.1.1, under ANSI mode; its Python 3.13 is
# not tried). Its own packages hide those of $(VENV).
.venv-glue%/.ready-packages: private VENV = .venv-glue$*
.venv-glue%/.ready-packages: $(TOOLS) requirements-glue%.lock
	@echo "Setting up $(VENV) (once, some minutes)"
	@$(PY) -m venv --clear $(VENV)
	@$(INSTALL); install -r requirements-build.lock && install --no-deps -r requirements-glue$*.lock
	@$(COMPILE)
	@packages=$$(echo $(VENV)/lib/python*/site-packages) && \
		echo "import site, sys; site.addsitedir(sys.prefix + '/../$$(dirname $(BIN))/$${packages#*/}')" > "$$packages/base.pth"
	@$(MAKE) --no-print-directory VENV=$(VENV) $(VENV)/bin/stedi
	@touch $@

test-glue51:  ## Run the transforms, the sample run and the jobs on the packages of Glue 5.1 (Python 3.11)
test-glue6:  ## Run the transforms, the sample run and the jobs on the Spark of Glue 6.0
test-glue51 test-glue6: test-%: .venv-%/.ready-packages
	@.venv-$*/bin/python -m pytest $(or $(ARGS),tests/helpers tests/pipeline/test_sample_run.py)
	@.venv-$*/bin/python -m pytest -m deep tests/pipeline/test_jobs_on_spark.py

lab: $(READY)  ## Open JupyterLab on the notebooks (ARGS="--no-browser --port 8890" for JupyterLab)
	@$(PY) -m runner lab $${LAKE:+--lake "$$LAKE"} $(ARGS)

up: $(READY)  ## Start the local AWS endpoint (LAKE=DIR)
	@$(PY) -m runner up $${LAKE:+--lake "$$LAKE"}

down: $(READY)  ## Stop the local AWS endpoint (LAKE=DIR)
	@$(PY) -m runner down $${LAKE:+--lake "$$LAKE"}

jobs: $(READY)  ## Export the Glue job scripts from the notebooks
	@$(PY) -m runner jobs

lint: $(TOOLS)  ## Check style and format, notebooks included
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .
	@clean=$$(mktemp -d) && trap 'rm -rf "$$clean"' EXIT && cp notebooks/*.ipynb "$$clean" && $(NBCONVERT) "$$clean"/*.ipynb && \
		{ diff -rq --exclude='*.md' --exclude='.*' notebooks "$$clean" || { echo "lint: outputs, foreign metadata or long cell ids in a notebook: make notebooks" >&2; exit 1; }; }

notebooks: $(TOOLS)  ## Strip outputs and foreign metadata from the notebooks
	@$(NBCONVERT) notebooks/*.ipynb

hooks: $(TOOLS)  ## Check each commit before it is made, and show changed notebooks as readable diffs
	@$(PY) -m pre_commit install
	@git config diff.jupyternotebook.command '$(PY) -m nbdime.vcs.git.diffdriver diff --ignore-outputs'

LOCK = uv pip compile - --universal --python-version 3.10 --fork-strategy fewest --generate-hashes --no-header --no-annotate --quiet

lock: $(READY)  ## Renew the lock files from pyproject.toml and local_aws/pyproject.toml (needs uv, and Python 3.11 or 3.12)
	@dependencies() { $(PY) -c 'import sys, tomllib; found = tomllib.load(open(sys.argv[1], "rb"))["project"]; \
		print(*(found["optional-dependencies"][sys.argv[2]] if sys.argv[2:] else found["dependencies"]), sep="\n")' "$$@"; }; \
		{ dependencies pyproject.toml; dependencies local_aws/pyproject.toml; } | $(LOCK) -o requirements.lock && \
		dependencies pyproject.toml dev | $(LOCK) --constraint requirements.lock -o requirements-dev.lock && \
		printf 'setuptools==80.9.0\nwheel==0.45.1\n' | $(LOCK) -o requirements-build.lock && \
		printf '%s\n' boto3==1.40.61 botocore==1.40.61 matplotlib==3.10.7 numpy==2.3.4 pandas==2.3.3 pyarrow==22.0.0 | \
			$(subst 3.10,3.11,$(LOCK)) -o requirements-glue51.lock && \
		printf 'pyspark==4.1.1\n' | $(LOCK) -o requirements-glue6.lock && \
		printf 'checkov==3.3.30\n' | $(LOCK) -o requirements-checkov.lock
	@sed -e '/--hash=/d' -e 's/ *\\$$//' requirements.lock requirements-dev.lock | LC_ALL=C sort -u > requirements-conda.lock

clean:  ## Remove the environment and everything generated; lakes and reports stay
	@rm -rf $(VENV) $(GLUE6) .stedi build *.egg-info .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
