"""What each kind of mail looks like, with made-up facts."""

from datetime import UTC, datetime
from types import MappingProxyType
from uuid import UUID

from colonnade.application.jobs import JobId
from colonnade.application.notifications.news import Facts
from colonnade.application.notifications.ports import DeliveryState, Letter, LetterItem
from colonnade.application.notifications.recipients import Recipient
from colonnade.core import Email, UserId
from colonnade.domain.notifications import Channel, Kind, NotificationId, PersonalSettings
from colonnade.domain.workspaces import WorkspaceId
from colonnade.infrastructure.notifications.rendering import RenderedMail, Renderer

_ID = UUID("01890a5d-ac96-7000-8000-000000000001")
_TASK: Facts = {"key": "WEB-12", "title": "Ship the relaunch", "by": "Grace Hopper", "due_on": "2026-03-02"}
_FACTS = MappingProxyType[Kind, Facts](
    {
        Kind.ASSIGNED: _TASK,
        Kind.STATUS_CHANGED: {**_TASK, "old": "In progress", "new": "Done"},
        Kind.ADDED_TO_WORKSPACE: {"workspace": "Analytical Engines", "role": "member", "by": "Grace Hopper"},
        Kind.DUE_SOON: _TASK,
        Kind.OVERDUE: _TASK,
        Kind.PROCESS_FINISHED: {
            "title": "The export of Analytical Engines is ready",
            "text": "the link is good for a day",
            "url": "https://files.example.com/export.zip",
        },
        Kind.WEBHOOK_DISABLED: {
            "url": "https://example.com/hooks/colonnade",
            "reason": "took no request since 2026-02-25 09:30 UTC",
        },
    }
)


def sample_item(kind: Kind) -> LetterItem:
    """Return a notification of a kind."""
    return LetterItem(
        notification_id=NotificationId(_ID),
        kind=kind,
        thread="sample",
        facts=_FACTS[kind],
        workspace_id=WorkspaceId(_ID),
        workspace="Analytical Engines",
        created_at=datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
        read_at=None,
        state=DeliveryState.PENDING,
    )


def sample_letter(*kinds: Kind, digest: bool = False) -> Letter:
    """Return a letter with a notification of each kind."""
    user_id = UserId(_ID)
    recipient = Recipient(
        user_id=user_id,
        name="Ada Lovelace",
        email=Email("ada@example.com"),
        settings=PersonalSettings.untouched(user_id),
        preferences={},
        workspaces=frozenset({WorkspaceId(_ID)}),
    )
    items = tuple(sample_item(kind) for kind in kinds)
    return Letter(job_id=JobId(_ID), recipient=recipient, channel=Channel.MAIL, items=items, digest=digest)


def preview(kind: Kind | None, public_url: str) -> RenderedMail:
    """Return a mail of a kind, or the digest of all kinds if none is named.

    Args:
        kind: Which kind.
        public_url: Where people reach this installation.
    """
    letter = sample_letter(*Kind, digest=True) if kind is None else sample_letter(kind)
    return Renderer(public_url).mail(letter, f"{public_url.rstrip('/')}/unsubscribe/sample")
