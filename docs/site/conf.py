"""Sphinx's settings for the site of the course (`make site`).

The sources are the repository itself, so a link between two of its files also holds on the site. With `-t ko` the
same settings build the Korean course of `notebooks/ko`.
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(ROOT)]

import cells  # noqa: E402
import contents  # noqa: E402
import korean_search  # noqa: E402
import reference  # noqa: E402

KOREAN = "ko" in globals().get("tags", ())

project = "tutorlm"
author = "the tutorlm authors"
project_copyright = "the tutorlm authors, MIT licence"
version = release = reference.version(ROOT)
language = "ko" if KOREAN else "en"
html_search_language = "en"  # EnglishAndKorean, in both

root_doc = contents.front_page(KOREAN)
include_patterns = contents.pages(ROOT, KOREAN)
exclude_patterns = [".*", "build", "tests", "**/.ipynb_checkpoints"]
extensions = [
    "myst_nb", "sphinx_copybutton", "sphinx.ext.autodoc", "sphinx.ext.githubpages", "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
]  # fmt: skip
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb", ".rst": "restructuredtext"}

# -- notebooks: outputs as they are stored ------------------------------------------------------------
nb_execution_mode = "off"
nb_merge_streams = True
nb_render_error_lexer = "none"  # a message is not a traceback
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
myst_update_mathjax = False

# -- the API reference: from the docstrings, without PyTorch ------------------------------------------
autodoc_mock_imports = list(reference.ABSENT)
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
add_module_names = False
toc_object_entries_show_parents = "hide"
default_role = "code"
napoleon_use_ivar = True
python_maximum_signature_line_length = 100

# -- HTML -----------------------------------------------------------------------------------------------
html_theme = "sphinx_book_theme"
html_title = "tutorlm"
html_static_path = ["static", str(ROOT / "build" / "site-static")]  # the second one holds MathJax
html_css_files = ["site.css"]
html_favicon = "static/favicon.svg"
html_show_sphinx = html_use_index = html_domain_indices = False
html_context = {"default_mode": "auto"}  # light or dark as the reader's system is
html_theme_options = {
    "repository_url": "https://github.com/tutorlm/tutorlm",
    "repository_branch": "main",
    "path_to_docs": "",
    "use_repository_button": True,
    "use_issues_button": True,
    "use_download_button": True,
    "launch_buttons": {
        "notebook_interface": "jupyterlab",
        "colab_url": "https://colab.research.google.com",
        "binderhub_url": "https://mybinder.org",
    },
    "show_toc_level": 2,
    "navbar_persistent": [],  # the search is in the side bar
}
mathjax_path = "mathjax/tex-chtml.js"  # fetched by mathjax.py
mathjax3_config = {
    "options": {
        "enableMenu": False,  # what it offers would come from another host
        "ignoreHtmlClass": "document",
        "processHtmlClass": "math",
    }
}


def setup(app):
    """Register what the site adds to Sphinx."""
    reference.import_with_annotations_as_text(ROOT / "build" / "site-pycache")
    app.add_search_language(korean_search.EnglishAndKorean)
    app.connect("autodoc-process-docstring", reference.as_restructured_text, priority=400)  # before napoleon
    app.connect("source-read", cells.adapt)
    app.connect("source-read", contents.add_contents)
    app.connect("build-finished", contents.add_index)
    return {"parallel_read_safe": True}
