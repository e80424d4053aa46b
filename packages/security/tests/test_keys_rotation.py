"""A ring in a file: rotated by one process and followed by the others, and of no use to whoever copies it."""

import json
import logging
import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import pytest

from colonnade.core import Conflict, Invalid, NotFound
from colonnade.security.keys import KeyState, SigningKey, SigningKeys
from colonnade.security.sealing import Sealer
from colonnade.security.tokens import AccessTokens, TokenRefused

from .clock import MovableClock

SECRET = b"the secret of the installation, long"
ANNOUNCE, RETIRE = 900, 7200


class CountingSealer(Sealer):
    """Counts how often a private key is opened."""

    opened = 0

    def unseal(self, sealed: bytes, place: bytes) -> bytes:
        """Count, and decrypt."""
        self.opened += 1
        return super().unseal(sealed, place)


Open = Callable[..., SigningKeys]


@pytest.fixture
def clock() -> MovableClock:
    """A clock that the test moves."""
    return MovableClock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the ring is."""
    return tmp_path / "keys" / "signing-keys.json"


@pytest.fixture
def open_ring(file: Path, clock: MovableClock) -> Open:
    """Opens the ring as one more process."""

    def open_it(**settings: object) -> SigningKeys:
        given = {"announce_seconds": ANNOUNCE, "retire_seconds": RETIRE, "sealer": Sealer(SECRET, "signing keys")}
        return SigningKeys(file, clock=clock, **(given | settings))  # type: ignore[arg-type]

    return open_it


def service(ring: SigningKeys, clock: MovableClock) -> AccessTokens:
    return AccessTokens(ring, clock, issuer="us", audience="api")


def token(ring: SigningKeys, clock: MovableClock) -> str:
    return service(ring, clock).issue(uuid4(), uuid4(), clock.now()).text


def named(ring: SigningKeys, state: KeyState) -> list[str]:
    return [key.key.kid for key in ring.ring() if key.state is state]


class TestANewRing:
    def test_has_a_key_that_signs_and_one_that_will(self, open_ring: Open) -> None:
        ring = open_ring()
        assert [key.state for key in ring.ring()] == [KeyState.NEXT, KeyState.CURRENT]
        assert named(ring, KeyState.CURRENT) == [ring.current.kid]
        assert [key.kid for key in ring.published()] == [key.key.kid for key in ring.ring()]

    def test_is_found_by_the_next_start(self, open_ring: Open) -> None:
        assert open_ring().current.kid == open_ring().current.kid

    @pytest.mark.parametrize("algorithm", ["EdDSA", "ES256"])
    def test_is_of_the_algorithm_that_was_chosen(self, open_ring: Open, clock: MovableClock, algorithm: str) -> None:
        ring = open_ring(algorithm=algorithm)
        assert {key.key.algorithm for key in ring.ring()} == {algorithm}
        assert service(ring, clock).verify(token(ring, clock))

    def test_begins_with_the_key_of_a_former_installation(
        self, open_ring: Open, clock: MovableClock, tmp_path: Path
    ) -> None:
        """Whose tokens stay good; the plain file is not touched, and not asked for a second time."""
        former = SigningKey.from_file(tmp_path / "signing-key.pem")
        assert open_ring(adopt=tmp_path / "signing-key.pem").current.kid == former.kid
        (tmp_path / "signing-key.pem").unlink()
        assert open_ring(adopt=tmp_path / "signing-key.pem").current.kid == former.kid
        assert not (tmp_path / "signing-key.pem").exists()

    def test_is_not_made_of_another_key_than_the_given_one(self, open_ring: Open, file: Path, tmp_path: Path) -> None:
        """A name that is spelt wrong, or a folder that is not mounted yet."""
        with pytest.raises(Invalid, match=r"missing\.pem is not there"):
            open_ring(adopt=tmp_path / "missing.pem")
        assert not file.exists()

    def test_is_one_though_processes_start_together(self, clock: MovableClock, tmp_path: Path) -> None:
        together = 8
        for number in range(20):
            barrier = Barrier(together)

            def start(number: int = number, barrier: Barrier = barrier) -> str:
                barrier.wait()
                return SigningKeys(tmp_path / f"{number}.json", Sealer(SECRET, "keys"), clock).current.kid

            with ThreadPoolExecutor(together) as threads:
                assert len({future.result() for future in [threads.submit(start) for _ in range(together)]}) == 1


class TestRotation:
    def test_lets_the_next_key_sign_and_retires_the_current_one(self, open_ring: Open, clock: MovableClock) -> None:
        ring = open_ring()
        coming, signing = named(ring, KeyState.NEXT), named(ring, KeyState.CURRENT)
        clock.advance(ANNOUNCE)
        ring.rotate(clock.now())
        assert named(ring, KeyState.CURRENT) == coming == [ring.current.kid]
        assert named(ring, KeyState.RETIRED) == signing
        assert not {*named(ring, KeyState.NEXT)} & {*coming, *signing}

    def test_waits_until_others_know_the_next_key(self, open_ring: Open, clock: MovableClock) -> None:
        """Whoever read the key set just before it was added may keep it so long."""
        ring = open_ring()
        clock.advance(ANNOUNCE - 1)
        before = ring.ring()
        with pytest.raises(Conflict):
            ring.rotate(clock.now())
        assert ring.ring() == before

    def test_can_be_done_at_once_if_need_be(self, open_ring: Open, clock: MovableClock) -> None:
        ring = open_ring()
        coming = named(ring, KeyState.NEXT)
        ring.rotate(clock.now(), at_once=True)
        assert [ring.current.kid] == coming

    def test_keeps_tokens_good_until_they_have_expired(self, open_ring: Open, clock: MovableClock) -> None:
        """And a retired key is good for nothing after that, whatever a token says."""
        ring = open_ring(retire_seconds=300)
        text = token(ring, clock)
        retired = ring.current.kid
        ring.rotate(clock.now(), at_once=True)
        clock.advance(299)
        assert service(ring, clock).verify(text)
        assert retired in {key.kid for key in ring.published()}
        clock.advance(1)
        with pytest.raises(TokenRefused, match="not valid"):
            service(ring, clock).verify(text)
        assert retired not in {key.kid for key in ring.published()}

    def test_forgets_keys_whose_time_is_over(self, open_ring: Open, clock: MovableClock) -> None:
        ring = open_ring()
        for _ in range(5):
            clock.advance(RETIRE)
            ring.rotate(clock.now())
        assert [key.state for key in ring.ring()] == [KeyState.NEXT, KeyState.CURRENT, KeyState.RETIRED]

    def test_changes_the_algorithm_with_the_second_rotation(self, open_ring: Open, clock: MovableClock) -> None:
        """Tokens of both are good meanwhile."""
        open_ring()
        ring, texts = open_ring(algorithm="ES256"), []
        for _ in range(3):
            texts.append(token(ring, clock))
            ring.rotate(clock.now(), at_once=True)
        assert [key.key.algorithm for key in ring.ring()] == ["ES256", "ES256", "ES256", "EdDSA", "EdDSA"]
        for text in texts:
            assert service(ring, clock).verify(text)

    def test_by_two_at_once_loses_no_key(self, open_ring: Open, clock: MovableClock) -> None:
        rings, barrier = [open_ring() for _ in range(6)], Barrier(6)

        def rotate(ring: SigningKeys) -> str:
            text = token(ring, clock)
            barrier.wait()
            ring.rotate(clock.now(), at_once=True)
            return text

        with ThreadPoolExecutor(6) as threads:
            texts = list(threads.map(rotate, rings))
        assert len(named(rings[0], KeyState.RETIRED)) == 6
        assert all(service(ring, clock).verify(text) for ring in rings for text in texts)


class TestAnotherProcess:
    def test_takes_tokens_of_the_new_key_without_a_restart(self, open_ring: Open, clock: MovableClock) -> None:
        one, other = open_ring(), open_ring()
        for _ in range(3):
            one.rotate(clock.now(), at_once=True)
            assert service(other, clock).verify(token(one, clock))

    def test_signs_with_the_new_key_after_a_few_seconds(self, open_ring: Open, clock: MovableClock) -> None:
        one, other = open_ring(), open_ring()
        one.rotate(clock.now(), at_once=True)
        clock.advance(2)
        assert other.current.kid == one.current.kid

    def test_refuses_a_withdrawn_key_after_a_few_seconds(self, open_ring: Open, clock: MovableClock) -> None:
        one, other = open_ring(), open_ring()
        text = token(one, clock)
        one.retire(one.current.kid, clock.now())
        clock.advance(2)
        with pytest.raises(TokenRefused):
            service(other, clock).verify(text)

    def test_notices_though_its_clock_was_set_back(self, open_ring: Open, clock: MovableClock) -> None:
        one, other = open_ring(), open_ring()
        one.rotate(clock.now(), at_once=True)
        clock.advance(-3600)
        assert other.current.kid == one.current.kid

    def test_does_not_read_the_file_for_names_that_somebody_made_up(self, open_ring: Open, clock: MovableClock) -> None:
        sealer = CountingSealer(SECRET, "signing keys")
        ring = open_ring(sealer=sealer)
        opened = sealer.opened
        for number in range(1000):
            assert ring.public(f"made-up-{number}") is None
            clock.advance(0.01)
        assert sealer.opened == opened

    def test_goes_on_with_the_keys_it_knows_while_the_file_cannot_be_read(
        self, open_ring: Open, clock: MovableClock, file: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        """It says so once, and follows again when the file is whole."""
        ring, whole = open_ring(), file.read_bytes()
        text = token(ring, clock)
        with caplog.at_level(logging.ERROR):
            for damage in (lambda: file.write_bytes(b"{"), file.unlink):
                damage()
                for _ in range(3):
                    clock.advance(2)
                    assert service(ring, clock).verify(text)
        assert [str(file) in record.getMessage() for record in caplog.records] == [True, True]
        file.write_bytes(whole)
        other = open_ring()
        other.rotate(clock.now(), at_once=True)
        assert service(ring, clock).verify(token(other, clock))


class TestWithdrawing:
    def test_the_current_key_makes_the_next_one_sign(self, open_ring: Open, clock: MovableClock) -> None:
        ring = open_ring()
        text, lost, coming = token(ring, clock), ring.current.kid, named(ring, KeyState.NEXT)
        ring.retire(lost, clock.now())
        assert [ring.current.kid] == coming
        assert lost not in {key.key.kid for key in ring.ring()}
        with pytest.raises(TokenRefused):
            service(ring, clock).verify(text)

    def test_the_next_key_puts_another_in_its_place(self, open_ring: Open, clock: MovableClock) -> None:
        ring = open_ring()
        (lost,), signing = named(ring, KeyState.NEXT), ring.current.kid
        ring.retire(lost, clock.now())
        assert ring.current.kid == signing
        assert len(named(ring, KeyState.NEXT)) == 1
        assert ring.public(lost) is None

    def test_a_retired_key_ends_its_time(self, open_ring: Open, clock: MovableClock) -> None:
        ring = open_ring()
        text, lost = token(ring, clock), ring.current.kid
        ring.rotate(clock.now(), at_once=True)
        ring.retire(lost, clock.now())
        with pytest.raises(TokenRefused):
            service(ring, clock).verify(text)

    def test_a_key_that_is_not_there_is_an_error(self, open_ring: Open, clock: MovableClock) -> None:
        with pytest.raises(NotFound):
            open_ring().retire("unknown", clock.now())


class TestTheFile:
    def test_is_for_its_owner_alone_before_and_after_a_change(
        self, open_ring: Open, clock: MovableClock, file: Path
    ) -> None:
        """Whatever the umask; nothing is left beside it."""
        before = os.umask(0)
        try:
            ring = open_ring()
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            ring.rotate(clock.now(), at_once=True)
        finally:
            os.umask(before)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert [path.name for path in file.parent.iterdir()] == [file.name]

    @pytest.mark.parametrize("algorithm", ["EdDSA", "ES256"])
    def test_does_not_hold_private_keys_in_clear(self, open_ring: Open, file: Path, algorithm: str) -> None:
        ring, content = open_ring(algorithm=algorithm), file.read_bytes()
        for key in ring.ring():
            raw = key.key.der()
            assert raw not in content
            assert raw[-32:].hex().encode() not in content
            assert _encoded(raw)[:-4] not in content
            assert repr(key.key.private) not in repr(key)

    def test_cannot_be_opened_with_another_secret(self, open_ring: Open, file: Path) -> None:
        open_ring()
        with pytest.raises(Invalid, match=r"signing-keys\.json"):
            open_ring(sealer=Sealer(b"the secret of somebody else, long", "signing keys"))

    def test_is_not_replaced_when_it_cannot_be_read(self, open_ring: Open, file: Path) -> None:
        """The operator learns which file it is."""
        file.parent.mkdir()
        for content in (b"", b"{}", b"[]", b"\xff", b'{"version": 2}', b'{"version": 1, "keys": [{}]}', b"[" * 99_999):
            file.write_bytes(content)
            with pytest.raises(Invalid, match=r"signing-keys\.json"):
                open_ring()
            assert file.read_bytes() == content

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("state", "retired"), ("not_before", "2020-01-01T00:00:00+00:00"), ("retired_at", "2020-01-01"),
            ("kid", "another"), ("algorithm", "none"), ("private", "AAAA"), ("private", "%%"), ("extra", "more"),
        ],
    )  # fmt: skip
    def test_cannot_be_altered_by_who_has_not_the_secret(
        self, open_ring: Open, file: Path, name: str, value: str
    ) -> None:
        """A retired key would sign again, or an expired one verify."""
        open_ring()
        document = json.loads(file.read_bytes())
        document["keys"][0][name] = value
        file.write_bytes(json.dumps(document).encode())
        with pytest.raises(Invalid):
            open_ring()

    def test_cannot_have_its_keys_exchanged(self, open_ring: Open, file: Path) -> None:
        """Each private key is bound to its name."""
        open_ring()
        document = json.loads(file.read_bytes())
        first, second = document["keys"]
        first["private"], second["private"] = second["private"], first["private"]
        file.write_bytes(json.dumps(document).encode())
        with pytest.raises(Invalid):
            open_ring()

    def test_that_was_cut_to_one_key_is_refused(self, open_ring: Open, file: Path) -> None:
        open_ring()
        document = json.loads(file.read_bytes())
        for keys in (document["keys"][:1], document["keys"][1:], document["keys"] * 2, []):
            file.write_bytes(json.dumps(document | {"keys": keys}).encode())
            with pytest.raises(Invalid):
                open_ring()


def _encoded(raw: bytes) -> bytes:
    from base64 import b64encode

    return b64encode(raw)
