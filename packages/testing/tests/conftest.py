"""The fixtures that this package is about."""

from colonnade.testing.fixtures import *  # noqa: F403 - fixtures
