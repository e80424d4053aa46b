"""Watches the output of every suite for planted secrets, wherever colonnade-testing is installed."""

from importlib.util import find_spec

pytest_plugins = ["colonnade.testing.watching"] if find_spec("colonnade") and find_spec("colonnade.testing") else []
