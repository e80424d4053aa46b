"""The graph of bounded contexts: folders of one name in several layers."""

from collections.abc import Iterator
from pathlib import Path

from colonnade_workspace.graph.picture import Arrow, Graph, Node
from colonnade_workspace.imports import imports_in
from colonnade_workspace.model import Workspace

DOMAIN = "domain"


def context_graph(workspace: Workspace) -> Graph:
    """One node per context, captioned with its layers; an arrow where one's code imports another's.

    A context is a folder of the `domain` package; a layer holds it as a folder or a module of the same name.
    """
    layers = {prefix: folder for member in workspace.members.values() for prefix, folder in member.packages.items()}
    contexts = _contexts(layers)
    homes = {context: dict(_homes(context, layers)) for context in contexts}
    nodes = tuple(
        Node(context, ", ".join(layer.rsplit(".", maxsplit=1)[-1] for layer in homes[context])) for context in contexts
    )
    arrows = {
        Arrow(context, target)
        for context in contexts
        for home in homes[context].values()
        for target in _imported_contexts(home, layers, contexts)
        if target != context
    }
    return Graph("Contexts", nodes, tuple(sorted(arrows, key=lambda arrow: (arrow.source, arrow.target))))


def _contexts(layers: dict[str, Path]) -> list[str]:
    return sorted(
        folder.name
        for prefix, package in layers.items()
        if prefix.rsplit(".", maxsplit=1)[-1] == DOMAIN
        for folder in package.iterdir()
        if (folder / "__init__.py").exists() and not folder.name.startswith("_")
    )


def _homes(context: str, layers: dict[str, Path]) -> Iterator[tuple[str, Path]]:
    """Layers that hold a context, the domain first, each with its folder or module."""
    for prefix in sorted(layers, key=lambda layer: (not layer.endswith(DOMAIN), layer)):
        for path in (layers[prefix] / context, layers[prefix] / f"{context}.py"):
            if path.is_file() or (path / "__init__.py").exists():
                yield prefix, path


def _imported_contexts(home: Path, layers: dict[str, Path], contexts: list[str]) -> Iterator[str]:
    for file in [home] if home.is_file() else sorted(home.rglob("*.py")):
        for each in imports_in(file):
            for prefix in layers:
                inside = each.module.removeprefix(f"{prefix}.")
                if inside != each.module and inside.split(".")[0] in contexts:
                    yield inside.split(".")[0]
