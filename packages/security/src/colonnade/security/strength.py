"""How hard a password is to guess, with advice (zxcvbn; Wheeler, USENIX Security 2016)."""

import re
from collections.abc import Collection, Sequence
from functools import partial
from threading import Lock
from typing import NamedTuple

from colonnade.core.extras import require_extra

require_extra("colonnade-security", "strength", "zxcvbn")

from zxcvbn import zxcvbn  # type: ignore[import-untyped]  # it ships no types

from colonnade.security.invalid_password import InvalidPassword
from colonnade.security.threads import FewThreads

_LONGEST = 32  # of a hundred, the library looks at some for ten seconds
_WORDS = re.compile(r"[^\W_]{3,}")
_one_at_a_time = Lock()  # the library keeps what it is told about somebody in a dictionary of its module


class Strength(NamedTuple):
    """How a password stands up to guessing.

    Attributes:
        score: From 0 (guessed in fewer than a thousand attempts) to 4 (in more than ten thousand million).
        warning: What is wrong with it, if that can be said.
        suggestions: What to do about it.
    """

    score: int
    warning: str
    suggestions: tuple[str, ...]


class StrengthCheck:
    """Refuses passwords that are guessed too soon.

    Args:
        min_score: The lowest score that is good enough, from 0 to 4.
        waiting: How many passwords may wait to be looked at; whoever comes then is sent away.
    """

    def __init__(self, min_score: int = 3, *, waiting: int = 16) -> None:
        self._min_score = min_score
        self._threads = FewThreads("zxcvbn", threads=1, waiting=waiting)

    async def require(self, password: str, *, about: Collection[str] = ()) -> None:
        """Check a password.

        Args:
            password: Whose first 32 characters are looked at: what comes then can only make it harder.
            about: What an attacker would try first, such as the name and the address of whoever chooses it.

        Raises:
            InvalidPassword: It is too easy to guess; the message says what to do.
            Unavailable: Too many wait already.
        """
        found = await self._threads.run(partial(strength_of, password, about=about))
        if found.score < self._min_score:
            advice = " ".join(part for part in (found.warning, *found.suggestions) if part)
            raise InvalidPassword(
                f"this password is too easy to guess. {advice}".rstrip(),
                field="password",
                score=found.score,
                warning=found.warning,
                suggestions=list(found.suggestions),
            )

    def close(self) -> None:
        """Let the thread go."""
        self._threads.close()


def strength_of(password: str, *, about: Collection[str] = ()) -> Strength:
    """Return how hard a password is to guess; takes up to half a second, so not on an event loop."""
    if not password:
        return Strength(0, "There is nothing to guess.", ("Use a few words.",))
    with _one_at_a_time:
        result = zxcvbn(password[:_LONGEST], _words(about), max_length=_LONGEST)
    advice = result["feedback"]
    return Strength(int(result["score"]), str(advice["warning"] or ""), tuple(map(str, advice["suggestions"])))


def _words(about: Collection[str]) -> Sequence[str]:
    """Return what is known of somebody, whole and in words."""
    return [word[:_LONGEST] for text in about for word in (text, *_WORDS.findall(text))]
