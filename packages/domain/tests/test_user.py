"""Users."""

from datetime import datetime

from colonnade.core import Email, PersonName, UserId
from colonnade.domain.identity import User, UserRegistered


def test_an_account_is_made(ada: UserId, now: datetime) -> None:
    """The event tells who, and never the password's hash."""
    user = User.register(
        ada, email=Email("Ada@example.com"), name=PersonName("Ada"), password_hash="$argon2id$hash", at=now
    )

    assert user.recorded_events == (
        UserRegistered(user_id=ada, email=Email("ada@example.com"), name=PersonName("Ada")),
    )
    assert "hash" not in user.recorded_events[0].model_dump_json()
