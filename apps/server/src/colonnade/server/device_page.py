"""The page on which people type the code that a device shows (RFC 8628, section 3.3).

It keeps nobody signed in: a sign-in begins with the first form, is carried to the last one in a sealed ticket that is
good for this code alone, and ends with the decision. So no cookie is there that another site could make a browser send.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from urllib.parse import parse_qs

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from colonnade.api.http import Authenticator, ClientAddresses, CookieSessions
from colonnade.api.http.addresses import origin_of_request
from colonnade.application.identity import SignIn, SignOut, TokenPair
from colonnade.application.identity.device_flow import DecideOnDevice, LookAtDevice, digest_of_code
from colonnade.application.identity.opening import SecondFactorRequired
from colonnade.application.identity.second_factor import SignInWithCode
from colonnade.application.messaging import Bus, Context
from colonnade.core import ColonnadeError, Conflict, Forbidden, Invalid, NotFound, Unauthenticated, Unavailable
from colonnade.core.errors import LimitExceeded
from colonnade.security.sealing import Sealer
from colonnade.server.device_forms import PATH, decision_form, end, factor_form, sign_in_form

PURPOSE = "device tickets"
"""What the page's sealer is for."""

_LONGEST_BODY = 16_384
_LONGEST_CODE = 20
_MISSING = "Something is missing or too long."
_BEGIN_AGAIN = "That took too long: sign in once more."
_PASSKEY = "Your second factor is a passkey, which this page does not take."
_STATUS: tuple[tuple[type[ColonnadeError], int], ...] = (
    (LimitExceeded, 429),
    (Unauthenticated, 403),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (Invalid, 422),
    (Unavailable, 503),
)

Fields = Mapping[str, str]


def device_page_routes(
    bus: Bus, authenticator: Authenticator, sealer: Sealer, cookies: CookieSessions, addresses: ClientAddresses
) -> tuple[Route, ...]:
    """Return the routes.

    Args:
        bus: Signs in, shows and decides.
        authenticator: Knows whose sign-in it is.
        sealer: Seals tickets, for `PURPOSE`.
        cookies: Knows which pages are ours.
        addresses: Finds from where somebody signs in.
    """
    desk = _Desk(bus, authenticator, sealer)

    async def ask(request: Request) -> Response:
        return sign_in_form(user_code=request.query_params.get("code", "")[:_LONGEST_CODE])

    async def act(request: Request) -> Response:
        cookies.require_own_page(dict(request.scope["headers"]))
        fields = await _typed(request)
        agent = request.headers.get("user-agent")
        origin = origin_of_request(addresses.of(request.scope), None if agent is None else agent.encode("latin-1"))
        return await desk.answer(fields, Context(origin=origin))

    return Route(PATH, ask), Route(PATH, act, methods=["POST"])


class _Desk:
    """Answers forms: a sign-in with the ticket to decide, or a decision with the end of the sign-in."""

    def __init__(self, bus: Bus, authenticator: Authenticator, sealer: Sealer) -> None:
        self._bus = bus
        self._authenticate = authenticator.authenticate
        self._sealer = sealer

    async def answer(self, fields: Fields, context: Context) -> Response:
        """Return the next page."""
        user_code = fields.get("user_code", "").strip()
        if "ticket" in fields:
            return await self._decided(user_code, fields, context)
        try:
            pair = await self._signed_in(fields, context)
        except SecondFactorRequired as required:
            return _second(required, user_code)
        except (ValidationError, ColonnadeError) as error:
            return _again(error, user_code, fields)
        return await self._shown(user_code, pair, fields, context)

    async def _signed_in(self, fields: Fields, context: Context) -> TokenPair:
        if "challenge" in fields:
            given = {"challenge": fields["challenge"], "code": fields.get("code", "")}
            return await self._bus.send(SignInWithCode.model_validate(given), context)
        given = {"email": fields.get("email", ""), "password": fields.get("password", "")}
        return await self._bus.send(SignIn.model_validate(given), context)

    async def _shown(self, user_code: str, pair: TokenPair, fields: Fields, context: Context) -> Response:
        acting = await self._acting(pair.access_token, context)
        try:
            device = await self._bus.send(LookAtDevice.model_validate({"user_code": user_code}), acting)
        except (ValidationError, ColonnadeError) as error:
            await self._bus.send(SignOut(), acting)
            rest = {name: value for name, value in fields.items() if name == "email"}
            return _again(error, user_code, rest)
        sealed = self._sealer.seal(pair.access_token.encode(), _place(user_code))
        return decision_form(device, user_code=user_code, ticket=urlsafe_b64encode(sealed).decode())

    async def _decided(self, user_code: str, fields: Fields, context: Context) -> Response:
        """Decide, and end the sign-in however that went: what is asked next asks who you are as well."""
        try:
            acting = await self._acting(self._unsealed(fields["ticket"], user_code), context)
        except (Invalid, Unauthenticated):
            return sign_in_form(user_code=user_code, problem=_BEGIN_AGAIN, status=403)
        approve = fields.get("decision") == "approve"
        try:
            message = DecideOnDevice.model_validate({"user_code": user_code, "approve": approve})
            device = await self._bus.send(message, acting)
        except (ValidationError, ColonnadeError) as error:
            return _again(error, user_code, {})
        finally:
            await self._bus.send(SignOut(), acting)
        if approve:
            return end("The device is signed in", f"{device.device} goes on by itself: you can close this page.")
        return end("The device was not let in", "If you did not begin this yourself, nothing more is to be done.")

    async def _acting(self, access_token: str, context: Context) -> Context:
        caller = await self._authenticate(access_token)
        return Context(caller=caller, origin=context.origin, correlation_id=context.correlation_id)

    def _unsealed(self, ticket: str, user_code: str) -> str:
        try:
            sealed = urlsafe_b64decode(ticket.encode())
        except ValueError as error:
            raise Invalid("this is not a ticket of ours", field="ticket") from error
        return self._sealer.unseal(sealed, _place(user_code)).decode()


def _second(required: SecondFactorRequired, user_code: str) -> Response:
    """Return the form for a code, if that is one of the ways."""
    ways = required.facts.get("methods")
    if not isinstance(ways, list) or not {"totp", "recovery"}.intersection(ways):
        return sign_in_form(user_code=user_code, problem=_PASSKEY, status=403)
    return factor_form(user_code=user_code, challenge=str(required.facts["challenge"]))


def _again(error: ValidationError | ColonnadeError, user_code: str, fields: Fields) -> Response:
    """Return the form once more, with what was wrong; a password is not in it.

    Raises:
        ColonnadeError: It is nothing that somebody could type otherwise.
    """
    problem, status = _MISSING, 422
    if isinstance(error, ColonnadeError):
        found = next((status for kind, status in _STATUS if isinstance(error, kind)), None)
        if found is None:
            raise error
        problem, status = error.message, found
    if "challenge" in fields:
        return factor_form(user_code=user_code, challenge=fields["challenge"], problem=problem, status=status)
    return sign_in_form(user_code=user_code, email=fields.get("email", ""), problem=problem, status=status)


def _place(user_code: str) -> bytes:
    return digest_of_code(user_code).encode()


async def _typed(request: Request) -> Fields:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_BODY:
            return {}
    try:
        found = parse_qs(body.decode(), max_num_fields=8)
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items()}
