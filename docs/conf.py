"""Sphinx settings; `nox -s docs` builds with warnings as errors."""

project = "Colonnade"
author = "The Colonnade authors"
copyright = "The Colonnade authors"  # noqa: A001 - Sphinx wants this name

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "Colonnade"

exclude_patterns = ["_build", "changes"]
