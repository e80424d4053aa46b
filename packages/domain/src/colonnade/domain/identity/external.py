"""Accounts at identity providers with which people sign in here."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NewType, Protocol, Self
from uuid import UUID

from colonnade.core import AggregateRoot, AlreadyExists, Repository, UserId
from colonnade.domain.identity.external_events import ProviderLinked, ProviderUnlinked

LinkId = NewType("LinkId", UUID)


class ExternalKnown(AlreadyExists):
    """This account at the provider signs somebody in already."""

    code = "identity.external_known"


@dataclass(eq=False, kw_only=True)
class ExternalIdentity(AggregateRoot[LinkId]):
    """Somebody's account at an identity provider. Only issuer and subject say who it is: an address never does.

    Attributes:
        provider: What the operator calls the provider.
        issuer: What it calls itself.
        subject: What it calls the account; none once it is unlinked.
    """

    stream_kind: ClassVar[str] = "external_identity"

    user_id: UserId
    provider: str
    issuer: str
    subject: str | None
    linked_at: datetime
    unlinked_at: datetime | None = None

    @classmethod
    def link(cls, link_id: LinkId, *, user_id: UserId, provider: str, issuer: str, subject: str, at: datetime) -> Self:
        """Let an account at a provider sign somebody in."""
        linked = cls(id=link_id, user_id=user_id, provider=provider, issuer=issuer, subject=subject, linked_at=at)
        linked.record(ProviderLinked(link_id=link_id, user_id=user_id, provider=provider))
        return linked

    def unlink(self, *, at: datetime) -> None:
        """Let it sign nobody in any more and forget whose it was; a second time changes nothing."""
        if self.unlinked_at is None:
            self.subject, self.unlinked_at = None, at
            self.record(ProviderUnlinked(link_id=self.id, user_id=self.user_id, provider=self.provider))


class ExternalIdentityRepository(Repository[ExternalIdentity, LinkId], Protocol):
    """All accounts at identity providers, unlinked ones included."""
