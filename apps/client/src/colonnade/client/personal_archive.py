"""Waiting for the notification that tells where the archive of somebody's data is."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

import click

from colonnade.application.identity.personal_data import PersonalDataRequested, RequestPersonalData
from colonnade.application.messaging import Bus, items
from colonnade.application.notifications import ListNotifications
from colonnade.client.following import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, PAUSE_GROWTH
from colonnade.client.lists import LARGEST_PAGE
from colonnade.core import Unavailable
from colonnade.domain.notifications import NotificationId

Pause = Callable[[float], Awaitable[None]]


async def archive_of(bus: Bus, *, seconds: float, pause: Pause = asyncio.sleep) -> tuple[PersonalDataRequested, str]:
    """Have somebody's data collected, wait with a bar on a terminal, and return what was begun and the link.

    Args:
        bus: Where to ask.
        seconds: How long to wait at most.
        pause: Waits for some seconds.

    Raises:
        Unavailable: It was not ready in time.
    """
    newest = (await bus.send(ListNotifications(limit=1))).items
    asked = await bus.send(RequestPersonalData())
    hidden, waited, interval = not sys.stderr.isatty(), 0.0, FIRST_PAUSE_SECONDS
    with click.progressbar(length=int(seconds), label="Waiting", file=sys.stderr, hidden=hidden) as bar:
        while waited < seconds:
            link = await _link(bus, asked.thread, newest[0].id if newest else None)
            if link is not None:
                return asked, link
            await pause(interval)
            waited += interval
            bar.update(int(waited) - bar.pos)
            interval = min(interval * PAUSE_GROWTH, LONGEST_PAUSE_SECONDS)
    raise Unavailable(
        f"your data was not ready within {seconds:g} seconds: 'colonnade notifications' tells the link when it is, and "
        "if it never does, whoever runs the server finds out why with 'colonnade-server jobs list --state failed'"
    )


async def _link(bus: Bus, thread: str, known: NotificationId | None) -> str | None:
    """Return the link if it was told: among what is newer than what was known before."""
    async for news in items(bus, ListNotifications(limit=LARGEST_PAGE)):
        if news.id == known:
            return None
        if news.thread == thread:
            link = news.facts.get("url")
            return link if isinstance(link, str) else None
    return None
