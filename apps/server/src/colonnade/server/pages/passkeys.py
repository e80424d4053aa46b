"""The page on which people see, add and remove their passkeys; each form brings a ticket that is good for this page."""

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from colonnade.application.identity.passkeys import (
    BeginPasskeyRegistration,
    FinishPasskeyRegistration,
    ListPasskeys,
    RemovePasskey,
)
from colonnade.application.messaging import Bus, Context
from colonnade.application.messaging.behaviours import StepUpRequired
from colonnade.core import ColonnadeError, Conflict, Invalid, Unauthenticated
from colonnade.server.pages.entrance import TOO_LATE, Entrance, Visit, answer_of
from colonnade.server.pages.forms import OwnForms
from colonnade.server.pages.passkey_forms import DOOR, PATH, Notice, end, passkey_list
from colonnade.server.pages.refusals import refusal_of
from colonnade.server.pages.sign_in_forms import sign_in_form
from colonnade.server.pages.visitors import Fields

PURPOSE = "passkey tickets"
"""What the page's sealer is for."""

_PLACE = PATH.encode()


def passkey_page_routes(bus: Bus, entrance: Entrance, forms: OwnForms) -> tuple[Route, ...]:
    """Return the routes.

    Args:
        bus: Lists, adds and removes.
        entrance: Lets people in, with tickets for `PURPOSE`.
        forms: Takes what they send.
    """
    desk = _Desk(bus, entrance)

    async def ask(request: Request) -> Response:
        return sign_in_form(DOOR)

    return Route(PATH, ask), Route(PATH, forms.taken(lambda _: DOOR, desk.answer), methods=["POST"])


class _Desk:
    """Answers forms: a sign-in with the list, a change with the list, and the last one with the end of the sign-in."""

    def __init__(self, bus: Bus, entrance: Entrance) -> None:
        self._bus = bus
        self._entrance = entrance

    async def answer(self, fields: Fields, context: Context) -> Response:
        """Return the next page."""
        if "ticket" not in fields:
            entered = await self._entrance.enter(DOOR, fields, context)
            return await self._shown(entered, Notice()) if isinstance(entered, Visit) else entered
        try:
            visit = await self._entrance.go_on(fields["ticket"], _PLACE, context)
        except (Invalid, Unauthenticated):
            return sign_in_form(DOOR, problem=TOO_LATE, status=403)
        if fields.get("do") == "leave":
            await self._entrance.leave(visit)
            return end()
        try:
            return await self._shown(visit, await self._changed(fields, visit))
        except StepUpRequired:
            await self._entrance.leave(visit)
            return sign_in_form(DOOR, problem=TOO_LATE, status=403)

    async def _changed(self, fields: Fields, visit: Visit) -> Notice:
        """Add or remove a passkey, and tell how that went."""
        try:
            if fields.get("do") == "remove":
                removed = RemovePasskey.model_validate({"passkey_id": fields.get("passkey_id", "")})
                await self._bus.send(removed, visit.acting)
                return Notice("The passkey is removed. Your device may still offer it: remove it there as well.")
            given = {"name": fields.get("name", ""), "credential": answer_of(fields)}
            made = await self._bus.send(FinishPasskeyRegistration.model_validate(given), visit.acting)
        except (ValidationError, ColonnadeError) as error:
            problem, status = refusal_of(error)
            return Notice(problem=problem, status=status)
        return Notice(f"“{made.name}” is added: from now on it signs you in.")

    async def _shown(self, visit: Visit, notice: Notice) -> Response:
        """Return the list.

        Raises:
            StepUpRequired: They came in too long ago to change anything.
        """
        passkeys = await self._bus.send(ListPasskeys(), visit.acting)
        try:
            question = (await self._bus.send(BeginPasskeyRegistration(), visit.acting)).public_key
        except Conflict:
            question = None
        ticket = self._entrance.ticket_of(visit, _PLACE)
        return passkey_list(passkeys.items, question, ticket=ticket, notice=notice)
