"""News that could not be told are refused when they are made, not when they are sent."""

from uuid import UUID

import pytest

from colonnade.application.notifications.news import NEEDED, News
from colonnade.core import Invalid
from colonnade.domain.notifications import Kind

EVENT = UUID(int=1)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_says_what_it_needs(kind: Kind) -> None:
    assert NEEDED[kind]
    News(kind=kind, thread="t", event_id=EVENT, facts=dict.fromkeys(NEEDED[kind], "x"))


@pytest.mark.parametrize("kind", Kind)
def test_a_fact_that_is_missing_is_named(kind: Kind) -> None:
    *rest, missing = sorted(NEEDED[kind])
    with pytest.raises(Invalid, match=missing):
        News(kind=kind, thread="t", event_id=EVENT, facts=dict.fromkeys(rest, "x"))
