"""Tokens in the system's keyring, or in a file that only its owner reads; or one for once, of the environment."""

import asyncio
import fcntl
import json
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Protocol

from colonnade.api.client import Credentials, Tokens

SERVICE = "colonnade"
STORE_VARIABLE = "COLONNADE_CREDENTIALS"
TOKEN_VARIABLE = "COLONNADE_TOKEN"  # noqa: S105 - the name of a variable, not a token # nosec B105


class _Store(Protocol):
    """Keeps one text for each server."""

    def read(self, server: str) -> str | None:
        """Return the text of a server."""
        ...

    def write(self, server: str, text: str | None) -> None:
        """Keep a text, or none."""
        ...


class KeptCredentials:
    """The tokens for one server, shared by all commands of this person on this machine."""

    def __init__(self, server: str, folder: Path) -> None:
        self._server = server
        self._store = _choose_store(folder)
        self._lock = folder / "credentials.lock"

    def load(self) -> Tokens | None:
        """Return the tokens, if somebody is signed in."""
        text = self._store.read(self._server)
        return Tokens(**json.loads(text)) if text else None

    def save(self, tokens: Tokens | None) -> None:
        """Keep these tokens from now on, or none."""
        self._store.write(self._server, json.dumps(tokens._asdict()) if tokens else None)

    def exclusive(self) -> AbstractAsyncContextManager[object]:
        """Be the only process that exchanges the tokens."""
        return self._locked()

    @asynccontextmanager
    async def _locked(self) -> AsyncIterator[None]:
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            await asyncio.to_thread(fcntl.flock, descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


class GivenCredentials:
    """A personal token that is given for this once: it is neither kept nor exchanged."""

    def __init__(self, token: str) -> None:
        self._tokens = personal(token)

    def load(self) -> Tokens:
        """Return the token."""
        return self._tokens

    def save(self, tokens: Tokens | None) -> None:
        """Keep nothing."""

    def exclusive(self) -> AbstractAsyncContextManager[object]:
        """Return at once: nobody exchanges it."""
        return nullcontext()


def personal(token: str) -> Tokens:
    """Return a personal token as tokens that cannot be exchanged."""
    return Tokens(token, refresh_token="")  # nosec B106 # it has none


def credentials_of(server: str, folder: Path, token: str | None = None) -> Credentials:
    """Return what to show to a server: a token that is given, that of the environment, or what is kept of a sign-in.

    Args:
        server: Its address.
        folder: Where things are kept.
        token: A personal token that goes before all others.
    """
    given = token or os.environ.get(TOKEN_VARIABLE)
    return GivenCredentials(given) if given else KeptCredentials(server, folder)


class _FileStore:
    """A file of mode 0600."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, server: str) -> str | None:
        return self._content().get(server)

    def write(self, server: str, text: str | None) -> None:
        content = self._content()
        if text is None:
            content.pop(server, None)
        else:
            content[server] = text
        temporary = self._path.with_suffix(".new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file)
        temporary.replace(self._path)

    def _content(self) -> dict[str, str]:
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}


class _KeyringStore:
    """The keyring of the system."""

    def read(self, server: str) -> str | None:
        import keyring  # noqa: PLC0415 - slow, and only needed with a keyring

        return keyring.get_password(SERVICE, server)

    def write(self, server: str, text: str | None) -> None:
        import keyring  # noqa: PLC0415 - likewise
        from keyring.errors import PasswordDeleteError  # noqa: PLC0415 - likewise

        if text is not None:
            keyring.set_password(SERVICE, server, text)
            return
        try:
            keyring.delete_password(SERVICE, server)
        except PasswordDeleteError:
            return


def _choose_store(folder: Path) -> _Store:
    """Return the keyring if there is one that works, else the file; `COLONNADE_CREDENTIALS=file` asks for the file."""
    path = folder / "credentials.json"
    if path.exists() or os.environ.get(STORE_VARIABLE) == "file":
        return _FileStore(path)
    import keyring  # noqa: PLC0415 - slow, and only needed with a keyring
    from keyring.backends import fail  # noqa: PLC0415 - likewise

    return _FileStore(path) if isinstance(keyring.get_keyring(), fail.Keyring) else _KeyringStore()
