"""Whoever comes to a page of ours: from where, how often, and what they typed, bounded in size and time."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request

from colonnade.api.contract import Rate
from colonnade.api.http import Admission, ClientAddresses, RateLimiter
from colonnade.api.http.addresses import origin_of_request
from colonnade.api.http.bodies import read_body
from colonnade.api.http.settings import BodyLimits
from colonnade.application.messaging import Context

LONGEST_FORM_BYTES: Final = 16_384
"""Several times what an authenticator answers."""

MOST_FIELDS: Final = 8

Fields = Mapping[str, str]


class Visitors:
    """Knows people in browsers as the API knows callers: what a page does counts like the row that does the same.

    Args:
        addresses: Finds from where they come.
        limiter: Counts; nothing is counted without.
        body: Bounds of a body; that of a form is smaller still.
        rate_factor: How many times the quotas are granted.
    """

    def __init__(
        self,
        addresses: ClientAddresses,
        limiter: RateLimiter | None,
        body: BodyLimits,
        *,
        rate_factor: float = 1.0,
    ) -> None:
        self._addresses = addresses
        self._limiter = limiter
        self._body = body._replace(size_bytes=LONGEST_FORM_BYTES)
        self._rate_factor = rate_factor
        self._admissions: dict[str, Admission] = {}

    async def admitted(self, request: Request, rate: Rate) -> Context:
        """Return from where a request comes, for the message that is made of it.

        Raises:
            LimitExceeded: They have sent enough for now.
            Unavailable: Nobody can count, and the rate guards secrets.
        """
        address = self._addresses.of(request.scope)
        if self._limiter is not None:
            if rate.name not in self._admissions:
                self._admissions[rate.name] = Admission(rate, self._limiter, factor=self._rate_factor)
            await self._admissions[rate.name].admit(request.scope, address=address)
        agent = next((value for name, value in request.scope["headers"] if name == b"user-agent"), None)
        return Context(origin=origin_of_request(address, agent))

    async def typed(self, request: Request) -> Fields:
        """Return what was typed, by name; of what is no form, nothing.

        An empty field is left out, and of several with one name the first counts (WHATWG URL, section 5.1).

        Raises:
            BodyTooLarge: It is longer than any form of ours.
            BodyTooSlow: It did not come in time.
            MalformedBody: It ended before it was complete.
        """
        body = await read_body(dict(request.scope["headers"]), request.receive, self._body)
        try:
            fields = parse_qs(body.decode(), max_num_fields=MOST_FIELDS)
        except ValueError:
            return {}
        return {name: values[0] for name, values in fields.items()}
