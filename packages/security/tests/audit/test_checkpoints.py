"""Checkpoints travel as JSON, and are found again among other lines."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.security.audit import Checkpoint, Entry, NotACheckpoint, read_anchors

from .chains import KEY, KEYS, NOON, chain_of, sign

TEXT = st.text(max_size=5)
FACTS = st.dictionaries(TEXT, TEXT, max_size=3)


@given(FACTS, FACTS)
def test_two_contents_have_two_hashes(one: dict[str, str], other: dict[str, str]) -> None:
    """However names and values are cut."""
    hashes = {Entry.following("c", 1, bytes(32), NOON, facts).hash for facts in (one, other)}
    assert (len(hashes) == 1) is (one == other)


def test_the_order_of_facts_does_not_matter() -> None:
    one = Entry.following("c", 1, bytes(32), NOON, {"a": "1", "b": "2"})
    other = Entry.following("c", 1, bytes(32), NOON, {"b": "2", "a": "1"})
    assert one.hash == other.hash


def test_the_hash_of_an_entry_never_changes() -> None:
    """What was written years ago must be verified still."""
    entry = Entry.following("books", 1, bytes(32), NOON, {"who": "Zoë", "what": "lent"})
    assert entry.hash.hex() == "619c523293c216e8f4e02fb2623c1834c86084d460ac32a4c7ca5d689d24063f"


def test_a_checkpoint_survives_json() -> None:
    checkpoint = chain_of(3).checkpoints[0]
    again = Checkpoint.from_json(json.loads(json.dumps(checkpoint.to_json())))
    assert again == checkpoint
    assert again.is_genuine(KEYS)


def test_anchors_are_found_among_the_lines_of_a_log() -> None:
    checkpoint = sign(chain_of(1).entries[0], 1)
    line = json.dumps({"event": "audit checkpoint", "level": "info", **checkpoint.to_json()})
    lines = ["starting\n", '{"event":"request"}\n', f"{line}\n", "[1]\n"]
    assert list(read_anchors(lines)) == [checkpoint]


@pytest.mark.parametrize("change", [{"hash": "xyz"}, {"kind": "other"}, {"at": "2026-01-01T00:00:00"}, {"number": "a"}])
def test_a_damaged_checkpoint_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(NotACheckpoint):
        Checkpoint.from_json({**chain_of(3).checkpoints[0].to_json(), **change})


def test_a_key_does_not_show_itself() -> None:
    assert repr(KEY) == f"Ed25519Key(kid={KEY.kid!r})"
