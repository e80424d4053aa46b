"""Passkeys: what a real authenticator signs is taken, and nothing else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.security.marks import MemoryMarks
from colonnade.security.passkeys import (
    Assertion,
    Challenges,
    KnownPasskey,
    NewPasskey,
    Owner,
    PasskeyReason,
    PasskeyRefused,
    Passkeys,
    RelyingParty,
    credential_id_of,
)

from ..clock import MovableClock
from .authenticator import EDDSA, ES256, Browser, SoftwarePasskey, decoded, encoded

PARTY = RelyingParty("example.com", "Example", ("https://app.example.com", "https://example.com"))
ADA = Owner(b"random handle", "ada@example.com", "Ada")
SIGN_IN = "sign in"


class House:
    """One relying party, and a browser with a passkey of Ada's."""

    def __init__(self, **browser: Any) -> None:
        self.clock = MovableClock()
        self.marks = MemoryMarks(self.clock)
        self.passkeys = self.process()
        self.browser = Browser(**browser)

    def process(self) -> Passkeys:
        """Return another process of the same service."""
        return Passkeys(PARTY, Challenges(bytes(32), self.clock, self.marks, lifetime_seconds=300))

    async def registered(self) -> NewPasskey:
        """Make the passkey."""
        return await self.passkeys.register(self.browser.create(self.passkeys.registration(ADA, "ada")), "ada")

    async def signed_in(self, made: NewPasskey, **said: Any) -> Assertion:
        """Use the passkey."""
        return await self.checked(made, self.browser.get(self.passkeys.request(SIGN_IN), **said))

    async def checked(self, made: NewPasskey, answer: dict[str, Any], purpose: str = SIGN_IN) -> Assertion:
        """Check an answer."""
        return await self.passkeys.assertion(answer, known(made), purpose)


def known(made: NewPasskey, handle: bytes = ADA.handle) -> KnownPasskey:
    """Return what is kept of a passkey."""
    return KnownPasskey(made.credential_id, made.public_key, made.sign_count, handle)


@pytest.mark.parametrize("algorithm", [ES256, EDDSA])
@pytest.mark.parametrize("synced", [True, False])
async def test_a_passkey_is_made_and_signs_in_without_a_name(algorithm: int, synced: bool) -> None:
    """The question names nobody; what kind of passkey it is is kept."""
    house = House(algorithm=algorithm, synced=synced)
    made = await house.registered()
    question = house.passkeys.request(SIGN_IN)
    answer = house.browser.get(question)

    assert (made.backup_eligible, made.backed_up) == (synced, synced)
    assert made.transports == ("internal",)
    assert question["allowCredentials"] == []
    assert question["userVerification"] == "required"
    assert credential_id_of(answer) == made.credential_id
    assert await house.checked(made, answer) == Assertion(sign_count=1, backed_up=synced, is_cloned=False)


def test_registration_asks_for_a_discoverable_key_of_a_verified_person_and_for_no_attestation() -> None:
    """And not for a second one of the same authenticator; the handle tells nothing of the person."""
    options = House().passkeys.registration(ADA, "ada", known=[b"first"])

    assert options["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert options["attestation"] == "none"
    assert options["excludeCredentials"] == [{"id": encoded(b"first"), "type": "public-key"}]
    assert decoded(options["user"]["id"]) == ADA.handle


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"origin": "https://evil.example"}, PasskeyReason.ANSWER),
        ({"origin": "http://app.example.com"}, PasskeyReason.ANSWER),
        ({"origin": "https://app.example.com.evil.example"}, PasskeyReason.ANSWER),
        ({"rp_id": "evil.example"}, PasskeyReason.ANSWER),
        ({"verifies": False}, PasskeyReason.ANSWER),
        ({"framed": True}, PasskeyReason.FRAME),
    ],
)
async def test_an_answer_from_elsewhere_is_refused(wrong: dict[str, Any], reason: PasskeyReason) -> None:
    """From another origin, for another domain, from a page in a page, or of somebody who was not verified."""
    house = House()
    made = await house.registered()
    for name, value in wrong.items():
        setattr(house.browser, name, value)

    with pytest.raises(PasskeyRefused) as refused:
        await house.signed_in(made)
    assert refused.value.facts["reason"] == reason
    with pytest.raises(PasskeyRefused) as refused:
        await house.registered()
    assert refused.value.facts["reason"] == reason


async def test_a_page_that_names_the_page_around_it_is_refused() -> None:
    """`topOrigin` is only there in a frame (level 3)."""
    house = House()
    made = await house.registered()
    with pytest.raises(PasskeyRefused):
        await house.signed_in(made, topOrigin="https://evil.example")


async def test_an_answer_to_the_other_ceremony_is_refused() -> None:
    """What was signed to make a key signs nobody in."""
    house = House()
    made = await house.registered()
    with pytest.raises(PasskeyRefused):
        await house.signed_in(made, type="webauthn.create")


async def test_a_challenge_is_good_once_in_all_processes() -> None:
    """A copy of the answer is refused, by whichever process it reaches."""
    house = House(counts=False)
    made = await house.registered()
    answer = house.browser.get(house.passkeys.request(SIGN_IN))
    await house.checked(made, answer)
    house.passkeys = house.process()

    with pytest.raises(PasskeyRefused) as refused:
        await house.checked(made, answer)
    assert refused.value.facts["reason"] == PasskeyReason.CHALLENGE


async def test_a_challenge_is_used_up_by_a_wrong_answer() -> None:
    """There is no second try at one question."""
    house = House(counts=False)
    made = await house.registered()
    answer = house.browser.get(house.passkeys.request(SIGN_IN))
    wrong = json.loads(json.dumps(answer))
    wrong["response"]["signature"] = encoded(b"no")
    for one in (wrong, answer):
        with pytest.raises(PasskeyRefused):
            await house.checked(made, one)


async def test_a_challenge_is_good_for_a_while_and_for_one_purpose() -> None:
    """Not a second longer, and not for another session."""
    house = House()
    made = await house.registered()
    late, elsewhere = (house.browser.get(house.passkeys.request(SIGN_IN)) for _ in range(2))
    with pytest.raises(PasskeyRefused):
        await house.checked(made, elsewhere, "prove session 7")
    house.clock.advance(300)
    with pytest.raises(PasskeyRefused):
        await house.checked(made, late)


async def test_a_challenge_of_somebody_else_is_refused() -> None:
    """Whoever does not have the key makes none, whatever its form."""
    house = House()
    made = await house.registered()
    forged = Challenges(bytes([1]) * 32, house.clock, house.marks).issue(SIGN_IN)
    for challenge in (forged, b"", bytes(56), forged[:-1]):
        with pytest.raises(PasskeyRefused):
            await house.checked(made, house.browser.get({"rpId": PARTY.id, "challenge": encoded(challenge)}))


async def test_a_count_that_goes_back_is_told() -> None:
    """There is a copy of the key; one that never counts is not judged by it."""
    house = House()
    made = (await house.registered())._replace(sign_count=7)
    assert (await house.signed_in(made)).is_cloned
    house.browser.passkeys[-1].sign_count = 6
    assert (await house.signed_in(made)).is_cloned
    assert not (await house.signed_in(made)).is_cloned

    house = House(counts=False)
    made = await house.registered()
    assert not (await house.signed_in(made)).is_cloned
    assert (await house.signed_in(made._replace(sign_count=1))).is_cloned


async def test_a_count_without_a_signature_says_nothing() -> None:
    """Or anybody could have somebody else's passkey distrusted."""
    house = House()
    made = (await house.registered())._replace(sign_count=7)
    answer = house.browser.get(house.passkeys.request(SIGN_IN))
    answer["response"]["signature"] = encoded(b"no")

    with pytest.raises(PasskeyRefused):
        await house.checked(made, answer)


async def test_the_passkey_of_somebody_else_is_refused() -> None:
    """By the handle that the authenticator keeps, and by the signature."""
    house = House()
    made = await house.registered()
    answer = house.browser.get(house.passkeys.request(SIGN_IN))
    with pytest.raises(PasskeyRefused) as refused:
        await house.passkeys.assertion(answer, known(made, b"eve"), SIGN_IN)
    assert refused.value.facts["reason"] == PasskeyReason.OWNER

    eve = House()
    await eve.registered()
    stolen = SoftwarePasskey(made.credential_id, eve.browser.passkeys[-1].key, ADA.handle)
    with pytest.raises(PasskeyRefused):
        await house.checked(made, house.browser.get(house.passkeys.request(SIGN_IN), stolen))


async def test_a_nameless_answer_must_say_whose_it_is() -> None:
    """If it was known who is asked, as for a second factor, it need not."""
    house = House()
    made = await house.registered()
    for named in (False, True):
        answer = house.browser.get(house.passkeys.request(SIGN_IN))
        answer["response"]["userHandle"] = None
        if named:
            assert await house.passkeys.assertion(answer, known(made), SIGN_IN, named=True)
        else:
            with pytest.raises(PasskeyRefused):
                await house.checked(made, answer)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@given(st.data())
async def test_whatever_comes_is_refused_in_good_order(data: st.DataObject) -> None:
    """No answer, however it is broken, is anything but refused."""
    house = House(algorithm=data.draw(st.sampled_from([ES256, EDDSA])))
    made = await house.registered()
    create = house.browser.create(house.passkeys.registration(ADA, "ada"))
    get = house.browser.get(house.passkeys.request(SIGN_IN), house.browser.passkeys[0])
    answer = data.draw(st.sampled_from([create, get]))
    part = data.draw(st.sampled_from([answer, answer["response"]]))
    name = data.draw(st.sampled_from(sorted(set(part) - {"clientExtensionResults", "transports", "clientDataJSON"})))
    part[name] = data.draw(JSON | st.binary(max_size=200).map(encoded))

    checked = house.passkeys.register(answer, "ada") if answer is create else house.checked(made, answer)
    with pytest.raises(PasskeyRefused):
        await checked
