"""Health: whether the process lives, and whether it can do its work."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter
from typing import Literal, NamedTuple

Check = Callable[[], Awaitable[None]]
"""Returns if a dependency answers, and raises if not."""


class Component(NamedTuple):
    """A dependency and how it is."""

    name: str
    status: Literal["ok", "failed"]
    milliseconds: float
    detail: str | None = None


class Health(NamedTuple):
    """How the service is: `failed` if a required dependency does not answer, `degraded` if another does not."""

    status: Literal["ok", "degraded", "failed"]
    components: tuple[Component, ...]


class HealthChecks:
    """Asks all dependencies at once, each for a bounded time."""

    def __init__(
        self,
        required: Mapping[str, Check],
        optional: Mapping[str, Check] | None = None,
        *,
        timeout_seconds: float = 2.0,
    ) -> None:
        self._required = dict(required)
        self._optional = dict(optional or {})
        self._timeout_seconds = timeout_seconds

    async def check(self) -> Health:
        """Return how the service is now."""
        checks = {**self._required, **self._optional}
        components = tuple(await asyncio.gather(*(self._ask(name, check) for name, check in checks.items())))
        failed = {component.name for component in components if component.status == "failed"}
        if failed & set(self._required):
            return Health("failed", components)
        return Health("degraded" if failed else "ok", components)

    async def _ask(self, name: str, check: Check) -> Component:
        begin = perf_counter()
        try:
            async with asyncio.timeout(self._timeout_seconds) as limit:
                await check()
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is the finding
            late = f"no answer within {self._timeout_seconds} s"
            return Component(
                name, "failed", _since(begin), late if limit.expired() else f"{type(error).__name__}: {error}"
            )
        return Component(name, "ok", _since(begin))


def _since(begin: float) -> float:
    return round((perf_counter() - begin) * 1000, 3)
