"""Somebody with an account, who does what the requests of a run need to be there."""

from itertools import count
from typing import Any

import httpx2

Json = dict[str, Any]  # JSON of any shape

PASSWORD = "correct horse battery of the staple"

_numbers = count(1)


class Person:
    """Somebody who is signed in."""

    def __init__(self, http: httpx2.Client, name: str) -> None:
        self._http = http
        self._headers: dict[str, str] = {}
        self.email = f"{name}{next(_numbers)}@example.com"
        self.id: str = self.post("/identity/users", email=self.email, password=PASSWORD, name=name)["user_id"]
        self.tokens = self.sign_in()

    def sign_in(self) -> Json:
        """Open a session and return its tokens.

        Raises:
            AssertionError: This person cannot sign in any more.
        """
        self.tokens = self.post("/identity/sessions", email=self.email, password=PASSWORD)
        self._headers = {"authorization": f"Bearer {self.tokens['access_token']}"}
        return self.tokens

    def get(self, path: str) -> Json:
        """Read something that is there."""
        return self._send("GET", path)

    def post(self, path: str, **body: object) -> Json:
        """Do something that is allowed, and return the answer."""
        return self._send("POST", path, body)

    def put(self, path: str, **body: object) -> Json:
        """Put something where it may be."""
        return self._send("PUT", path, body)

    def _send(self, method: str, path: str, body: Json | None = None) -> Json:
        answer = self._http.request(method, path, headers=self._headers, json=body)
        assert answer.is_success, f"{method} {path} gave {answer.status_code}: {answer.text}"
        return dict(answer.json()) if answer.content else {}
