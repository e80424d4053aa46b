"""Whatever becomes of a token on its way, only the very token that was issued is good."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.security.keys import Algorithm, KeyRing, SigningKey
from colonnade.security.tokens import AccessTokens, Claims, TokenRefused

from .clock import MovableClock

CLOCK = MovableClock()
EACH_ALGORITHM = pytest.mark.parametrize("algorithm", ["EdDSA", "ES256"])
RINGS = {algorithm: KeyRing(SigningKey.generate(algorithm)) for algorithm in ("EdDSA", "ES256")}
SERVICES = {algorithm: AccessTokens(ring, CLOCK, issuer="us", audience="api") for algorithm, ring in RINGS.items()}
ISSUED = {
    algorithm: tokens.issue(uuid4(), uuid4(), CLOCK.now(), proved_at=CLOCK.now(), methods=["pwd"]).text
    for algorithm, tokens in SERVICES.items()
}
CHARACTERS = st.characters(max_codepoint=0x17F)


def refused(algorithm: Algorithm, text: str) -> None:
    with pytest.raises(TokenRefused, match="not valid"):
        SERVICES[algorithm].verify(text)


@EACH_ALGORITHM
def test_every_character_counts_wherever_it_stands(algorithm: Algorithm) -> None:
    """The last ones of a part too, whose lower bits mean nothing."""
    text = ISSUED[algorithm]
    for place, character in enumerate(text):
        for other in {"A", "B", "w", "_", "."} - {character}:
            refused(algorithm, text[:place] + other + text[place + 1 :])


@EACH_ALGORITHM
@given(data=st.data())
def test_any_other_character_is_refused(algorithm: Algorithm, data: st.DataObject) -> None:
    text = ISSUED[algorithm]
    place = data.draw(st.integers(0, len(text) - 1))
    refused(algorithm, text[:place] + data.draw(CHARACTERS.filter(lambda new: new != text[place])) + text[place + 1 :])


@EACH_ALGORITHM
@given(data=st.data())
def test_one_character_less_or_more_is_refused(algorithm: Algorithm, data: st.DataObject) -> None:
    text = ISSUED[algorithm]
    place = data.draw(st.integers(0, len(text) - 1))
    refused(algorithm, text[:place] + text[place + 1 :])
    refused(algorithm, text[:place] + data.draw(CHARACTERS) + text[place:])


@EACH_ALGORITHM
@given(data=st.data())
def test_parts_of_two_tokens_make_no_third(algorithm: Algorithm, data: st.DataObject) -> None:
    other = SERVICES[algorithm].issue(uuid4(), uuid4(), CLOCK.now()).text.split(".")
    mine = ISSUED[algorithm].split(".")
    mixture = [data.draw(st.sampled_from(pair)) for pair in zip(mine, other, strict=True)]
    if mixture not in (mine, other):
        refused(algorithm, ".".join(mixture))


@EACH_ALGORITHM
@given(
    subject=st.uuids(),
    session=st.uuids(),
    age=st.integers(0, 10**8),
    methods=st.frozensets(st.text(min_size=1, max_size=8), max_size=4),
    scopes=st.frozensets(st.from_regex(r"[!#-\[\]-~]{1,12}", fullmatch=True), max_size=4),
)
def test_what_was_issued_is_what_is_verified(
    algorithm: Algorithm, subject: UUID, session: UUID, age: int, methods: frozenset[str], scopes: frozenset[str]
) -> None:
    proved_at = CLOCK.now() - timedelta(seconds=age)
    issued = SERVICES[algorithm].issue(
        subject, session, CLOCK.now(), proved_at=proved_at, methods=methods, client="cli", scopes=scopes
    )
    ends, kid = CLOCK.now() + timedelta(seconds=600), RINGS[algorithm].current.kid
    expected = Claims(subject, session, ends, proved_at, methods, "cli", scopes, kid)
    assert SERVICES[algorithm].verify(issued.text) == expected
