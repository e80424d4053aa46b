"""The sockets that requests come in by, bound before anything is made that has to say where we are."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

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
        sockets = list[socket.socket]()
        try:
            for family, kind, protocol, _, address in await asyncio.get_running_loop().getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            ):
                # Asyncio switches Nagle's delay off only where the protocol is named.
                opened = stack.enter_context(socket.socket(family, kind, protocol))
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                opened.bind((address[0], port, *address[2:]))
                port = opened.getsockname()[1]
                sockets.append(opened)
        except OSError as error:
            raise Unavailable(f"nobody can be answered at {host}, port {port}: {error.strerror}") from error
        yield sockets
