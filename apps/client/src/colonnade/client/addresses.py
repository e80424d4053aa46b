"""Which server somebody means."""

from urllib.parse import urlsplit

from colonnade.client.asking import ask
from colonnade.client.connection import Failure
from colonnade.client.state import State, config_folder


def server_address(said: str | None) -> str:
    """Return the address of the server that was named, is in use, or is typed when it is asked for.

    Raises:
        Failure: It is no address.
    """
    address: str = said or State(config_folder()).server or ask("Server")
    if not _is_address(address):
        raise Failure(f"'{address}' is not an address: write it like https://work.example.com", 2)
    return address


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False
