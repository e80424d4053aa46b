"""Graphs as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html)."""

from colonnade_workspace.graph.picture import Arrow, Graph, Node


def to_mermaid(graphs: list[Graph]) -> str:
    """One subgraph per graph; arrows that only extras ask for are dotted and labelled."""
    lines = ["flowchart TD"]
    for graph in graphs:
        identifiers = {node.name: _identifier(graph, node) for node in graph.nodes}
        lines.append(f'  subgraph {graph.title.lower()}["{graph.title}"]')
        lines += [f'    {identifiers[node.name]}["{_label(node)}"]' for node in graph.nodes]
        lines += [f"    {_arrow(arrow, identifiers)}" for arrow in graph.arrows]
        lines.append("  end")
    return "\n".join([*lines, ""])


def _identifier(graph: Graph, node: Node) -> str:
    return f"{graph.title}_{node.name}".lower().replace("-", "_")


def _label(node: Node) -> str:
    return f"{node.name}<br/>{node.caption}" if node.caption else node.name


def _arrow(arrow: Arrow, identifiers: dict[str, str]) -> str:
    line = f'-. "{arrow.extra}" .->' if arrow.extra else "-->"
    return f"{identifiers[arrow.source]} {line} {identifiers[arrow.target]}"
