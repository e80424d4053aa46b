"""Caches."""

from colonnade.infrastructure.cache.bounded import BoundedDict

__all__ = ["BoundedDict"]
