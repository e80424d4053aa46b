"""Health: asked of all at once, for a bounded time."""

import asyncio
from time import perf_counter

import pytest

from colonnade.monitoring.health import HealthChecks


async def answers() -> None:
    """A dependency that is well."""


async def breaks() -> None:
    """A dependency that is not."""
    raise ConnectionError("connection refused")


async def hangs() -> None:
    """A dependency that says nothing."""
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("required", "optional", "status"),
    [
        ({"database": answers}, {"cache": answers}, "ok"),
        ({"database": answers}, {"cache": breaks}, "degraded"),
        ({"database": answers}, {"cache": hangs}, "degraded"),
        ({"database": breaks}, {"cache": answers}, "failed"),
        ({"database": hangs}, {}, "failed"),
        ({"database": answers, "disk": breaks}, {"cache": breaks}, "failed"),
        ({}, {}, "ok"),
    ],
)
async def test_only_what_is_required_fails_the_service(required: dict, optional: dict, status: str) -> None:  # type: ignore[type-arg]
    """Everything else degrades it."""
    health = await HealthChecks(required, optional, timeout_seconds=0.02).check()
    assert health.status == status
    assert {part.name for part in health.components} == required.keys() | optional.keys()


async def test_each_component_says_what_it_has() -> None:
    """The operator reads why, and how long it took."""
    health = await HealthChecks({"a": answers, "b": breaks, "c": hangs}, timeout_seconds=0.02).check()
    a, b, c = health.components
    assert (a.status, a.detail) == ("ok", None)
    assert (b.status, b.detail) == ("failed", "ConnectionError: connection refused")
    assert (c.status, c.detail) == ("failed", "no answer within 0.02 s")
    assert c.milliseconds >= 20 > a.milliseconds


async def test_all_are_asked_at_once() -> None:
    """Ten that hang take no longer than one."""
    begin = perf_counter()
    await HealthChecks({str(number): hangs for number in range(10)}, timeout_seconds=0.05).check()
    assert perf_counter() - begin < 0.3


async def test_what_hangs_is_let_go() -> None:
    """No task is left behind."""
    before = asyncio.all_tasks()
    await HealthChecks({"a": hangs}, timeout_seconds=0.01).check()
    assert asyncio.all_tasks() == before


async def test_a_check_that_gives_up_by_itself_says_so_itself() -> None:
    """Its own time-out is not ours."""

    async def impatient() -> None:
        raise TimeoutError("the pool is exhausted")

    (part,) = (await HealthChecks({"a": impatient}, timeout_seconds=60).check()).components
    assert part.status == "failed"
    assert "60" not in str(part.detail)
