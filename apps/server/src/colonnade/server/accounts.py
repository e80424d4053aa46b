"""Accounts, throttling and second factors, as the container makes them."""

from collections.abc import AsyncIterator

from dishka import Provider, Scope, provide

from colonnade.application.identity.account_mails import AccountMails
from colonnade.application.identity.account_ports import (
    AccountPost,
    CodeApp,
    NameRules,
    PasswordRules,
    RecoveryCodeBook,
    SealedTexts,
    SecretOwners,
)
from colonnade.application.identity.ports import SignInThrottle
from colonnade.application.identity.second_factor import Codes
from colonnade.core import Clock
from colonnade.domain.identity.second_factor import SecondFactorRepository
from colonnade.infrastructure.database import SqlUnitOfWork
from colonnade.infrastructure.identity.account_mails import AccountMailSender
from colonnade.infrastructure.identity.name_rules import ClearNames
from colonnade.infrastructure.identity.password_rules import CheckedPasswords
from colonnade.infrastructure.identity.sealed_texts import SealerOfTexts
from colonnade.infrastructure.identity.second_factors import SqlSecondFactorRepository, SqlSecondFactors
from colonnade.infrastructure.identity.secret_owners import SqlSecretOwners
from colonnade.infrastructure.identity.spent import SpentSignIns
from colonnade.infrastructure.identity.throttle import SqlSignInThrottle, SqlTurns, ThrottleSettings
from colonnade.infrastructure.mail import ResilientMailer
from colonnade.security.breaches import BreachCheck
from colonnade.security.recovery import RecoveryCodes
from colonnade.security.sealing import Sealer, derive_key
from colonnade.security.strength import StrengthCheck
from colonnade.security.throttling import GrowingDelay
from colonnade.security.totp import TotpCodes
from colonnade.server.delivering import MailProviders
from colonnade.server.secrets import Secret
from colonnade.server.settings import Settings


class Accounts(Provider):
    """What lives as long as the process."""

    scope = Scope.APP
    owners = provide(SqlSecretOwners, provides=SecretOwners)
    turns = provide(SqlTurns)
    spent = provide(SpentSignIns)
    names = provide(ClearNames, provides=NameRules)
    code_factors = provide(SqlSecondFactors)

    @provide
    def sealed_texts(self, secret: Secret) -> SealedTexts:
        """Seals what must not be read in jobs and tables."""
        return SealerOfTexts(Sealer(secret, "identity"))

    @provide
    async def password_rules(self, settings: Settings) -> AsyncIterator[PasswordRules]:
        """Decides which passwords are good enough."""
        section = settings.identity
        breaches = (
            None
            if section.breach_url is None
            else BreachCheck(section.breach_url, timeout_seconds=section.breach_seconds)
        )
        strength = StrengthCheck(section.password_score)
        yield CheckedPasswords(strength, breaches, section.password_words)
        strength.close()
        if breaches is not None:
            await breaches.close()

    @provide
    def post(self, mail: MailProviders, settings: Settings) -> AccountPost:
        """Sends mails about accounts."""
        return AccountMailSender(ResilientMailer(mail), settings.public_url)

    @provide
    def code_app(self, settings: Settings) -> CodeApp:
        """Knows what apps on phones show."""
        return TotpCodes(settings.identity.totp_issuer)

    @provide
    def recovery_codes(self, secret: Secret) -> RecoveryCodeBook:
        """Makes recovery codes."""
        return RecoveryCodes(derive_key(secret, "recovery codes"))

    @provide
    def throttle_settings(self, settings: Settings) -> ThrottleSettings:
        """How guessing is slowed down."""
        section = settings.identity
        longest = section.throttle_longest_seconds
        return ThrottleSettings(
            account=GrowingDelay(free=section.throttle_account_failures, longest_seconds=longest),
            network=GrowingDelay(free=section.throttle_network_failures, longest_seconds=longest),
        )


class AccountsInScope(Provider):
    """What lives as long as one message or event."""

    scope = Scope.REQUEST
    mails = provide(AccountMails)
    codes = provide(Codes)
    factors = provide(SqlSecondFactorRepository, provides=SecondFactorRepository)

    @provide
    def throttle(
        self, turns: SqlTurns, unit_of_work: SqlUnitOfWork, settings: ThrottleSettings, secret: Secret, clock: Clock
    ) -> SignInThrottle:
        """Gives turns at signing in."""
        return SqlSignInThrottle(turns, unit_of_work, settings, derive_key(secret, "sign-in throttle"), clock)
