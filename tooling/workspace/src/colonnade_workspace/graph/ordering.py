"""The order of points within their ranks, chosen so that few arrows cross.

The barycentre method of Sugiyama, Tagawa and Toda (1981): each rank in turn is sorted by the mean
place of its neighbours in the rank before, downwards and upwards; the best order seen is kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, pairwise
from statistics import fmean
from typing import TypeAlias

Row: TypeAlias = list[str]
Chain: TypeAlias = Sequence[str]
Neighbours: TypeAlias = Mapping[str, Sequence[str]]

SWEEPS = 12


def neighbours_of(chains: Iterable[Chain]) -> Neighbours:
    """The points next to each point along any chain."""
    neighbours: dict[str, list[str]] = {}
    for chain in chains:
        for one, other in pairwise(chain):
            neighbours.setdefault(one, []).append(other)
            neighbours.setdefault(other, []).append(one)
    return neighbours


def order(rows: Sequence[Row], chains: Sequence[Chain]) -> list[Row]:
    """The same rows, each in a better order."""
    neighbours = neighbours_of(chains)
    best = current = [list(row) for row in rows]
    for _ in range(SWEEPS):
        current = _sweep(current, neighbours)
        current = _sweep(current[::-1], neighbours)[::-1]
        best = min(best, current, key=lambda candidate: _crossings(candidate, neighbours))
    return best


def _sweep(rows: Sequence[Row], neighbours: Neighbours) -> list[Row]:
    swept = [list(row) for row in rows[:1]]
    for row in rows[1:]:
        place = {point: float(index) for index, point in enumerate(swept[-1])}
        keys = {point: _mean_place(point, neighbours, place) for point in row}
        swept.append(sorted(row, key=keys.__getitem__))
    return swept


def _mean_place(point: str, neighbours: Neighbours, place: Mapping[str, float]) -> float:
    known = [place[each] for each in neighbours.get(point, ()) if each in place]
    return fmean(known) if known else len(place) / 2


def _crossings(rows: Sequence[Row], neighbours: Neighbours) -> int:
    return sum(_crossings_between(upper, lower, neighbours) for upper, lower in pairwise(rows))


def _crossings_between(upper: Row, lower: Row, neighbours: Neighbours) -> int:
    below = {point: index for index, point in enumerate(lower)}
    lines = [
        (index, below[each]) for index, point in enumerate(upper) for each in neighbours.get(point, ()) if each in below
    ]
    return sum((one[0] - other[0]) * (one[1] - other[1]) < 0 for one, other in combinations(lines, 2))
