"""The way into a page that keeps nobody signed in: password, second factor or passkey, then a sealed ticket.

A sign-in begins with the first form, is carried from form to form in the ticket, and ends with the last one. So no
cookie is there that another site could make a browser send.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field

from pydantic import TypeAdapter, ValidationError
from starlette.responses import Response

from colonnade.api.http import Authenticator
from colonnade.application.identity import SignIn, SignOut, TokenPair
from colonnade.application.identity.opening import SecondFactorRequired
from colonnade.application.identity.passkey_ports import JsonObject
from colonnade.application.identity.passkey_sign_in import FinishPasskeySecondFactor, FinishPasskeySignIn
from colonnade.application.identity.second_factor import SignInWithCode
from colonnade.application.messaging import Bus, Command, Context
from colonnade.core import ColonnadeError, Invalid
from colonnade.domain.identity import SecretRefused
from colonnade.security.sealing import Sealer
from colonnade.server.pages.refusals import refusal_of, with_pause
from colonnade.server.pages.sign_in_forms import Door, factor_form, sign_in_form
from colonnade.server.pages.visitors import Fields

TOO_LATE = "That took too long: sign in once more."
"""What to say when a ticket, or the challenge of a second factor, is not good, or not any more."""

_ANSWER: TypeAdapter[JsonObject] = TypeAdapter(JsonObject)


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who is signed in while they use a page.

    Attributes:
        acting: In which context they act.
        token: Says who they are.
    """

    acting: Context
    token: str = field(repr=False)


class Entrance:
    """Lets people in, and out again.

    Args:
        bus: Signs in and out.
        authenticator: Knows whose sign-in it is.
        sealer: Seals tickets, for one page alone.
    """

    def __init__(self, bus: Bus, authenticator: Authenticator, sealer: Sealer) -> None:
        self._bus = bus
        self._authenticate = authenticator.authenticate
        self._sealer = sealer

    async def enter(self, door: Door, fields: Fields, context: Context) -> Visit | Response:
        """Sign somebody in with what they typed, or return the form to go on with."""
        try:
            pair = await self._bus.send(_sign_in(fields), context)
        except SecondFactorRequired as required:
            ways = required.facts.get("methods")
            challenge = str(required.facts["challenge"])
            return factor_form(door, challenge=challenge, ways=ways if isinstance(ways, list) else ())
        except (ValidationError, ColonnadeError) as error:
            return asked_again(door, error, fields)
        return await self._visit(pair.access_token, context)

    def ticket_of(self, visit: Visit, place: bytes) -> str:
        """Return what a form carries on with; it is good as long as the token, and at its place alone."""
        return urlsafe_b64encode(self._sealer.seal(visit.token.encode(), place)).decode()

    async def go_on(self, ticket: str, place: bytes, context: Context) -> Visit:
        """Return whose ticket a form brings.

        Raises:
            Invalid: It is not one of ours, or was sealed for another place.
            Unauthenticated: It is not good any more.
        """
        try:
            sealed = urlsafe_b64decode(ticket.encode())
        except ValueError as error:
            raise Invalid("this is not a ticket of ours", field="ticket") from error
        return await self._visit(self._sealer.unseal(sealed, place).decode(), context)

    async def leave(self, visit: Visit) -> None:
        """Sign somebody out."""
        await self._bus.send(SignOut(), visit.acting)

    async def _visit(self, token: str, context: Context) -> Visit:
        caller = await self._authenticate(token)
        acting = Context(caller=caller, origin=context.origin, correlation_id=context.correlation_id)
        return Visit(acting, token)


def asked_again(door: Door, error: ValidationError | ColonnadeError, fields: Fields) -> Response:
    """Return the form once more, with what was wrong; a password is not in it.

    A second factor that nobody can give any more leads back to the first form.

    Raises:
        ColonnadeError: It is nothing that somebody could type otherwise.
    """
    if isinstance(error, SecretRefused):
        return sign_in_form(door, problem=TOO_LATE, status=403)
    problem, status = refusal_of(error)
    if "challenge" in fields:
        ways = fields.get("ways", "").split()
        again = factor_form(door, challenge=fields["challenge"], ways=ways, problem=problem, status=status)
    else:
        again = sign_in_form(door, email=fields.get("email", ""), problem=problem, status=status)
    return with_pause(again, error)


def answer_of(fields: Fields) -> JsonObject:
    """Return what an authenticator answered.

    Raises:
        ValidationError: It is no JSON object.
    """
    return _ANSWER.validate_json(fields.get("credential", ""))


def _sign_in(fields: Fields) -> Command[TokenPair]:
    challenge = fields.get("challenge")
    if "credential" in fields:
        credential = answer_of(fields)
        if challenge is None:
            return FinishPasskeySignIn(credential=credential)
        return FinishPasskeySecondFactor.model_validate({"challenge": challenge, "credential": credential})
    if challenge is not None:
        return SignInWithCode.model_validate({"challenge": challenge, "code": fields.get("code", "")})
    return SignIn.model_validate({"email": fields.get("email", ""), "password": fields.get("password", "")})
