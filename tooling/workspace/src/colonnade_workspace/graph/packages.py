"""The graph of packages, from the requirements that they publish."""

from colonnade_workspace.graph.picture import Arrow, Graph, Node
from colonnade_workspace.model import Member, Section, Workspace


def package_graph(workspace: Workspace) -> Graph:
    """One node per member; an arrow that only extras ask for names them."""
    nodes = tuple(
        Node(name, workspace.relative(member.folder).rsplit("/", maxsplit=1)[0])
        for name, member in workspace.members.items()
    )
    arrows = tuple(arrow for member in workspace.members.values() for arrow in _arrows(workspace, member))
    return Graph("Packages", nodes, arrows)


def _arrows(workspace: Workspace, member: Member) -> list[Arrow]:
    extras: dict[str, list[str]] = {}
    for dependency in workspace.siblings(member):
        labels = extras.setdefault(dependency.name, [])
        labels.append("" if dependency.section is Section.BASE else dependency.label)
    return [
        Arrow(member.name, target, "" if "" in labels else ", ".join(sorted(set(labels))))
        for target, labels in sorted(extras.items())
    ]
