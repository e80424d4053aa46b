"""A ring as bytes for a file: JSON whose private keys are sealed and bound to what stands beside them."""

import json
from base64 import b64decode, b64encode
from datetime import datetime

from colonnade.core import Invalid
from colonnade.security.keys.rotation import KeyState, Ring, RingKey
from colonnade.security.keys.signing import SigningKey
from colonnade.security.sealing import Sealer

_VERSION = 1


def dump(ring: Ring, sealer: Sealer) -> bytes:
    """Return the ring as bytes that tell its private keys to nobody without the sealer's secret."""
    return json.dumps({"version": _VERSION, "keys": [_record(key, sealer) for key in ring]}, indent=1).encode()


def load(content: bytes, sealer: Sealer) -> Ring:
    """Return the ring that `dump` was given.

    Raises:
        Invalid: The bytes are something else, were altered, or were sealed with another secret.
    """
    ring = tuple(_key(record, sealer) for record in _records(content))
    states = [key.state for key in ring]
    if any(states.count(state) != 1 for state in (KeyState.CURRENT, KeyState.NEXT)):
        raise Invalid("there must be one current key and one next key")
    return ring


def _records(content: bytes) -> list[object]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Invalid("it is not JSON") from error
    match document:
        case {"version": version, "keys": list(records)} if version == _VERSION:
            return records
        case {"version": _}:
            raise Invalid("it is of a version that is not known here")
        case _:
            raise Invalid("it holds something else")


def _record(key: RingKey, sealer: Sealer) -> dict[str, str | None]:
    facts = {
        "kid": key.key.kid,
        "algorithm": key.key.algorithm,
        "state": key.state.value,
        "not_before": key.not_before.isoformat(),
        "retired_at": None if key.retired_at is None else key.retired_at.isoformat(),
    }
    return facts | {"private": b64encode(sealer.seal(key.key.der(), _place(facts))).decode()}


def _key(record: object, sealer: Sealer) -> RingKey:
    match record:
        case {"private": str(text), "state": str(state), "not_before": str(since), "retired_at": until, **others}:
            facts = {"state": state, "not_before": since, "retired_at": until, **others}
        case _:
            raise Invalid("a key on it is not complete")
    private = SigningKey.from_der(sealer.unseal(_sealed(text), _place(facts)))
    retired_at = None if until is None else datetime.fromisoformat(until)
    return RingKey(private, KeyState(state), datetime.fromisoformat(since), retired_at)


def _sealed(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError as error:
        raise Invalid("a key on it is damaged") from error


def _place(facts: object) -> bytes:
    """Return what a private key is bound to: its name, and all else that its record says."""
    return json.dumps(facts, sort_keys=True).encode()
