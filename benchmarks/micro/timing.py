"""Timing of what takes microseconds."""

from collections.abc import Awaitable, Callable, Mapping
from statistics import median
from time import perf_counter
from typing import Any


async def interleaved(work: Mapping[str, Callable[[], Awaitable[Any]]], *, rounds: int, calls: int) -> dict[str, float]:
    """Return the median microseconds of a call of each; they take turns."""
    taken: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, call in work.items():
            begin = perf_counter()
            for _ in range(calls):
                await call()
            taken[name].append((perf_counter() - begin) / calls * 1e6)
    return {name: median(values) for name, values in taken.items()}
