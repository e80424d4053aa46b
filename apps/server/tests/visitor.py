"""Somebody at one of the server's own pages: reads its forms, and sends them as a browser does."""

import html
import json
import re
from typing import Any

import httpx2

OUR_PAGE = {"sec-fetch-site": "same-origin"}

_FORM = re.compile(r"<form.*?</form>", re.DOTALL)
_FIELD = re.compile(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"')
_SOURCE = re.compile(r'data-(begin|options)="([^"]*)"')


class Visitor:
    """A browser in which nobody is signed in.

    Attributes:
        page: What it shows.
    """

    def __init__(self, http: httpx2.AsyncClient, path: str) -> None:
        self.http = http
        self.path = path
        self.page: httpx2.Response | None = None

    async def open(self, **query: str) -> str:
        """Look at the page."""
        self.page = await self.http.get(self.path, params=query)
        return self.page.text

    async def submit(self, headers: dict[str, str] | None = None, number: int = 0, **typed: str) -> str:
        """Type something into one of the forms that the page shows, the first unless said, and send it."""
        fields = self.fields(number) | typed
        self.page = await self.http.post(self.path, data=fields, headers=OUR_PAGE if headers is None else headers)
        return self.page.text

    def fields(self, number: int = 0) -> dict[str, str]:
        """Return what stands in a form; nothing if the page has none."""
        assert self.page is not None
        forms = _FORM.findall(self.page.text)
        return {name: html.unescape(value) for name, value in _FIELD.findall(forms[number])} if forms else {}

    async def question(self) -> dict[str, Any]:
        """Return what the page asks an authenticator, as its script would get it."""
        assert self.page is not None
        found = _SOURCE.search(self.page.text)
        assert found is not None
        kind, value = found[1], html.unescape(found[2])
        if kind == "options":
            return dict(json.loads(value))
        challenge = {name: value for name, value in self.fields().items() if name == "challenge"}
        answer = await self.http.post(value, json=challenge)
        assert answer.is_success, answer.text
        return dict(answer.json()["public_key"])

    def is_at(self, status: int) -> bool:
        """Tell how the last page was answered."""
        return self.page is not None and self.page.status_code == status
