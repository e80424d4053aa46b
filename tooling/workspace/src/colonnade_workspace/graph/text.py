"""Graphs as plain text."""

from colonnade_workspace.graph.picture import Arrow, Graph


def to_text(graphs: list[Graph]) -> str:
    """One line per node, then one indented line per arrow."""
    return "\n".join(line for graph in graphs for line in [*_lines(graph), ""])


def _lines(graph: Graph) -> list[str]:
    lines = [graph.title]
    for node in graph.nodes:
        lines.append(f"  {node.name} ({node.caption})" if node.caption else f"  {node.name}")
        lines += [f"    → {_target(arrow)}" for arrow in graph.arrows if arrow.source == node.name]
    return lines


def _target(arrow: Arrow) -> str:
    return f"{arrow.target} (with [{arrow.extra}])" if arrow.extra else arrow.target
