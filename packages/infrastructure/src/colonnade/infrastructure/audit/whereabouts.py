"""Where events came from, opened for those who tell somebody of them."""

from collections.abc import Mapping

from colonnade.core import RecordedEvent
from colonnade.infrastructure.protection import Circumstances, PersonKeys

_CIRCUMSTANCES = Circumstances()


class SealedWhereabouts:
    """Opens the metadata of events with the keys of people."""

    def __init__(self, keys: PersonKeys) -> None:
        self._keys = keys

    async def of(self, recorded: RecordedEvent) -> Mapping[str, str]:
        """Return an event's metadata as they were; what was of somebody who is erased reads `erased`.

        Raises:
            Unavailable: The database of keys does not answer.
        """
        (opened,) = await _CIRCUMSTANCES.opened(self._keys, [(recorded.event_id, recorded.metadata)])
        return {name: value for name, value in opened.items() if value is not None}
