# make demo   the main job in a terminal, on the sample corpus or on your text: make demo CORPUS=folder
# make test   every test
# make lab    JupyterLab at the notebooks
# make fuzz   open files damaged at random: make fuzz COUNT=100000 SEED=7
# make bench  measure everything beside real Flair, for benchmarks/RESULTS.md: 40 minutes
# make site   the course as a book in HTML, in build/site; make check-site reads it in a browser
# make recipes CORPORA="folder folder …"  measure the recipes, for benchmarks/RECIPES.md: an hour
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
# A plain path instead of an import hook, so that the package is also found from the folder above the clone.
EDITABLE = --config-settings editable_mode=compat --editable
FLAIR_VENV ?= .venv-flair

COLAB_VENV ?= .venv-colab
# test_sharing.py and test_hub.py run in both environments, and so with huggingface_hub 2.4 and with Colab's 1.27.
COLAB_TESTS = tests/test_plots.py tests/test_pages.py tests/test_widgets.py tests/test_in_kernel.py \
	tests/test_sharing.py tests/test_hub.py

SITE_VENV ?= .venv-site
MATHJAX = build/site-static/mathjax

.PHONY: demo test fuzz lab bench recipes interchange colab models solutions site check-site lint clean
.DELETE_ON_ERROR:

demo: $(VENV)/.core
	$(BIN)/python -m tutorlm.course.demo $(if $(CORPUS),"$(CORPUS)")

lab: $(VENV)/.lab
	$(BIN)/jupyter lab notebooks

# Two processes of one thread each keep two cores busy.
test: export OMP_NUM_THREADS = 1
test: $(VENV)/.test lint
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile
	$(BIN)/python -m pytest -m browser
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --nbval-lax --nbval-current-env --nbval-cell-timeout=180 \
		--nbval-sanitize-with tests/nbval_sanitize.cfg $(wildcard notebooks/*.ipynb)

# Style, private names, types, and the direction of imports.
lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fuzz: $(VENV)/.test
	OMP_NUM_THREADS=1 $(BIN)/python tests/fuzz.py $(or $(COUNT),100000) --seed $(or $(SEED),0)

# Exchange model files and vectors with real Flair, which is installed in an environment of its own.
interchange: $(VENV)/.test $(FLAIR_VENV)/.installed
	FLAIR_PYTHON=$(FLAIR_VENV)/bin/python $(BIN)/python -m pytest -m flair

# Run what notebooks use with the versions that Colab has.
colab: $(COLAB_VENV)/.installed
	$(COLAB_VENV)/bin/python -m pytest $(COLAB_TESTS)
	$(COLAB_VENV)/bin/python -m pytest --nbval-lax --nbval-current-env --nbval-cell-timeout=180 \
		notebooks/00_start_here.ipynb

# CORPUS=folder and POS=folder (files of lines word TAB tag, *train*.tsv and *test*.tsv) measure on other text.
bench: $(VENV)/.core $(FLAIR_VENV)/.installed
	FLAIR_PYTHON=$(FLAIR_VENV)/bin/python $(BIN)/python -m benchmarks $(if $(CORPUS),--corpus "$(CORPUS)") \
		$(if $(POS),--pos "$(POS)")

# What `train` makes of corpus folders, beside n-grams and PPMd (Debian's p7zip-full).
recipes: $(VENV)/.core
	$(BIN)/python -m benchmarks.recipes $(CORPORA)

# Train the models that ship with the package, those of real text with CORPORA=folder: two hours on two cores.
models: $(VENV)/.core
	$(BIN)/python data/make_models.py $(if $(CORPORA),--corpora "$(CORPORA)")

# One solution of each exercise, as a notebook for teachers.
solutions: $(VENV)/.test
	$(BIN)/python -m tutorlm.course.exercises notebooks/solutions.ipynb

# Notebooks as they are stored, guides, and the reference of the package. Node's npm fetches MathJax. A warning is an error.
site: $(SITE_VENV)/.installed $(MATHJAX)/.fetched
	rm -rf build/site
	$(SITE_VENV)/bin/python -m sphinx --fail-on-warning --keep-going --quiet --fresh-env --jobs auto --builder html \
		--conf-dir docs/site --doctree-dir build/site-doctrees . build/site

# Every page in Chromium: on a screen and a phone, light and dark, with nothing asked of other hosts.
check-site: site $(VENV)/.test
	$(BIN)/python -m pytest -m site

clean:
	rm -rf $(VENV) $(FLAIR_VENV) $(COLAB_VENV) $(SITE_VENV) build demo_output

$(VENV)/.core: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 10), "Python 3.10 or newer is needed: make PYTHON=python3.12"'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing PyTorch and the package in $(VENV); the first time this may take some minutes"
	$(PIP) torch
	$(PIP) $(EDITABLE) .
	touch $@

$(VENV)/.lab: $(VENV)/.core
	$(PIP) $(EDITABLE) '.[lab]'
	touch $@

$(VENV)/.test: $(VENV)/.core
	$(PIP) $(EDITABLE) '.[test]'
	touch $@

$(FLAIR_VENV)/.installed: tests/flair_requirements.txt
	test -x $(FLAIR_VENV)/bin/python || $(PYTHON) -m venv $(FLAIR_VENV)
	$(FLAIR_VENV)/bin/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	$(FLAIR_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --requirement tests/flair_requirements.txt
	touch $@

$(COLAB_VENV)/.installed: tests/colab_requirements.txt
	test -x $(COLAB_VENV)/bin/python || $(PYTHON) -m venv $(COLAB_VENV)
	$(COLAB_VENV)/bin/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	$(COLAB_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --requirement tests/colab_requirements.txt
	$(COLAB_VENV)/bin/python -m pip install --quiet --disable-pip-version-check $(EDITABLE) .
	touch $@

$(SITE_VENV)/.installed: docs/site/requirements.txt
	test -x $(SITE_VENV)/bin/python || $(PYTHON) -m venv $(SITE_VENV)
	$(SITE_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --requirement docs/site/requirements.txt
	touch $@

$(MATHJAX)/.fetched: docs/site/mathjax.py
	$(PYTHON) docs/site/mathjax.py $(MATHJAX)
	touch $@
