"""Users."""

from datetime import datetime

from colonnade.core import Email, PersonName, UserId
from colonnade.domain.identity import OperatorAppointed, OperatorDismissed, User, UserRegistered


def test_an_account_is_made(ada: UserId, now: datetime) -> None:
    """The event tells who, and never the password's hash."""
    user = User.register(
        ada, email=Email("Ada@example.com"), name=PersonName("Ada"), password_hash="$argon2id$hash", at=now
    )

    assert user.recorded_events == (
        UserRegistered(user_id=ada, email=Email("ada@example.com"), name=PersonName("Ada")),
    )
    assert "hash" not in user.recorded_events[0].model_dump_json()


def test_an_operator_is_appointed_and_dismissed(ada: UserId, now: datetime) -> None:
    """Nobody is one by themselves, and a second time changes nothing."""
    user = User.register(
        ada, email=Email("ada@example.com"), name=PersonName("Ada"), password_hash="$argon2id$hash", at=now
    )
    user.release_events()
    assert not user.is_operator

    user.dismiss_operator()
    for _ in range(2):
        user.appoint_operator()
    assert user.is_operator
    for _ in range(2):
        user.dismiss_operator()

    assert not user.is_operator
    assert user.recorded_events == (OperatorAppointed(user_id=ada), OperatorDismissed(user_id=ada))
