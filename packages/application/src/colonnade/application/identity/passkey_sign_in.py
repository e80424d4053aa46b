"""Sign in with a passkey: without a name, as the second half of a sign-in, or once more to prove who you are."""

import json

from colonnade.application.identity.one_time import OneTimeSecrets
from colonnade.application.identity.opening import SignIns
from colonnade.application.identity.passkey_ports import Credential, PasskeyCeremonies
from colonnade.application.identity.passkey_use import PasskeyUse
from colonnade.application.identity.passkeys import PasskeyQuestion
from colonnade.application.identity.verification import LinkToken
from colonnade.application.identity.views import TokenPair
from colonnade.application.messaging import PUBLIC, SIGNED_IN, Caller, Command, Handlers
from colonnade.core import Clock
from colonnade.domain.identity import OneTimeSecret, Purpose
from colonnade.domain.identity.passkeys import PasskeyRefused

handlers = Handlers()

_NAMELESS = "sign in"


class BeginPasskeySignIn(Command[PasskeyQuestion], name="passkeys.begin_sign_in", requires=PUBLIC):
    """Get what to ask the browser for a sign-in; nobody needs to say who they are."""


class FinishPasskeySignIn(Command[TokenPair], name="passkeys.finish_sign_in", requires=PUBLIC):
    """Sign in with what the passkey answered."""

    credential: Credential


class BeginPasskeySecondFactor(Command[PasskeyQuestion], name="passkeys.begin_second_factor", requires=PUBLIC):
    """Get what to ask the browser for the second half of a sign-in."""

    challenge: LinkToken


class FinishPasskeySecondFactor(Command[TokenPair], name="passkeys.finish_second_factor", requires=PUBLIC):
    """Finish a sign-in that asked for a second factor with what the passkey answered."""

    challenge: LinkToken
    credential: Credential


class BeginPasskeyProof(Command[PasskeyQuestion], name="passkeys.begin_proof", requires=SIGNED_IN):
    """Get what to ask the browser to prove once more who you are."""


class FinishPasskeyProof(Command[TokenPair], name="passkeys.finish_proof", requires=SIGNED_IN):
    """Have sensitive messages let through for a while."""

    credential: Credential


@handlers.handles(BeginPasskeySignIn)
async def begin_passkey_sign_in(command: BeginPasskeySignIn, ceremonies: PasskeyCeremonies) -> PasskeyQuestion:
    """Ask for any passkey; nothing is kept of the question."""
    return PasskeyQuestion(public_key=ceremonies.request((), _NAMELESS))


@handlers.handles(FinishPasskeySignIn)
async def finish_passkey_sign_in(command: FinishPasskeySignIn, use: PasskeyUse, sign_ins: SignIns) -> TokenPair:
    """Check the answer, then open a session."""
    passkey = await use.take(command.credential, _NAMELESS)
    return await sign_ins.proceed(passkey.user_id, passkey.methods)


@handlers.handles(BeginPasskeySecondFactor)
async def begin_passkey_second_factor(
    command: BeginPasskeySecondFactor, one_time: OneTimeSecrets, use: PasskeyUse, ceremonies: PasskeyCeremonies
) -> PasskeyQuestion:
    """Ask for a passkey of whoever did the first half."""
    secret = await one_time.find(command.challenge.get_secret_value(), Purpose.SECOND_FACTOR)
    return PasskeyQuestion(public_key=ceremonies.request(await use.of(secret.user_id), _second(secret)))


@handlers.handles(FinishPasskeySecondFactor)
async def finish_passkey_second_factor(
    command: FinishPasskeySecondFactor, one_time: OneTimeSecrets, use: PasskeyUse, sign_ins: SignIns, clock: Clock
) -> TokenPair:
    """Check the answer and use the challenge up, then open a session."""
    secret = await one_time.find(command.challenge.get_secret_value(), Purpose.SECOND_FACTOR)
    try:
        passkey = await use.take(command.credential, _second(secret), secret.user_id)
    except PasskeyRefused:
        secret.miss(at=clock.now())
        raise
    secret.withdraw(at=clock.now())
    return await sign_ins.open(secret.user_id, {*json.loads(secret.facts or "[]"), *passkey.methods, "mfa"})


@handlers.handles(BeginPasskeyProof)
async def begin_passkey_proof(
    command: BeginPasskeyProof, caller: Caller, use: PasskeyUse, ceremonies: PasskeyCeremonies
) -> PasskeyQuestion:
    """Ask for a passkey of whoever is signed in."""
    return PasskeyQuestion(public_key=ceremonies.request(await use.of(caller.user_id), _proof(caller)))


@handlers.handles(FinishPasskeyProof)
async def finish_passkey_proof(
    command: FinishPasskeyProof, caller: Caller, use: PasskeyUse, sign_ins: SignIns
) -> TokenPair:
    """Check the answer, then give whoever is signed in tokens that say so."""
    passkey = await use.take(command.credential, _proof(caller), caller.user_id)
    return await sign_ins.prove(caller, passkey.methods)


def _second(secret: OneTimeSecret) -> str:
    return f"second factor {secret.id}"


def _proof(caller: Caller) -> str:
    return f"prove {caller.user_id} {caller.session_id}"
