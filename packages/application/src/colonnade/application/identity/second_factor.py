"""The second factor: set one up, sign in with it, prove with it once more who one is, turn it off."""

import json
from datetime import datetime
from typing import Annotated

from pydantic import Field, SecretStr

from colonnade.application.identity.account_ports import CodeApp, RecoveryCodeBook, SealedTexts, SecretOwners
from colonnade.application.identity.one_time import OneTimeSecrets
from colonnade.application.identity.opening import SignIns
from colonnade.application.identity.people import People
from colonnade.application.identity.ports import Attempts, SignInThrottle
from colonnade.application.identity.secrets import WireSecret
from colonnade.application.identity.verification import LinkToken
from colonnade.application.identity.views import TokenPair
from colonnade.application.messaging import PUBLIC, SIGNED_IN, Caller, Command, Context, Handlers, Query
from colonnade.application.views import View
from colonnade.core import Clock, NotFound, UserId
from colonnade.domain.identity import Purpose, SignInAttempt
from colonnade.domain.identity.second_factor import (
    SecondFactor,
    SecondFactorOff,
    SecondFactorRefused,
    SecondFactorRepository,
)

handlers = Handlers()

_DIGITS = 6

Code = Annotated[WireSecret, Field(min_length=1, max_length=40)]
"""Six digits of an app, or a recovery code."""


class SecondFactorView(View):
    """How somebody proves a second time who they are.

    Attributes:
        is_on: Whether codes are asked for.
        since: Since when.
        recovery_codes_left: How many recovery codes are still good.
    """

    is_on: bool
    since: datetime | None = None
    recovery_codes_left: int = 0


class SecondFactorSecret(View):
    """What an app needs, shown once.

    Attributes:
        secret: To type, in Base32.
        uri: The same as `otpauth://` address, to show as a QR code.
    """

    secret: str = Field(repr=False)
    uri: str = Field(repr=False)


class RecoveryCodesView(View):
    """Codes for when the app is gone, each good once; shown once."""

    codes: tuple[str, ...] = Field(repr=False)


class ShowSecondFactor(Query[SecondFactorView], name="second_factor.show", requires=SIGNED_IN):
    """Show whether codes are asked for."""


class SetUpSecondFactor(Command[SecondFactorSecret], name="second_factor.set_up", requires=SIGNED_IN, step_up=True):
    """Get the secret for an app that shows codes; they are asked for once you confirm with one."""


class ConfirmSecondFactor(Command[RecoveryCodesView], name="second_factor.confirm", requires=SIGNED_IN):
    """Show that the app is set up: from now on its codes are asked for. Answers with recovery codes."""

    code: Code


class DisableSecondFactor(Command[None], name="second_factor.disable", requires=SIGNED_IN, step_up=True):
    """Be asked for codes no more."""


class RegenerateRecoveryCodes(
    Command[RecoveryCodesView], name="second_factor.recovery_codes", requires=SIGNED_IN, step_up=True
):
    """Get new recovery codes; the former ones are not good any more."""


class SignInWithCode(Command[TokenPair], name="identity.sign_in_with_code", requires=PUBLIC):
    """Finish a sign-in that asked for a second factor, with a code of the app or a recovery code."""

    challenge: LinkToken
    code: Code


class ProveWithCode(Command[TokenPair], name="identity.prove_with_code", requires=SIGNED_IN):
    """Type a code, so that sensitive messages are let through for a while."""

    code: Code


class Codes:
    """Checks and uses up codes, within the unit of work of the message that they came in."""

    def __init__(
        self,
        factors: SecondFactorRepository,
        app: CodeApp,
        book: RecoveryCodeBook,
        sealed_texts: SealedTexts,
        clock: Clock,
    ) -> None:
        self._factors = factors
        self._app = app
        self._book = book
        self._sealed_texts = sealed_texts
        self._clock = clock

    async def use(self, user_id: UserId, code: str) -> None:
        """Use a code up: six digits are one of the app, anything else is a recovery code.

        Raises:
            SecondFactorRefused: It is wrong, was used before, or none is asked for.
        """
        factor = await self._find(user_id)
        if len(code) == _DIGITS and code.isdecimal():
            factor.use_code(self._step(factor, code))
        else:
            factor.use_recovery_code(self._book.hash(code, user_id.bytes))

    async def confirm(self, user_id: UserId, code: str) -> RecoveryCodesView:
        """Turn the second factor on.

        Raises:
            SecondFactorRefused: The code is wrong, or none was set up.
        """
        factor, fresh = await self._find(user_id), self._book.new()
        factor.confirm(self._step(factor, code), self._hashes(user_id, fresh), at=self._clock.now())
        return RecoveryCodesView(codes=fresh)

    async def set_up(self, user_id: UserId, account: str) -> SecondFactorSecret:
        """Begin anew.

        Raises:
            SecondFactorOn: Codes are asked for already.
        """
        secret = self._app.new_secret()
        sealed = self._sealed_texts.seal(secret, _place(user_id))
        try:
            (await self._factors.get(user_id)).set_up(sealed)
        except NotFound:
            await self._factors.add(SecondFactor.begin(user_id, sealed))
        return SecondFactorSecret(secret=secret, uri=self._app.uri(secret, account))

    async def regenerate(self, user_id: UserId) -> RecoveryCodesView:
        """Replace the recovery codes.

        Raises:
            SecondFactorOff: There is nothing to recover.
        """
        fresh = self._book.new()
        try:
            (await self._factors.get(user_id)).replace_recovery_codes(self._hashes(user_id, fresh))
        except NotFound:
            raise SecondFactorOff("no codes are asked for: set a second factor up first") from None
        return RecoveryCodesView(codes=fresh)

    async def _find(self, user_id: UserId) -> SecondFactor:
        try:
            return await self._factors.get(user_id)
        except NotFound:
            raise SecondFactorRefused("this code is not good") from None

    def _step(self, factor: SecondFactor, code: str) -> int | None:
        if factor.sealed_secret is None:
            return None
        secret = self._sealed_texts.unseal(factor.sealed_secret, _place(factor.id))
        return self._app.step_of(secret, code, at=self._clock.now())

    def _hashes(self, user_id: UserId, codes: tuple[str, ...]) -> list[str]:
        return [self._book.hash(code, user_id.bytes) for code in codes]


@handlers.handles(SetUpSecondFactor)
async def set_up_second_factor(
    command: SetUpSecondFactor, caller: Caller, people: People, codes: Codes
) -> SecondFactorSecret:
    """Make a secret."""
    person = await people.by_id(caller.user_id)
    return await codes.set_up(caller.user_id, person.email)


@handlers.handles(ConfirmSecondFactor)
async def confirm_second_factor(command: ConfirmSecondFactor, caller: Caller, codes: Codes) -> RecoveryCodesView:
    """Turn it on."""
    return await codes.confirm(caller.user_id, _typed(command.code))


@handlers.handles(DisableSecondFactor)
async def disable_second_factor(command: DisableSecondFactor, caller: Caller, factors: SecondFactorRepository) -> None:
    """Turn it off; there may be none."""
    try:
        (await factors.get(caller.user_id)).turn_off()
    except NotFound:
        return


@handlers.handles(RegenerateRecoveryCodes)
async def regenerate_recovery_codes(
    command: RegenerateRecoveryCodes, caller: Caller, codes: Codes
) -> RecoveryCodesView:
    """Make new codes."""
    return await codes.regenerate(caller.user_id)


@handlers.handles(SignInWithCode)
async def sign_in_with_code(
    command: SignInWithCode,
    owners: SecretOwners,
    throttle: SignInThrottle,
    attempts: Attempts,
    one_time: OneTimeSecrets,
    codes: Codes,
    sign_ins: SignIns,
    clock: Clock,
    context: Context,
) -> TokenPair:
    """Take a turn before anything is looked at, then use the code and the challenge up together."""
    challenge = command.challenge.get_secret_value()
    user_id = await owners.owner_of(challenge)
    account, address = _account(user_id), context.origin.address if context.origin else None
    await throttle.require_turn(account, address)
    secret = await one_time.find(challenge, Purpose.SECOND_FACTOR)
    try:
        await codes.use(user_id, _typed(command.code))
    except SecondFactorRefused:
        secret.miss(at=clock.now())
        locked_until = await throttle.failed(account, address)
        attempts.note(SignInAttempt.failed(user_id, "second_factor", locked_until=locked_until))
        raise
    await throttle.succeeded(account, address)
    secret.withdraw(at=clock.now())
    return await sign_ins.open(user_id, {*json.loads(secret.facts or "[]"), "otp", "mfa"})


@handlers.handles(ProveWithCode)
async def prove_with_code(
    command: ProveWithCode,
    caller: Caller,
    throttle: SignInThrottle,
    attempts: Attempts,
    codes: Codes,
    sign_ins: SignIns,
    context: Context,
) -> TokenPair:
    """Use the code up, then give whoever is signed in tokens that say so."""
    account, address = _account(caller.user_id), context.origin.address if context.origin else None
    await throttle.require_turn(account, address)
    try:
        await codes.use(caller.user_id, _typed(command.code))
    except SecondFactorRefused:
        locked_until = await throttle.failed(account, address)
        attempts.note(SignInAttempt.failed(caller.user_id, "second_factor", locked_until=locked_until))
        raise
    await throttle.succeeded(account, address)
    return await sign_ins.prove(caller, {"otp"})


def _typed(code: SecretStr) -> str:
    """Return a code without the spaces with which apps show it."""
    return code.get_secret_value().replace(" ", "")


def _account(user_id: UserId) -> str:
    return f"code {user_id}"


def _place(user_id: UserId) -> str:
    return f"second factor {user_id}"
