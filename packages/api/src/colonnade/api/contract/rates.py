"""How often a row may be used: by a person, by a token, from an address."""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from colonnade.application.messaging.access import PUBLIC, AccessRule

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_QUOTA = re.compile(r"([1-9][0-9]{0,8})/(second|minute|hour|day)")
_SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}


class Quota(NamedTuple):
    """So many requests in so many seconds."""

    amount: int
    window_seconds: int

    @classmethod
    def read(cls, text: str) -> "Quota":
        """Return what a text such as `600/minute` stands for.

        Raises:
            TypeError: It stands for nothing.
        """
        found = _QUOTA.fullmatch(text)
        if found is None:
            raise TypeError(f"'{text}' is no quota: write one such as 600/minute")
        return cls(int(found[1]), _SECONDS[found[2]])


@dataclass(frozen=True, slots=True)
class Rate:
    """A policy; rows of the same policy are counted together.

    Attributes:
        name: What it is called in the `RateLimit` header.
        per_person: Requests of one person, whatever token they show, such as `600/minute`.
        per_token: Requests with one personal token, beside its owner's.
        per_address: Requests from one address (IPv6: one network of 64 bits).
        guards_secrets: Whether guessing is what it is against: while nobody can count, nobody is let in.

    Raises:
        TypeError: A quota cannot be read, or there is none.
    """

    name: str
    per_person: str | None = None
    per_token: str | None = None
    per_address: str | None = None
    guards_secrets: bool = False

    def __post_init__(self) -> None:
        """Check that it can be counted."""
        if not _NAME.fullmatch(self.name):
            raise TypeError(f"'{self.name}' is no name of a rate: use lower-case letters, digits and hyphens")
        if not self.quotas:
            raise TypeError(f"the rate {self.name} limits nobody: use UNLIMITED if that is what you want")

    @property
    def quotas(self) -> dict[str, Quota]:
        """What is counted: by `person`, `token` or `address`."""
        texts = {"person": self.per_person, "token": self.per_token, "address": self.per_address}
        return {kind: Quota.read(text) for kind, text in texts.items() if text is not None}


UNLIMITED: Final = "unlimited"
"""A row that may be used as often as anybody likes."""

READS = Rate("reads", per_person="1200/minute", per_token="600/minute")  # noqa: S106 - a quota # nosec B106 # a quota
"""Reading, by whoever is signed in."""

COMMANDS = Rate("commands", per_person="600/minute", per_token="300/minute")  # noqa: S106 - a quota # nosec B106 # a quota
"""Changing something, by whoever is signed in."""

STRANGERS = Rate("strangers", per_address="240/minute")
"""Reading what anybody may read."""

SECRETS = Rate("secrets", per_address="30/minute", guards_secrets=True)
"""Commands of strangers: signing in, registering, whatever takes a secret or makes something out of nothing."""

REFUSALS = Rate("refusals", per_address="300/minute")
"""Requests whose token is not good."""


def default_rate(method: str, access: AccessRule) -> Rate:
    """Return the rate of a row that names none."""
    if access is PUBLIC:
        return STRANGERS if method == "GET" else SECRETS
    return READS if method == "GET" else COMMANDS
