"""Adapters to the outside: databases, configuration, and in `[work]` the product's rows, repositories and queries."""

__all__: list[str] = []
