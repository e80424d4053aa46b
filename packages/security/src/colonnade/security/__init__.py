"""Passwords, signed tokens, keys and sealed values; each part is an extra and stands alone."""

__all__: list[str] = []
