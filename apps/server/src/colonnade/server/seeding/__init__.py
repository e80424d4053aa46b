"""Realistic, interconnected, reproducible data of any size."""

from colonnade.server.seeding.plan import DEMO_EMAIL, DEMO_PASSWORD, Size

__all__ = ["DEMO_EMAIL", "DEMO_PASSWORD", "Size"]
