"""The webhook endpoint: an address outside that is told of events, for as long as it answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Self

from colonnade.core import AggregateRoot, Conflict, Invalid, NotFound, UserId
from colonnade.domain.integrations import events
from colonnade.domain.integrations.values import (
    ALL_EVENTS,
    DisabledBy,
    EventTypeName,
    SealedSecret,
    SignatureKind,
    WebhookDescription,
    WebhookId,
    WebhookStatus,
    WebhookUrl,
)
from colonnade.domain.workspaces import WorkspaceId

MAX_EVENT_TYPES = 100
ROTATION = timedelta(hours=24)
"""For how long the former secret is used beside the new one, unless said."""


class WebhookMissing(NotFound):
    """There is no such endpoint, or no more."""

    code = "webhooks.missing"


class WebhookOff(Conflict):
    """The endpoint is disabled, so nothing is sent to it."""

    code = "webhooks.disabled"


class TooManyWebhooks(Conflict):
    """The workspace has as many endpoints as it may have."""

    code = "webhooks.too_many"


@dataclass(eq=False, kw_only=True)
class WebhookEndpoint(AggregateRoot[WebhookId]):
    """An address that is told of events of a workspace.

    Attributes:
        event_types: What it wants to hear of, sorted.
        signature: How its requests are signed.
        secrets: What they are signed with, the newest first; two during a rotation, none once it is deleted.
        updated_at: When its settings changed last.
        failing_since: When the first request failed since the last that did not; none while all is well.
        disabled_at: When it was disabled; with who did it and why.
        deleted_at: When it was deleted.
    """

    stream_kind: ClassVar[str] = "webhook"

    workspace_id: WorkspaceId
    url: WebhookUrl
    event_types: tuple[EventTypeName, ...]
    description: WebhookDescription
    signature: SignatureKind
    secrets: tuple[SealedSecret, ...]
    created_by: UserId
    created_at: datetime
    updated_at: datetime
    failing_since: datetime | None = None
    disabled_at: datetime | None = None
    disabled_by: DisabledBy | None = None
    disabled_reason: str | None = None
    deleted_at: datetime | None = None

    @classmethod
    def create(
        cls,
        webhook_id: WebhookId,
        *,
        workspace_id: WorkspaceId,
        url: WebhookUrl,
        event_types: Iterable[EventTypeName],
        sealed: bytes,
        by: UserId,
        at: datetime,
        signature: SignatureKind = SignatureKind.SYMMETRIC,
        description: WebhookDescription | None = None,
    ) -> Self:
        """Begin to tell an address of events.

        Raises:
            Invalid: No event is named, or too many.
        """
        endpoint = cls(
            id=webhook_id,
            workspace_id=workspace_id,
            url=url,
            event_types=_distinct(event_types),
            description=description or WebhookDescription(""),
            signature=signature,
            secrets=(SealedSecret(sealed),),
            created_by=by,
            created_at=at,
            updated_at=at,
        )
        endpoint.record(
            events.WebhookCreated(
                workspace_id=workspace_id,
                webhook_id=webhook_id,
                url=url,
                event_types=endpoint.event_types,
                description=endpoint.description,
                signature=signature,
                created_by=by,
            )
        )
        return endpoint

    @property
    def status(self) -> WebhookStatus:
        """Whether requests are sent."""
        return WebhookStatus.ENABLED if self.disabled_at is None else WebhookStatus.DISABLED

    @property
    def is_served(self) -> bool:
        """Whether requests are sent, and the endpoint is there at all."""
        return self.disabled_at is None and self.deleted_at is None

    def valid_secrets(self, at: datetime) -> tuple[SealedSecret, ...]:
        """Return what requests are signed with at a moment, the newest first."""
        return tuple(secret for secret in self.secrets if secret.valid_until is None or at < secret.valid_until)

    def require_present(self) -> None:
        """Check that the endpoint was not deleted.

        Raises:
            WebhookMissing: It was.
        """
        if self.deleted_at is not None:
            raise WebhookMissing("there is no such webhook")

    def require_enabled(self) -> None:
        """Check that requests are sent.

        Raises:
            WebhookMissing: It was deleted.
            WebhookOff: It is disabled.
        """
        self.require_present()
        if self.disabled_at is not None:
            raise WebhookOff("the webhook is disabled: enable it first")

    def edit(
        self,
        *,
        at: datetime,
        url: WebhookUrl | None = None,
        event_types: Iterable[EventTypeName] | None = None,
        description: WebhookDescription | None = None,
    ) -> None:
        """Change what is given; the rest stays.

        Raises:
            Invalid: No event is named, or too many.
            WebhookMissing: It was deleted.
        """
        self.require_present()
        before = (self.url, self.event_types, self.description)
        after = (
            self.url if url is None else url,
            self.event_types if event_types is None else _distinct(event_types),
            self.description if description is None else description,
        )
        if after == before:
            return
        self.url, self.event_types, self.description = after
        self.updated_at = at
        self.record(
            events.WebhookEdited(
                workspace_id=self.workspace_id,
                webhook_id=self.id,
                url=self.url,
                event_types=self.event_types,
                description=self.description,
            )
        )

    def rotate_secret(self, sealed: bytes, *, at: datetime, overlap: timedelta = ROTATION) -> None:
        """Sign with a new secret from now on, and with the present one beside it for a while.

        Raises:
            WebhookMissing: It was deleted.
        """
        self.require_present()
        until = at + overlap
        self.secrets = (SealedSecret(sealed), *(SealedSecret(secret.sealed, until) for secret in self.secrets[:1]))
        self.updated_at = at
        self.record(
            events.WebhookSecretRotated(workspace_id=self.workspace_id, webhook_id=self.id, former_valid_until=until)
        )

    def disable(self, by: DisabledBy, *, at: datetime, reason: str) -> None:
        """Send no more requests; a second time changes nothing.

        Raises:
            WebhookMissing: It was deleted.
        """
        self.require_present()
        if self.disabled_at is None:
            self.disabled_at, self.disabled_by, self.disabled_reason = at, by, reason
            self.record(
                events.WebhookDisabled(
                    workspace_id=self.workspace_id, webhook_id=self.id, disabled_by=by, reason=reason
                )
            )

    def enable(self) -> None:
        """Send requests again, and give the endpoint all the time to fail anew; a second time changes nothing.

        Raises:
            WebhookMissing: It was deleted.
        """
        self.require_present()
        if self.disabled_at is not None:
            self.disabled_at = self.disabled_by = self.disabled_reason = self.failing_since = None
            self.record(events.WebhookEnabled(workspace_id=self.workspace_id, webhook_id=self.id))

    def delivered(self) -> None:
        """Note that a request was taken: whatever was wrong before is over."""
        if self.is_served and self.failing_since is not None:
            self.failing_since = None
            self.record(events.WebhookRecovered(workspace_id=self.workspace_id, webhook_id=self.id))

    def failed(self, *, at: datetime, disable_after: timedelta) -> None:
        """Note that a request failed, and stop sending if none was taken for too long.

        Args:
            at: When it failed.
            disable_after: How long an endpoint may fail.
        """
        if not self.is_served:
            return
        if self.failing_since is None:
            self.failing_since = at
            self.record(events.WebhookFailing(workspace_id=self.workspace_id, webhook_id=self.id))
        elif at - self.failing_since >= disable_after:
            self.disable(
                DisabledBy.SERVICE, at=at, reason=f"took no request since {self.failing_since:%Y-%m-%d %H:%M} UTC"
            )

    def gone(self, *, at: datetime) -> None:
        """Note that the endpoint says that it is gone for good (RFC 9110, section 15.5.11), and stop sending."""
        if self.is_served:
            self.disable(DisabledBy.SERVICE, at=at, reason="answered that it is gone (410)")

    def delete(self, *, at: datetime) -> None:
        """Remove the endpoint and its secrets for good; a second time changes nothing."""
        if self.deleted_at is None:
            self.deleted_at, self.secrets = at, ()
            self.record(events.WebhookDeleted(workspace_id=self.workspace_id, webhook_id=self.id))


def _distinct(names: Iterable[EventTypeName]) -> tuple[EventTypeName, ...]:
    distinct = tuple(sorted(set(names)))
    if not distinct:
        raise Invalid("must name an event, or * for all", field="event_types")
    if len(distinct) > MAX_EVENT_TYPES:
        raise Invalid(f"must name at most {MAX_EVENT_TYPES} events", field="event_types")
    return (ALL_EVENTS,) if ALL_EVENTS in distinct else distinct
