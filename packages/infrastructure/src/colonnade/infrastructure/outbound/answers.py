"""What an HTTP answer other than success says, as facts of an error."""

from datetime import datetime

from colonnade.infrastructure.outbound.retry_after import retry_after_seconds

_LONGEST_ANSWER = 500


def answer_facts(*, status: int, answer: str, retry_after: str | None, now: datetime) -> dict[str, object]:
    """Return the facts of an answer.

    Args:
        status: The HTTP status.
        answer: The body; its beginning is kept.
        retry_after: The `Retry-After` field, if there was one.
        now: The present moment, aware.

    Returns:
        `status` and `answer`, and `retry_after_seconds` if the other side asked for a pause.
    """
    facts: dict[str, object] = {"status": status, "answer": answer[:_LONGEST_ANSWER]}
    pause = retry_after_seconds(retry_after, now)
    return facts if pause is None else {**facts, "retry_after_seconds": pause}
