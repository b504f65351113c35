# make demo   the main job in a terminal, on the sample corpus or on your text: make demo CORPUS=folder
# make test   every test
# make quick  the tests of the package itself: a few minutes
# make wheel  build what pip installs, and try it in an empty environment
# make lab    JupyterLab at the notebooks
# make fuzz   open files damaged at random: make fuzz COUNT=100000 SEED=7
# make bench  measure everything beside real Flair, for benchmarks/RESULTS.md: 40 minutes
# make site   the course as a book in HTML, in both languages, in build/site; make check-site reads it in a browser
# make korean the Korean notebooks, from English code and Korean prose; runs those whose code has changed
# make recipes CORPORA="folder folder …"  measure the recipes, for benchmarks/RECIPES.md: an hour
PYTHON ?= python3
VENV ?= .venv
SCRIPTS = $(if $(filter Windows_NT,$(OS)),Scripts,bin)
BIN = $(VENV)/$(SCRIPTS)
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
# A plain path instead of an import hook, so that the package is also found from the folder above the clone.
EDITABLE = --config-settings editable_mode=compat --editable
FLAIR_VENV ?= .venv-flair

COLAB_VENV ?= .venv-colab
COLAB_PIP = $(COLAB_VENV)/$(SCRIPTS)/python -m pip install --quiet --disable-pip-version-check
CHECK = $(BIN)/check-jsonschema --builtin-schema vendor.
# Colab has Python 3.13: take it where there is one, by its name or pyenv's.
COLAB_PYTHON ?= $(shell for python in python3.13 "$$(pyenv prefix 3.13 2>/dev/null)/bin/python" $(PYTHON); do \
	"$$python" -c '' 2>/dev/null && echo "$$python" && break; done)
# test_sharing.py and test_hub.py run in both environments, and so with huggingface_hub 2.4 and with Colab's 1.27.
COLAB_TESTS = tests/test_plots.py tests/test_pages.py tests/test_widgets.py tests/test_in_kernel.py \
	tests/test_sharing.py tests/test_hub.py

# What one wants to know of another Python or system: no notebooks, kernels or browsers, no runs that are killed.
QUICK_TESTS = $(addprefix tests/test_,$(addsuffix .py,baselines checkpoints command_line corpus course dictionary \
	documents embeddings environment fine_tuning house language_model model_files packaging repository safe_files \
	sample_corpus text_files trainer tutorial_9))

SITE_VENV ?= .venv-site
MATHJAX = build/site-static/mathjax
SPHINX = $(SITE_VENV)/bin/python -m sphinx --fail-on-warning --keep-going --quiet --fresh-env --jobs auto --builder html \
	--conf-dir docs/site

.PHONY: demo test quick fuzz lab bench recipes interchange colab wheel models solutions korean site check-site lint clean
.DELETE_ON_ERROR:

demo: $(VENV)/.core
	$(BIN)/python -m tutorlm.course.demo $(if $(CORPUS),"$(CORPUS)")

lab: $(VENV)/.lab
	$(BIN)/jupyter lab notebooks

# Two processes of one thread each keep two cores busy. The editions write into the same folders: one after the other.
test: export OMP_NUM_THREADS = 1
test: $(VENV)/.test lint
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile
	$(BIN)/python -m pytest -m browser
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --nbval-lax --nbval-current-env --nbval-cell-timeout=180 \
		--nbval-sanitize-with tests/nbval_sanitize.cfg $(wildcard notebooks/*.ipynb)
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --nbval-lax --nbval-current-env --nbval-cell-timeout=180 \
		--nbval-sanitize-with tests/nbval_sanitize.cfg $(wildcard notebooks/ko/*.ipynb)

quick: export OMP_NUM_THREADS = 1
quick: $(VENV)/.test
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile $(QUICK_TESTS)

# Style, private names, types, the direction of imports, and the form of the files for GitHub.
lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(CHECK)github-workflows .github/workflows/*.yml
	$(CHECK)github-issue-forms $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))
	$(CHECK)github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(CHECK)dependabot .github/dependabot.yml
	$(CHECK)citation-file-format CITATION.cff

fuzz: $(VENV)/.test
	OMP_NUM_THREADS=1 $(BIN)/python tests/fuzz.py $(or $(COUNT),100000) --seed $(or $(SEED),0)

# Exchange model files and vectors with real Flair, which is installed in an environment of its own.
interchange: $(VENV)/.test $(FLAIR_VENV)/.installed
	FLAIR_PYTHON=$(FLAIR_VENV)/bin/python $(BIN)/python -m pytest -m flair

# Run what notebooks use with the versions that Colab has.
colab: $(COLAB_VENV)/.installed
	$(COLAB_VENV)/$(SCRIPTS)/python -VV
	$(COLAB_VENV)/$(SCRIPTS)/python -m pytest $(COLAB_TESTS)
	$(COLAB_VENV)/$(SCRIPTS)/python -m pytest --nbval-lax --nbval-current-env --nbval-cell-timeout=180 \
		notebooks/00_start_here.ipynb

# Source distribution, the wheel made from it, and both tried where there is no clone.
wheel: $(VENV)/.test
	rm -rf dist
	$(BIN)/python -m build --outdir dist
	$(BIN)/python -m twine check --strict dist/*
	$(BIN)/python -m pytest -m wheel

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
	$(BIN)/python -m tutorlm.course.exercises notebooks/ko/solutions.ipynb --language ko

# Korean prose from notebooks/ko/prose, and code from the English notebooks: NOTEBOOKS="05 06" for some of them.
korean: export OMP_NUM_THREADS = 1
korean: $(VENV)/.test
	$(BIN)/python notebooks/ko/build.py --run $(NOTEBOOKS)

# Notebooks as they are stored, guides, and the reference of the package, and below ko the same in Korean. Node's npm
# fetches MathJax. A warning is an error.
site: $(SITE_VENV)/.installed $(MATHJAX)/.fetched
	rm -rf build/site
	$(SPHINX) --doctree-dir build/site-doctrees/en . build/site
	test ! -f README.ko.md || $(SPHINX) --tag ko --doctree-dir build/site-doctrees/ko . build/site/ko

# Every page in Chromium: on a screen and a phone, light and dark, with nothing asked of other hosts.
check-site: site $(VENV)/.test
	$(BIN)/python -m pytest -m site

clean:
	rm -rf $(VENV) $(FLAIR_VENV) $(COLAB_VENV) $(SITE_VENV) demo_output build dist

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
	rm -rf $(COLAB_VENV)
	"$(COLAB_PYTHON)" -m venv $(COLAB_VENV)
	@echo "Installing Colab's versions on $$("$(COLAB_PYTHON)" -V); on 3.13 also its PyTorch, a large download"
	$(COLAB_PIP) --requirement tests/colab_requirements.txt
	$(COLAB_PIP) $(EDITABLE) .
	touch $@

$(SITE_VENV)/.installed: docs/site/requirements.txt
	test -x $(SITE_VENV)/bin/python || $(PYTHON) -m venv $(SITE_VENV)
	$(SITE_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --requirement docs/site/requirements.txt
	touch $@

$(MATHJAX)/.fetched: docs/site/mathjax.py
	$(PYTHON) docs/site/mathjax.py $(MATHJAX)
	touch $@
