"""Where a client keeps its tokens."""

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


class MemoryCredentials:
    """Keeps tokens as long as the process lives."""

    def __init__(self, tokens: Tokens | None = None) -> None:
        self._tokens = tokens

    def load(self) -> Tokens | None:
        """Return the tokens, if somebody is signed in."""
        return self._tokens

    def save(self, tokens: Tokens | None) -> None:
        """Keep these tokens from now on, or none."""
        self._tokens = tokens
