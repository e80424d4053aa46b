"""Secrets planted in test settings, and the search for them in whatever a service says.

A test uses these where it needs some password, token or key. None of them may ever come out again: not in a log,
not on a terminal, not in an answer. `colonnade.testing.watching` searches the output of every test.
"""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import quote

# Long enough for any rule, met nowhere by chance, and with a sign that URLs and JSON write differently.
PLANTED_PASSWORD = 'planted-password/"kO7#vY2-Quarz Xylophon'  # noqa: S105 - planted to be found # nosec B105
PLANTED_TOKEN = "planted-token.mW4tZ8qJ1xR6cB3nH9sL5fD2"  # noqa: S105 - planted to be found # nosec B105
PLANTED_KEY = "planted-key-Gd6pU0yT7aK3eV9iN1oC5wX8bM4rS2hF"

PLANTED = {"PLANTED_PASSWORD": PLANTED_PASSWORD, "PLANTED_TOKEN": PLANTED_TOKEN, "PLANTED_KEY": PLANTED_KEY}

_Message: TypeAlias = MutableMapping[str, Any]  # as ASGI has it: values of any kind
_Receive: TypeAlias = Callable[[], Awaitable[_Message]]
_Send: TypeAlias = Callable[[_Message], Awaitable[None]]
_Application: TypeAlias = Callable[[_Message, _Receive, _Send], Awaitable[None]]


def find_planted(said: str | bytes) -> list[str]:
    """Return the names of the secrets that stand in a text: as they are, or as JSON, URLs or base64 write them."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return [name for name, forms in _FORMS.items() if any(form in text for form in forms)]


def assert_nothing_planted(said: str | bytes, where: str) -> None:
    """Fail if a planted secret stands in a text, such as a log file, a row or an answer.

    Args:
        said: The text.
        where: What it is, for the message.

    Raises:
        AssertionError: One does; the message names it and does not repeat it.
    """
    found = find_planted(said)
    if found:
        raise AssertionError(f"{where} holds {', '.join(found)}")


def without_planted(application: _Application) -> _Application:
    """Wrap an ASGI application: a planted secret in the headers or the body of an answer is an `AssertionError`."""

    async def watched(scope: _Message, receive: _Receive, send: _Send) -> None:
        body = bytearray()

        async def look(message: _Message) -> None:
            if message["type"] == "http.response.start":
                for name, value in message.get("headers", ()):
                    assert_nothing_planted(value, f"header {name.decode()} of {scope.get('path')}")
            elif message["type"] == "http.response.body":
                body.extend(message.get("body", b""))
                assert_nothing_planted(bytes(body), f"the answer of {scope.get('path')}")
            await send(message)

        await application(scope, receive, look)

    return watched


def _forms(secret: str) -> frozenset[str]:
    """A secret in the spellings in which it could leave; base64 at each of the three places where it could begin."""
    plain = secret.encode()
    shifted = {
        encode(b"\0" * shift + plain)[4:-4].decode() for encode in (b64encode, urlsafe_b64encode) for shift in range(3)
    }
    slashed = secret.replace("\\", "\\\\").replace('"', '\\"')
    return frozenset({secret, slashed, slashed.replace("/", "\\/"), quote(secret), quote(secret, safe=""), *shifted})


_FORMS = {name: _forms(secret) for name, secret in PLANTED.items()}
