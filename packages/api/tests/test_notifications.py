"""The contract of notifications: what people may send, and nothing of what only the service does."""

import pytest

from colonnade.api.notifications import notifications
from colonnade.application import notifications as context
from colonnade.application.messaging import INTERNAL, PUBLIC, SIGNED_IN, Message

MESSAGES = [
    kind
    for kind in (getattr(context, name) for name in context.__all__)
    if isinstance(kind, type) and issubclass(kind, Message)
]


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.wire_name)
def test_whatever_people_may_send_has_a_row(kind: type[Message[object]]) -> None:
    assert (kind in notifications.messages()) is (kind.access is not INTERNAL)


def test_only_a_link_in_a_mail_works_without_signing_in() -> None:
    rules = {kind.wire_name: kind.access for kind in notifications.messages()}
    assert rules.pop("notifications.unsubscribe") is PUBLIC
    assert set(rules.values()) == {SIGNED_IN}


def test_a_link_is_followed_by_a_post() -> None:
    """Programs that look at links for people must not unsubscribe them."""
    assert notifications.row_of(context.Unsubscribe).method == "POST"


def test_a_link_is_not_shown_in_logs() -> None:
    assert "s3cret" not in repr(context.Unsubscribe.model_validate({"token": "s3cret"}))
