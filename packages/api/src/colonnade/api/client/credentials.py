"""Where a client keeps its tokens."""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, Protocol


class Tokens(NamedTuple):
    """The tokens of a sign-in."""

    access_token: str
    refresh_token: str

    def __repr__(self) -> str:
        return "Tokens(…)"


class Credentials(Protocol):
    """Keeps the tokens of one sign-in."""

    def load(self) -> Tokens | None:
        """Return the tokens, if somebody is signed in."""
        ...

    def save(self, tokens: Tokens | None) -> None:
        """Keep these tokens from now on, or none."""
        ...

    def exclusive(self) -> AbstractAsyncContextManager[object]:
        """Be the only one who exchanges the tokens, among all who share them: a refresh token is good once."""
        ...


class MemoryCredentials:
    """Keeps tokens as long as the process lives."""

    def __init__(self, tokens: Tokens | None = None) -> None:
        self._tokens = tokens
        self._lock = asyncio.Lock()

    def exclusive(self) -> AbstractAsyncContextManager[object]:
        """Be the only one in this process who exchanges the tokens."""
        return self._lock

    def load(self) -> Tokens | None:
        """Return the tokens, if somebody is signed in."""
        return self._tokens

    def save(self, tokens: Tokens | None) -> None:
        """Keep these tokens from now on, or none."""
        self._tokens = tokens
