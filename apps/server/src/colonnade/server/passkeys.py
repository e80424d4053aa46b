"""Passkeys, as the container makes them."""

from urllib.parse import urlsplit

from dishka import Provider, Scope, provide

from colonnade.api.http.settings import origin_of
from colonnade.application.identity.federation_ports import UsedMarks
from colonnade.application.identity.marks import MarkRetention
from colonnade.application.identity.passkey_ports import PasskeyCeremonies
from colonnade.application.identity.passkey_use import PasskeyUse
from colonnade.application.identity.ways import WaysIn
from colonnade.core import Clock
from colonnade.domain.identity.passkeys import PasskeyRepository
from colonnade.infrastructure.identity.external_store import SqlWaysIn
from colonnade.infrastructure.identity.marks import SqlMarkRetention, SqlMarks
from colonnade.infrastructure.identity.passkey_ceremonies import WebAuthnCeremonies
from colonnade.infrastructure.identity.passkey_store import SqlPasskeyRepository
from colonnade.security.passkeys import Challenges, Passkeys, RelyingParty
from colonnade.security.sealing import derive_key
from colonnade.server.passkey_settings import PasskeySection
from colonnade.server.secrets import Secret
from colonnade.server.settings import Settings


class PasskeysInScope(Provider):
    """What lives as long as one message."""

    scope = Scope.REQUEST
    passkeys = provide(SqlPasskeyRepository, provides=PasskeyRepository)
    marks = provide(SqlMarks)
    retention = provide(SqlMarkRetention, provides=MarkRetention)
    ways = provide(SqlWaysIn, provides=WaysIn)
    use = provide(PasskeyUse)

    @provide
    def marks_port(self, marks: SqlMarks) -> UsedMarks:
        """Knows what was used already."""
        return marks

    @provide
    def ceremonies(self, settings: Settings, secret: Secret, clock: Clock, marks: SqlMarks) -> PasskeyCeremonies:
        """Asks authenticators and checks their answers."""
        section = settings.identity.passkeys
        challenges = Challenges(
            derive_key(secret, "passkey challenges"), clock, marks, lifetime_seconds=section.challenge_seconds
        )
        return WebAuthnCeremonies(Passkeys(relying_party(section, settings.public_url), challenges))


def relying_party(section: PasskeySection, public_url: str) -> RelyingParty:
    """Return who we are to authenticators.

    Args:
        section: What the operator has set.
        public_url: Where people reach us.
    """
    host = urlsplit(public_url).hostname or "localhost"
    return RelyingParty(section.domain or host, section.title, (origin_of(public_url), *section.origins))
