"""What the webhook use cases need from outside."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from colonnade.application.integrations.records import Attempt, Delivery, DeliveryId
from colonnade.domain.integrations import SignatureKind, WebhookId, WebhookUrl


@dataclass(frozen=True, slots=True)
class MadeSecret:
    """A fresh secret.

    Attributes:
        sealed: What requests are signed with, encrypted.
        shown: What their receiver verifies them with: the secret itself, or the public key.
    """

    sealed: bytes = field(repr=False)
    shown: str = field(repr=False)


class SecretBox(Protocol):
    """Makes secrets; only who signs with them opens them again."""

    def make(self, webhook_id: WebhookId, signature: SignatureKind) -> MadeSecret:
        """Return a fresh secret that can be opened for this endpoint only."""
        ...


class AddressRule(Protocol):
    """Knows which addresses may be called."""

    def check(self, url: WebhookUrl) -> None:
        """Return if nothing is wrong with an address as it is written.

        Raises:
            Invalid: It must not be called; the fact `field` is `url`.
        """
        ...


class Deliveries(Protocol):
    """The deliveries of a workspace, within a unit of work."""

    async def find(self, delivery_id: DeliveryId) -> Delivery | None:
        """Return a delivery, if there is one."""
        ...

    def add(self, delivery: Delivery) -> None:
        """Put a delivery in; of an event that the endpoint is told of already, nothing is put in."""
        ...

    def change(self, before: Delivery, after: Delivery, attempt: Attempt | None = None) -> None:
        """Keep what a delivery has become, with the attempt that made it so.

        Nothing is committed if somebody else changed it first (`VersionConflict`).
        """
        ...


class DeliveryRetention(Protocol):
    """Forgets old deliveries of all workspaces, within a unit of work."""

    async def purge(self, before: datetime, limit: int) -> int:
        """Delete deliveries that were made before a moment, with their attempts; return how many."""
        ...
