"""The sockets that requests come in by."""

import errno
import os
import socket
from typing import Any

import pytest

from colonnade.core import Unavailable
from colonnade.server.listening import bound

_Socket = socket.socket
_HERE = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", 0))
_NOWHERE = (socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("::1", 0, 0, 0))


def _without_ipv6(family: int, *rest: Any) -> socket.socket:
    if family == socket.AF_INET6:
        raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT))
    return _Socket(family, *rest)


async def test_an_address_that_is_named_twice_is_bound_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the second socket, which shares the port while nobody listens, could not be listened at."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [_HERE, _HERE])
    async with bound("localhost", 0) as sockets:
        for opened in sockets:
            opened.listen()
        assert len(sockets) == 1


async def test_a_family_that_the_machine_has_not_got_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as there is another; without any, that is said."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [_NOWHERE, _HERE])
    monkeypatch.setattr("colonnade.server.listening.socket.socket", _without_ipv6)
    async with bound("localhost", 0) as sockets:
        assert [opened.family for opened in sockets] == [socket.AF_INET]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [_NOWHERE])
    with pytest.raises(Unavailable, match="nobody can be answered at localhost"):
        async with bound("localhost", 0):
            pass
