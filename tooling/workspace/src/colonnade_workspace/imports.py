"""Every import that a member's source makes, read from the syntax tree without running it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from colonnade_workspace.errors import WorkspaceError
from colonnade_workspace.model import Member


@dataclass(frozen=True, slots=True)
class Import:
    """One absolute import; `from a import b` counts as `a.b`, since `b` may be a module."""

    module: str
    path: Path
    line: int


def imports_of(member: Member) -> list[Import]:
    """All imports in a member's packages, also those inside functions and under `TYPE_CHECKING`."""
    return [
        each
        for folder in member.packages.values()
        for path in sorted(folder.rglob("*.py"))
        if "_vendored" not in path.parts
        for each in imports_in(path)
    ]


def imports_in(path: Path) -> list[Import]:
    """The absolute imports of one file.

    Raises:
        WorkspaceError: The file is not Python.
    """
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError) as error:
        raise WorkspaceError(f"{path} is not Python: {error}.") from error
    return [Import(module, path, line) for node in ast.walk(tree) for module, line in _modules(node)]


def _modules(node: ast.AST) -> Iterator[tuple[str, int]]:
    match node:
        case ast.Import(names=names):
            yield from ((alias.name, node.lineno) for alias in names)
        case ast.ImportFrom(module=str(module), names=names, level=0):
            yield from ((f"{module}.{alias.name}", node.lineno) for alias in names)
        case ast.Call(
            func=ast.Name(id="import_module") | ast.Attribute(attr="import_module"),
            args=[ast.Constant(value=str(module)), *_],
        ):
            yield module.split(":")[0], node.lineno
        case _:
            return
