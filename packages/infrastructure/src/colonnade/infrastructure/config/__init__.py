"""Configuration in layers: defaults, a TOML file, secret files, the environment; every fault with its source."""

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "config", "pydantic_settings")

from colonnade.infrastructure.config.loading import ConfigurationError, Layers, load
from colonnade.infrastructure.config.reference import Entry, entries, reference

__all__ = ["ConfigurationError", "Entry", "Layers", "entries", "load", "reference"]
