"""The history of the product's own database; another team writes its own and calls `database.generic`."""

from pathlib import Path

HISTORY = Path(__file__).parent
"""The folder that holds it."""
