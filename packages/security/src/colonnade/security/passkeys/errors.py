"""What can be wrong with an answer of an authenticator."""

from enum import StrEnum

from colonnade.core import Unauthenticated


class PasskeyReason(StrEnum):
    """What was wrong."""

    CHALLENGE = "challenge"
    FRAME = "frame"
    ANSWER = "answer"
    OWNER = "owner"


class PasskeyRefused(Unauthenticated):
    """The answer is not what was asked for; `reason` in the facts says in which regard."""

    code = "passkeys.refused"

    def __init__(self, message: str, *, reason: PasskeyReason, **facts: object) -> None:
        super().__init__(message, reason=reason.value, **facts)
