"""Whether somebody has written to a SQLite database, whichever process it was."""

import sqlite3
from contextlib import suppress
from pathlib import Path


class SqliteEdition:
    """Asks nothing but that, on a connection of its own: in a few microseconds, without a lock that anybody waits for.

    Args:
        file: The database, which is not made if it is not there.
    """

    def __init__(self, file: str) -> None:
        self._address = f"{Path(file).absolute().as_uri()}?mode=rw"
        self._connection: sqlite3.Connection | None = None

    def number(self) -> int | None:
        """Return a number that is another one after each commit on another connection; none if that is not known."""
        try:
            if self._connection is None:
                self._connection = sqlite3.connect(self._address, uri=True, timeout=0, isolation_level=None)
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error:
            self.close()
            return None

    def close(self) -> None:
        """Let the database go."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None
