"""The sockets that requests come in by, bound before anything is made that has to say where we are."""

import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import ExitStack, asynccontextmanager
from typing import Any

from colonnade.core import Unavailable


@asynccontextmanager
async def bound(host: str, port: int) -> AsyncIterator[list[socket.socket]]:
    """Yield a socket for each address of a host, all with the same port; nobody is answered yet.

    Args:
        host: Name or address of this machine.
        port: Where to; 0 takes one that is free.

    Raises:
        Unavailable: The port is taken, not allowed, or the host is another machine.
    """
    with ExitStack() as stack:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )
            sockets = _bind(dict.fromkeys(found), port, stack)  # a hosts file may give one address twice
        except OSError as error:
            raise Unavailable(f"nobody can be answered at {host}, port {port}: {error.strerror}") from error
        yield sockets


def _bind(found: Iterable[Any], port: int, stack: ExitStack) -> list[socket.socket]:  # what getaddrinfo returns
    sockets = list[socket.socket]()
    for family, kind, protocol, _, address in found:
        try:
            # Asyncio switches Nagle's delay off only where the protocol is named.
            opened = stack.enter_context(socket.socket(family, kind, protocol))
        except OSError as error:
            if error.errno != errno.EAFNOSUPPORT:  # this machine has no IPv6, though its hosts file does
                raise
            continue
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind((address[0], port, *address[2:]))
        port = opened.getsockname()[1]
        sockets.append(opened)
    if not sockets:
        raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT))
    return sockets
