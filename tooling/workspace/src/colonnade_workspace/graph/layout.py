"""A layered layout: ranks, then order, then coordinates.

What stands on others is drawn above them. An arrow over several ranks passes a waypoint in
each rank between, so that no line runs through a box.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import TypeAlias

from colonnade_workspace.graph.ordering import Neighbours, Row, neighbours_of, order
from colonnade_workspace.graph.picture import Arrow, Graph

Point: TypeAlias = tuple[float, float]

RELAXATIONS = 40
COLUMN_GAP_PIXELS = 24.0
RANK_HEIGHT_PIXELS = 96.0
WAYPOINT_WIDTH_PIXELS = 8.0


@dataclass(frozen=True, slots=True)
class Layout:
    """Pixels from the top left: the centre of each node, and each arrow's points from source to target."""

    nodes: dict[str, Point]
    arrows: dict[Arrow, list[Point]]
    width: float
    height: float


def lay_out(graph: Graph, widths: Mapping[str, float]) -> Layout:
    """Place every node and arrow; `widths` holds each node's width in pixels."""
    ranks = _ranks(graph)
    chains = {arrow: _chain(arrow, ranks) for arrow in graph.arrows}
    waypoints = {name: rank for chain in chains.values() for name, rank in chain.items() if name not in ranks}
    rows: list[Row] = [[] for _ in range(max(ranks.values(), default=-1) + 1)]
    for name, rank in (ranks | waypoints).items():
        rows[-1 - rank].append(name)
    paths = [list(chain) for chain in chains.values()]
    rows = order(rows, paths)
    space = dict.fromkeys(waypoints, WAYPOINT_WIDTH_PIXELS) | dict(widths)
    columns = _columns(rows, neighbours_of(paths), space)
    left = min((columns[name] - space[name] / 2 for name in columns), default=0.0)
    width = max((columns[name] + space[name] / 2 for name in columns), default=0.0) - left
    centres = {
        name: (columns[name] - left, RANK_HEIGHT_PIXELS * (index + 0.5))
        for index, row in enumerate(rows)
        for name in row
    }
    return Layout(
        nodes={name: centres[name] for name in ranks},
        arrows={arrow: [centres[name] for name in chain] for arrow, chain in chains.items()},
        width=width,
        height=RANK_HEIGHT_PIXELS * len(rows),
    )


def _ranks(graph: Graph) -> dict[str, int]:
    """Each node's longest way down to one that needs nothing; an arrow that closes a cycle is ignored."""
    targets: dict[str, list[str]] = {node.name: [] for node in graph.nodes}
    for arrow in graph.arrows:
        targets[arrow.source].append(arrow.target)
    ranks: dict[str, int] = {}

    def rank(name: str, above: frozenset[str]) -> int:
        if name not in ranks:
            path = above | {name}
            ranks[name] = 1 + max((rank(target, path) for target in targets[name] if target not in path), default=-1)
        return ranks[name]

    for name in targets:
        rank(name, frozenset())
    return ranks


def _chain(arrow: Arrow, ranks: Mapping[str, int]) -> dict[str, int]:
    """An arrow's points with their ranks: its source, a waypoint in each rank that it crosses, its target."""
    start, end = ranks[arrow.source], ranks[arrow.target]
    step = -1 if start > end else 1
    crossed = {f"{arrow.source}→{arrow.target}@{rank}": rank for rank in range(start + step, end, step)}
    return {arrow.source: start, **crossed, arrow.target: end}


def _columns(rows: Sequence[Row], neighbours: Neighbours, space: Mapping[str, float]) -> dict[str, float]:
    """Horizontal centres: each point is drawn to the mean of its neighbours as far as its row leaves room.

    A point without neighbours is drawn to the middle of its row.
    """
    columns: dict[str, float] = {}
    for row in rows:
        columns |= _packed(row, dict.fromkeys(row, 0.0), space)
    for _ in range(RELAXATIONS):
        for row in rows:
            wanted = {name: fmean(columns[each] for each in neighbours.get(name, row)) for name in row}
            columns |= _packed(row, wanted, space)
    return columns


def _packed(row: Row, wanted: Mapping[str, float], space: Mapping[str, float]) -> dict[str, float]:
    """Places as near to the wanted ones as the order and the gaps allow.

    The mean of packing from the left and packing from the right, both of which keep the gaps.
    """
    gaps = {(one, other): (space[one] + space[other]) / 2 + COLUMN_GAP_PIXELS for one, other in pairwise(row)}
    rightwards, leftwards = dict(wanted), dict(wanted)
    for one, other in pairwise(row):
        rightwards[other] = max(rightwards[other], rightwards[one] + gaps[one, other])
    for other, one in pairwise(reversed(row)):
        leftwards[one] = min(leftwards[one], leftwards[other] - gaps[one, other])
    return {name: (rightwards[name] + leftwards[name]) / 2 for name in row}
