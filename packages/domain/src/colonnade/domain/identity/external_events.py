"""What happens to accounts at identity providers. What somebody is called there is not part of an event."""

from uuid import UUID

from colonnade.core import DomainEvent, UserId


class ProviderLinked(DomainEvent, type="identity.provider_linked", version=1):
    """Somebody may sign in through an identity provider.

    Attributes:
        provider: What the operator calls it.
    """

    link_id: UUID
    user_id: UserId
    provider: str


class ProviderUnlinked(DomainEvent, type="identity.provider_unlinked", version=1):
    """Somebody may no longer sign in through an identity provider."""

    link_id: UUID
    user_id: UserId
    provider: str


EXTERNAL_EVENTS = (ProviderLinked, ProviderUnlinked)
