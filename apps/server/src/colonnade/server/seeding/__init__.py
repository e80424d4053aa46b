"""Realistic, interconnected, reproducible data of any size."""

from colonnade.server.seeding.plan import DEMO_EMAIL, DEMO_PASSWORD, Size
from colonnade.server.seeding.seeder import Seeder

__all__ = ["DEMO_EMAIL", "DEMO_PASSWORD", "Seeder", "Size"]
