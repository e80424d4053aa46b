"""Cycles between members, by what they publish."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from colonnade_workspace.findings import Finding
from colonnade_workspace.model import Workspace


def check_cycles(workspace: Workspace) -> Iterator[Finding]:
    """Report each cycle once, at the requirement that closes it."""
    arrows = {
        name: {dependency.name for dependency in workspace.siblings(member)}
        for name, member in workspace.members.items()
    }
    while cycle := _some_cycle(arrows):
        source, target = cycle[-2], cycle[-1]
        arrows[source].discard(target)
        member = workspace.members[source]
        line = next(each.line for each in workspace.siblings(member) if each.name == target)
        yield Finding(
            "cycle",
            workspace.relative(member.pyproject),
            line,
            f"members require each other in a circle: {' → '.join(cycle)}",
            "Move what both need to a package below them, and remove one of the arrows.",
        )


def _some_cycle(arrows: dict[str, set[str]]) -> list[str]:
    """A closed path along the arrows (its first name is also its last), or nothing."""
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        path: list[str] = error.args[1]
        return path[::-1]
    return []
