"""Forms as browsers send them: read within bounds, and from our own pages alone where they act for somebody."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request

from colonnade.api.http import ClientAddresses, CookieSessions
from colonnade.api.http.addresses import origin_of_request
from colonnade.application.messaging import Context

LONGEST_FORM_BYTES: Final = 16_384
"""Several times what an authenticator answers."""

MOST_FIELDS: Final = 8

Fields = Mapping[str, str]


async def read_form(request: Request) -> Fields:
    """Return what was typed, by name; of what is no form, or too much, nothing.

    An empty field is left out, and of several with one name the first counts (WHATWG URL, section 5.1).
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_FORM_BYTES:
            return {}
    try:
        found = parse_qs(body.decode(), max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items()}


def context_of(request: Request, addresses: ClientAddresses) -> Context:
    """Return in which context to act on a form: nobody's yet, but from somewhere."""
    headers = dict(request.scope["headers"])
    return Context(origin=origin_of_request(addresses.of(request.scope), headers.get(b"user-agent")))


class OwnForms:
    """Takes the forms that our own pages send.

    Args:
        cookies: Knows which pages are ours.
        addresses: Finds from where a form comes.
    """

    def __init__(self, cookies: CookieSessions, addresses: ClientAddresses) -> None:
        self._cookies = cookies
        self._addresses = addresses

    async def take(self, request: Request) -> tuple[Fields, Context]:
        """Return what was typed, and in which context to act on it.

        Raises:
            CrossSiteRefused: The browser says that a page of somebody else sent it, or nothing.
        """
        self._cookies.require_own_page(dict(request.scope["headers"]))
        return await read_form(request), context_of(request, self._addresses)
