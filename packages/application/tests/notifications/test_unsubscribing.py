"""Links that unsubscribe say what from, and cannot be changed."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.application.notifications.unsubscribing import UnsubscribeTokens, Unwanted
from colonnade.core import CursorCodec, Invalid, UserId
from colonnade.domain.notifications import Channel, Kind
from colonnade.domain.workspaces import WorkspaceId

TOKENS = UnsubscribeTokens(b"key")
unwanted = st.builds(
    Unwanted,
    st.uuids().map(UserId),
    st.none() | st.uuids().map(WorkspaceId),
    st.sampled_from(Channel),
    st.sets(st.sampled_from(Kind)).map(sorted).map(tuple),
)


@given(unwanted)
def test_a_link_says_what_it_was_made_of(made: Unwanted) -> None:
    token = TOKENS.issue(*made)
    assert TOKENS.read(token) == made
    assert len(token) < 500
    assert token.replace("-", "").replace("_", "").isalnum()


@given(unwanted, st.data())
def test_a_link_that_was_changed_is_none(made: Unwanted, data: st.DataObject) -> None:
    raw = bytearray(urlsafe_b64decode(TOKENS.issue(*made) + "=="))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Invalid):
        TOKENS.read(urlsafe_b64encode(raw).rstrip(b"=").decode())


@pytest.mark.parametrize(
    "token", ["", "x", "ä", "A" * 400, CursorCodec(b"key").encode("tasks.list", ["a", "b", "c", "d"])]
)
def test_what_we_did_not_issue_is_none(token: str) -> None:
    with pytest.raises(Invalid):
        TOKENS.read(token)


def test_another_installation_issues_other_links() -> None:
    made = Unwanted(UserId(UUID(int=1)), None, Channel.MAIL, (Kind.ASSIGNED,))
    with pytest.raises(Invalid):
        TOKENS.read(UnsubscribeTokens(b"other").issue(*made))
