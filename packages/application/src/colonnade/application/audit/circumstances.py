"""Who, why and from where: what is kept with every event, and so with every entry of the audit."""

from collections.abc import Mapping
from typing import Protocol

from colonnade.application.messaging import Context
from colonnade.core import RecordedEvent

_ADDRESS_LENGTH = 64
_AGENT_LENGTH = 400
_UNSEEN = "\N{REPLACEMENT CHARACTER}"


class Whereabouts(Protocol):
    """Opens what the log keeps sealed of where events came from."""

    async def of(self, recorded: RecordedEvent) -> Mapping[str, str]:
        """Return an event's metadata as they were; what was of somebody who is erased reads `erased`.

        Raises:
            Unavailable: The database of keys does not answer.
        """
        ...


def circumstances(context: Context, message: str | None = None) -> dict[str, str]:
    """Return the metadata of the events that a message causes.

    What the sender's program says of itself can be anything: it is cut, and characters that end lines or are not seen
    are replaced, so that neither a log nor a column is at its mercy.

    Args:
        context: The circumstances of the message.
        message: Its wire name, if it is a message that causes them.
    """
    caller, origin = context.caller, context.origin
    token = caller.limits if caller is not None else None
    about = {
        "correlation_id": context.correlation_id,
        "causation_id": context.causation_id,
        "caller": None if caller is None else str(caller.user_id),
        "session": None if caller is None or caller.session_id is None else str(caller.session_id),
        "token": None if token is None else str(token.token_id),
        "console": context.console,
        "service": "1" if context.by_service else None,
        "message": message,
        "address": None if origin is None else _shown(origin.address, _ADDRESS_LENGTH),
        "agent": None if origin is None else _shown(origin.user_agent, _AGENT_LENGTH),
    }
    return {name: value for name, value in about.items() if value}


def _shown(text: str | None, length: int) -> str | None:
    if text is None:
        return None
    return "".join(each if each.isprintable() else _UNSEEN for each in text[:length])
