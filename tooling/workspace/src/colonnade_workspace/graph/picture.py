"""A directed graph as the renderers see it, whatever it is about."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Node:
    """One box.

    Attributes:
        name: Unique in its graph, and what people read.
        caption: A second, smaller line; may be empty.
    """

    name: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Arrow:
    """What stands on what.

    Attributes:
        source: The node that needs the other.
        target: The node that is needed.
        extra: The extras that ask for it; empty for a plain need.
    """

    source: str
    target: str
    extra: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes and arrows under a title."""

    title: str
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]

    def reduced(self) -> "Graph":
        """The same order with fewer arrows: one that a longer path implies is left out.

        A plain arrow is implied only by plain ones. In a cycle every arrow stays.
        """
        return replace(self, arrows=tuple(arrow for arrow in self.arrows if not self._implied(arrow)))

    def _implied(self, arrow: Arrow) -> bool:
        followed = [each for each in self.arrows if arrow.extra or not each.extra]
        if arrow.source in _reachable(arrow.target, followed):
            return False
        others = [each for each in followed if each != arrow]
        return arrow.target in _reachable(arrow.source, others)


def _reachable(start: str, arrows: Iterable[Arrow]) -> set[str]:
    targets: dict[str, list[str]] = {}
    for arrow in arrows:
        targets.setdefault(arrow.source, []).append(arrow.target)
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for target in targets.get(waiting.pop(), ()):
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found
