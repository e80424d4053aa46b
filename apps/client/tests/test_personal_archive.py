"""Waiting for somebody's data: as long as was said, and however much they are told meanwhile."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from colonnade.application.identity.personal_data import PersonalDataRequested
from colonnade.application.notifications import NotificationView
from colonnade.client.personal_archive import archive_of
from colonnade.core import Page, Unavailable
from colonnade.domain.notifications import Kind, NotificationId

EXPORT = UUID(int=1)
LINK = "https://work.example.com/api/exports/abc"
PAGE = 2


class ToldBus:
    """A server that tells people things; what it says of the archive comes after some looks, under other news."""

    def __init__(self, *, before: int, ready_after: int | None, meanwhile: int = 0) -> None:
        self.looks = self.pages = 0
        self._ready_after = ready_after
        self._meanwhile = meanwhile
        self._told = [news(f"task:{number}") for number in range(before)]

    async def send(self, message: Any, context: object = None) -> Any:  # of every kind
        """Answer the questions that are asked while one waits."""
        if message.wire_name == "identity.request_personal_data":
            return PersonalDataRequested(export_id=EXPORT, thread="personal_data:1")
        if message.cursor is None and message.limit > 1:
            self.looks += 1
            if self.looks == self._ready_after:
                self._told = [*(news("task:new") for _ in range(self._meanwhile)), news("personal_data:1"), *self._told]
        self.pages += 1
        start, size = int(message.cursor or 0), min(PAGE, message.limit)
        following = str(start + size) if start + size < len(self._told) else None
        return Page(items=tuple(self._told[start : start + size]), next=following)


def news(thread: str) -> NotificationView:
    """Something that somebody was told."""
    facts = {"title": "Your data is ready", "url": LINK if thread.startswith("personal") else "/tasks/1"}
    return NotificationView(
        id=NotificationId(uuid4()),
        workspace_id=None,
        kind=Kind.PROCESS_FINISHED,
        thread=thread,
        facts=facts,
        created_at=datetime.now(UTC),
        read_at=None,
    )


class Patience:
    """Somebody who waits without passing time."""

    def __init__(self) -> None:
        self.waited = 0.0

    async def pause(self, seconds: float) -> None:
        """Note how long."""
        self.waited += seconds


@pytest.mark.parametrize("before", [0, 1, 5])
async def test_the_link_is_found_under_all_that_is_told_meanwhile(before: int) -> None:
    """On whatever page it is; what was known before is not looked through again."""
    bus, patience = ToldBus(before=before, ready_after=3, meanwhile=5), Patience()
    _, link = await archive_of(bus, seconds=60, pause=patience.pause)
    assert link == LINK
    assert bus.looks == 3
    assert bus.pages <= 1 + 2 + 3


async def test_nobody_waits_for_ever() -> None:
    """The sentence says where the link comes, and who can find out why it does not."""
    bus, patience = ToldBus(before=1, ready_after=None), Patience()
    with pytest.raises(Unavailable, match=r"not ready within 60 seconds.*colonnade notifications.*jobs list"):
        await archive_of(bus, seconds=60, pause=patience.pause)
    assert 60 <= patience.waited < 63
