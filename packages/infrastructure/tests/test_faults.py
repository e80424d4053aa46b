"""What is kept of a failure says what went wrong, and not who was concerned."""

import pytest

from colonnade.infrastructure.faults import text_of
from colonnade.infrastructure.mail import MailRefused


@pytest.mark.parametrize("kind", [MailRefused, ValueError])
def test_whom_a_mail_was_for_is_not_kept(kind: type[Exception]) -> None:
    """Servers repeat it: `550 5.1.1 <ada@example.com>: User unknown`."""
    kept = text_of(kind("the mail is refused: 550 5.1.1 <ada@example.com>: User unknown"))
    assert "550 5.1.1" in kept
    assert "ada@example.com" not in kept


def test_what_no_database_keeps_is_replaced() -> None:
    """NUL, and halves of surrogate pairs."""
    assert text_of(MailRefused("a\0b\ud800c")) == "a\N{REPLACEMENT CHARACTER}b?c"
