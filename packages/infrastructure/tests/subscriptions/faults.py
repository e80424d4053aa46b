"""What can go wrong between a process and its database, at the moment that is worst."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from colonnade.infrastructure.database import Database


@contextmanager
def lost_commits(
    database: Database, *, after: bool, when: Callable[[], bool] | None = None, times: int = 1
) -> Iterator[list[str]]:
    """Lose the connection right before or right after commits.

    Args:
        database: Whose commits.
        after: Whether the commit has happened, so that only its answer is lost.
        when: Tells whether it is time; it always is if not said.
        times: How many of them.

    Yields:
        A list that grows with each lost commit.
    """
    dialect, lost = database.writer.dialect, list[str]()
    commit = dialect.do_commit

    def lose(connection: Any) -> None:
        if len(lost) >= times or (when is not None and not when()):
            commit(connection)
            return
        lost.append("after" if after else "before")
        (commit if after else dialect.do_rollback)(connection)
        raise ConnectionResetError("the line is dead")

    dialect.do_commit = lose  # type: ignore[method-assign]  # that is the fault
    try:
        yield lost
    finally:
        dialect.do_commit = commit  # type: ignore[method-assign]  # and its end
