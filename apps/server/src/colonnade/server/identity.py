"""Who somebody is: credentials, tokens, sessions and devices, as the container makes them."""

from collections.abc import Iterator

from dishka import Provider, Scope, provide

from colonnade.api.http import Authenticator
from colonnade.application.identity import ports as identity_ports
from colonnade.application.identity.device_flow import DevicePolls, DeviceSettings
from colonnade.application.identity.one_time import OneTimeSecrets
from colonnade.application.identity.opening import SignIns
from colonnade.application.identity.operators import Operators
from colonnade.application.identity.people import People
from colonnade.application.identity.personal_tokens import PersonalTokenSettings, TokenMint
from colonnade.core import Clock
from colonnade.domain.identity import Lifetimes, Purpose, SecretRepository, SessionRepository, UserRepository
from colonnade.domain.identity.device_grant import DeviceGrantRepository
from colonnade.domain.identity.personal_token import PersonalTokenRepository
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.identity.authenticator import TokenAuthenticator
from colonnade.infrastructure.identity.device_grants import SqlDeviceGrantRepository, SqlDevicePolls
from colonnade.infrastructure.identity.passkey_store import PasskeysBesides
from colonnade.infrastructure.identity.personal_tokens import (
    PERSONAL_TOKENS,
    PersonalTokenAuthenticator,
    SqlPersonalTokenRepository,
)
from colonnade.infrastructure.identity.queries import SqlCredentials, SqlOperators, SqlPeople
from colonnade.infrastructure.identity.repository import (
    SqlAttempts,
    SqlSecretRepository,
    SqlSessionRepository,
    SqlUserRepository,
)
from colonnade.infrastructure.identity.second_factors import SqlSecondFactors
from colonnade.security.keys import SigningKeys
from colonnade.security.passwords import Argon2Passwords
from colonnade.security.tokens import AccessTokens
from colonnade.server.settings import Settings


class Identity(Provider):
    """Who somebody is."""

    scope = Scope.APP
    credentials = provide(SqlCredentials, provides=identity_ports.Credentials)
    people = provide(SqlPeople, provides=People)
    operators = provide(SqlOperators, provides=Operators)

    @provide
    def tokens(self, ring: SigningKeys, clock: Clock, settings: Settings) -> AccessTokens:
        """Signs and verifies access tokens."""
        section = settings.identity
        return AccessTokens(
            ring,
            clock,
            issuer=section.issuer,
            audience=section.audience,
            lifetime_seconds=section.access_token_seconds,
        )

    @provide
    def issuer(self, tokens: AccessTokens) -> identity_ports.TokenIssuer:
        """Signs access tokens."""
        return tokens

    @provide
    def identity_settings(self, settings: Settings) -> identity_ports.IdentitySettings:
        """What an operator decides about accounts."""
        section = settings.identity
        return identity_ports.IdentitySettings(
            lifetimes=Lifetimes(
                idle_seconds=section.refresh_token_seconds,
                absolute_seconds=section.session_seconds,
                grace_seconds=section.refresh_grace_seconds,
            ),
            confirm_email=section.confirm_email,
            secret_seconds={
                Purpose.CONFIRM_EMAIL: section.confirmation_seconds,
                Purpose.CHANGE_EMAIL: section.confirmation_seconds,
                Purpose.RESET_PASSWORD: section.reset_seconds,
                Purpose.SECOND_FACTOR: section.challenge_seconds,
            },
        )

    @provide
    def personal_token_settings(self, settings: Settings) -> PersonalTokenSettings:
        """What an operator decides about personal tokens."""
        return PersonalTokenSettings(
            longest_days=settings.identity.personal_token_days, limit=settings.identity.personal_tokens
        )

    @provide
    def device_settings(self, settings: Settings) -> DeviceSettings:
        """What an operator decides about devices."""
        return DeviceSettings(
            code_seconds=settings.identity.challenge_seconds,
            interval_seconds=settings.identity.device_interval_seconds,
            verification_url=f"{settings.public_url}/device",
        )

    @provide
    def second_factors(self, codes: SqlSecondFactors, database: Database) -> identity_ports.SecondFactors:
        """Knows how somebody proves a second time who they are."""
        return PasskeysBesides(codes, database)

    @provide
    def mint(self) -> TokenMint:
        """Makes personal tokens."""
        return PERSONAL_TOKENS

    @provide
    def polls(self, database: Database, clock: Clock) -> SqlDevicePolls:
        """Knows when devices asked last."""
        return SqlDevicePolls(database, clock)

    @provide
    def polls_port(self, polls: SqlDevicePolls) -> DevicePolls:
        """Knows when devices asked last."""
        return polls

    @provide
    def personal(self, database: Database, clock: Clock) -> PersonalTokenAuthenticator:
        """Knows who a personal token stands for, and remembers it."""
        return PersonalTokenAuthenticator(database, clock)

    @provide
    def hasher(self, settings: Settings) -> Iterator[identity_ports.PasswordHasher]:
        """Hashes passwords."""
        section = settings.identity
        passwords = Argon2Passwords(
            memory_kibibytes=section.password_memory_kibibytes, iterations=section.password_iterations
        )
        yield passwords
        passwords.close()

    @provide
    def authenticator(
        self, tokens: AccessTokens, personal: PersonalTokenAuthenticator, database: Database, clock: Clock
    ) -> TokenAuthenticator:
        """Knows who a token stands for, and remembers it."""
        return TokenAuthenticator(tokens, personal, database, clock)

    @provide
    def authenticator_port(self, authenticator: TokenAuthenticator) -> Authenticator:
        """Knows who a token stands for."""
        return authenticator


class IdentityInScope(Provider):
    """What lives as long as one message."""

    scope = Scope.REQUEST
    users = provide(SqlUserRepository, provides=UserRepository)
    sessions = provide(SqlSessionRepository, provides=SessionRepository)
    secrets = provide(SqlSecretRepository, provides=SecretRepository)
    attempts = provide(SqlAttempts, provides=identity_ports.Attempts)
    personal_tokens = provide(SqlPersonalTokenRepository, provides=PersonalTokenRepository)
    device_grants = provide(SqlDeviceGrantRepository, provides=DeviceGrantRepository)
    one_time = provide(OneTimeSecrets)
    sign_ins = provide(SignIns)
