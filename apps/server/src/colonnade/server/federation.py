"""Identity providers, as the container makes them."""

from dishka import Provider, Scope, provide

from colonnade.application.identity.federation_arrivals import ArrivalDesk
from colonnade.application.identity.federation_ports import Arrivals, Departures, FederationSettings, ProviderOffer
from colonnade.core import Clock
from colonnade.domain.identity.external import ExternalIdentityRepository
from colonnade.infrastructure.identity.external_store import SqlExternalIdentityRepository
from colonnade.infrastructure.identity.federation import Federation
from colonnade.infrastructure.identity.provider_transport import OutboundTransport
from colonnade.infrastructure.identity.tickets import Tickets
from colonnade.infrastructure.outbound import OutboundHttp, OutboundSettings
from colonnade.security.oidc import OidcClient, ProviderSettings
from colonnade.security.sealing import Sealer
from colonnade.server.federation_settings import ProviderSection
from colonnade.server.secrets import Secret
from colonnade.server.settings import Settings

_ANSWER_BYTES = 262_144


class FederationOfProviders(Provider):
    """What lives as long as the process."""

    scope = Scope.APP

    @provide
    def federation(self, settings: Settings, secret: Secret, clock: Clock) -> Federation:
        """Takes people to providers and back."""
        section = settings.identity
        return Federation(
            {one.name: client_of(one, clock) for one in section.providers},
            Tickets(Sealer(secret, "federation"), clock),
            public_url=settings.public_url,
            trip_seconds=section.challenge_seconds,
            arrival_seconds=section.arrival_seconds,
        )

    @provide
    def arrivals(self, federation: Federation) -> Arrivals:
        """Reads the codes with which people come back."""
        return federation

    @provide
    def departures(self, federation: Federation) -> Departures:
        """Knows where people begin who want to link a provider."""
        return federation

    @provide
    def federation_settings(self, settings: Settings) -> FederationSettings:
        """What an operator decides about identity providers."""
        providers = settings.identity.providers
        return FederationSettings(
            {one.name: ProviderOffer(one.title, one.register_people, one.ask_second_factor) for one in providers}
        )


class FederationInScope(Provider):
    """What lives as long as one message."""

    scope = Scope.REQUEST
    externals = provide(SqlExternalIdentityRepository, provides=ExternalIdentityRepository)
    desk = provide(ArrivalDesk)


def client_of(section: ProviderSection, clock: Clock) -> OidcClient:
    """Return the client of a provider, which calls no private address that the operator has not allowed for it."""
    outbound = OutboundSettings(
        allowed_networks=section.allowed_networks,
        timeout_seconds=section.timeout_seconds,
        body_limit_bytes=_ANSWER_BYTES,
    )
    settings = ProviderSettings(
        issuer=section.issuer,
        client_id=section.client_id,
        client_secret=section.secret(),
        scopes=section.scopes,
        algorithms=frozenset(section.algorithms),
        acr_values=section.acr_values,
    )
    return OidcClient(settings, OutboundTransport(OutboundHttp(outbound)), clock)
