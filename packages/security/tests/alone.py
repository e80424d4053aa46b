"""Runs code from standard input with the standard library, our two packages, and no more than it is told.

Its arguments are the names of the top-level modules of others that may be imported.
"""

import ast
import asyncio
import inspect
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

OURS = {"colonnade", "colonnade.core", "colonnade.security"}
BUILT = "_sysconfigdata_"  # the standard library's own, named after the machine


class Refusing(MetaPathFinder):
    """Finds nothing, and lets nobody else find what is not allowed."""

    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = allowed | sys.stdlib_module_names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        top, *rest = fullname.split(".")
        allowed = ".".join([top, *rest[:1]]) in OURS if top == "colonnade" else top in self._allowed
        if not allowed and not top.startswith(BUILT):
            raise ModuleNotFoundError(f"{fullname} does not belong to this part", name=fullname)
        return None


async def run(text: str) -> None:
    """Run code that may await at its top level."""
    code = compile(text, "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    running = eval(code, {"__name__": "__main__"})
    if inspect.isawaitable(running):
        await running


if __name__ == "__main__":
    sys.meta_path.insert(0, Refusing(frozenset(sys.argv[1:])))
    asyncio.run(run(sys.stdin.read()))
