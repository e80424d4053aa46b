"""Calls to strangers, as the tests make them: one address is outside, and names lead wherever a test says."""

import ssl
from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

from colonnade.infrastructure.outbound import OutboundHttp, OutboundSettings

OUTSIDE = "127.0.0.2"
"""Stands for the public internet: the only address that the settings allow."""
INSIDE = "127.0.0.1"
"""Stands for the private network."""
SETTINGS = OutboundSettings(allowed_networks=(ip_network(f"{OUTSIDE}/32"),), allow_http=True)


class Names:
    """A name server that gives its answers one after the other, the last one for ever."""

    def __init__(self, *answers: Sequence[str] | OSError) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Answer with the next one."""
        self.asked.append((host, port))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, OSError):
            raise answer
        return answer


def client(names: Names | None = None, *, context: ssl.SSLContext | None = None, **changes: Any) -> OutboundHttp:
    """Return a client whose names lead outside, unless a test says otherwise."""
    return OutboundHttp(replace(SETTINGS, **changes), resolve=names or Names([OUTSIDE]), context=context)
