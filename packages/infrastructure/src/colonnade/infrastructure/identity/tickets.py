"""Tickets: what goes through a browser and comes back as it was, for a while, for one thing, read by nobody else."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

from colonnade.application.identity.federation_ports import ArrivalRefused
from colonnade.core import Clock, Invalid
from colonnade.security.sealing import Sealer

JsonObject = dict[str, Any]  # JSON values


class Ticket(NamedTuple):
    """A good ticket.

    Attributes:
        facts: What it carries.
        mark: Its name, for noting that it was used: SHA-256, hexadecimal.
        until: When it stops being good.
    """

    facts: JsonObject
    mark: str
    until: datetime


class Tickets:
    """Writes and reads tickets, sealed with a key of their own."""

    def __init__(self, sealer: Sealer, clock: Clock) -> None:
        self._sealer = sealer
        self._clock = clock

    def write(self, kind: str, facts: JsonObject, *, seconds: int) -> str:
        """Return a ticket, safe in a URL and in a cookie.

        Args:
            kind: What it is good for; it is good for nothing else.
            facts: What it carries.
            seconds: How long it is good.
        """
        until = int((self._clock.now() + timedelta(seconds=seconds)).timestamp())
        sealed = self._sealer.seal(to_json({"until": until, "facts": facts}), kind.encode())
        return urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def read(self, kind: str, text: str) -> Ticket:
        """Return what a ticket carries; it may have been used.

        Raises:
            ArrivalRefused: It is not one of ours, of another kind, or too old.
        """
        try:
            sealed = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
            content = from_json(self._sealer.unseal(sealed, kind.encode()))
        except (Invalid, ValueError):
            raise ArrivalRefused("this is not good, or not any more: begin again") from None
        until = datetime.fromtimestamp(content["until"], UTC)
        if self._clock.now() >= until:
            raise ArrivalRefused("this is not good, or not any more: begin again")
        return Ticket(content["facts"], hashlib.sha256(sealed).hexdigest(), until)
