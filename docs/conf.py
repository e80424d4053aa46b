"""Sphinx settings; `nox -s docs` builds with warnings as errors."""

project = "Colonnade"
author = "The Colonnade authors"
copyright = "The Colonnade authors"  # noqa: A001 - Sphinx wants this name

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_default_options = {
    "members": True,
    "show-inheritance": True,
    "exclude-members": "model_config, cache_ok, inherit_cache",
}
napoleon_use_ivar = True  # attributes are described where the class is, not listed a second time
default_role = "code"  # docstrings write code in single backticks

html_theme = "furo"
html_title = "Colonnade"

exclude_patterns = ["_build", "changes"]
suppress_warnings = ["ref.python"]  # builtins such as type[...] have the names of attributes
