"""The page on which people type the code that a device shows (RFC 8628, section 3.3).

The ticket to decide is good for this code alone, and the decision ends the sign-in.
"""

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from colonnade.application.identity.device_flow import DecideOnDevice, LookAtDevice, digest_of_code
from colonnade.application.messaging import Bus, Context
from colonnade.core import ColonnadeError, Invalid, Unauthenticated
from colonnade.server.pages.device_forms import PATH, decision_form, door_for, end
from colonnade.server.pages.entrance import TOO_LATE, Entrance, Visit, asked_again
from colonnade.server.pages.forms import OwnForms
from colonnade.server.pages.sign_in_forms import Door, sign_in_form
from colonnade.server.pages.visitors import Fields

PURPOSE = "device tickets"
"""What the page's sealer is for."""

_LONGEST_CODE = 20


def device_page_routes(bus: Bus, entrance: Entrance, forms: OwnForms) -> tuple[Route, ...]:
    """Return the routes.

    Args:
        bus: Shows and decides.
        entrance: Lets people in, with tickets for `PURPOSE`.
        forms: Takes what they send.
    """
    desk = _Desk(bus, entrance)

    async def ask(request: Request) -> Response:
        return sign_in_form(door_for(request.query_params.get("code", "")[:_LONGEST_CODE]))

    return Route(PATH, ask), Route(PATH, forms.taken(_door, desk.answer), methods=["POST"])


def _door(fields: Fields) -> Door:
    return door_for(fields.get("user_code", "").strip())


class _Desk:
    """Answers forms: a sign-in with the ticket to decide, or a decision with the end of the sign-in."""

    def __init__(self, bus: Bus, entrance: Entrance) -> None:
        self._bus = bus
        self._entrance = entrance

    async def answer(self, fields: Fields, context: Context) -> Response:
        """Return the next page."""
        user_code = fields.get("user_code", "").strip()
        if "ticket" in fields:
            return await self._decided(user_code, fields, context)
        visit = await self._entrance.enter(door_for(user_code), fields, context)
        return await self._shown(user_code, visit, fields) if isinstance(visit, Visit) else visit

    async def _shown(self, user_code: str, visit: Visit, fields: Fields) -> Response:
        try:
            device = await self._bus.send(LookAtDevice.model_validate({"user_code": user_code}), visit.acting)
        except (ValidationError, ColonnadeError) as error:
            await self._entrance.leave(visit)
            rest = {name: value for name, value in fields.items() if name == "email"}
            return asked_again(door_for(user_code), error, rest)
        ticket = self._entrance.ticket_of(visit, _place(user_code))
        return decision_form(device, user_code=user_code, ticket=ticket)

    async def _decided(self, user_code: str, fields: Fields, context: Context) -> Response:
        """Decide, and end the sign-in however that went: what is asked next asks who you are as well."""
        try:
            visit = await self._entrance.go_on(fields["ticket"], _place(user_code), context)
        except (Invalid, Unauthenticated):
            return sign_in_form(door_for(user_code), problem=TOO_LATE, status=403)
        approve = fields.get("decision") == "approve"
        try:
            message = DecideOnDevice.model_validate({"user_code": user_code, "approve": approve})
            device = await self._bus.send(message, visit.acting)
        except (ValidationError, ColonnadeError) as error:
            return asked_again(door_for(user_code), error, {})
        finally:
            await self._entrance.leave(visit)
        if approve:
            return end("The device is signed in", f"{device.device} goes on by itself: you can close this page.")
        return end("The device was not let in", "If you did not begin this yourself, nothing more is to be done.")


def _place(user_code: str) -> bytes:
    return digest_of_code(user_code).encode()
