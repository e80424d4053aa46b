"""Checkpoints: how far a chain went and with which hash, signed; copies kept elsewhere anchor it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum

from colonnade.core import Invalid
from colonnade.security.audit.encoding import canonical, microseconds
from colonnade.security.audit.signing import PublicKeys, Signer

_LABEL = "colonnade.audit.checkpoint.v1"


class CheckpointKind(StrEnum):
    """What is signed."""

    REACHED = "reached"
    """The chain went so far."""

    PRUNED = "pruned"
    """What came before was removed on purpose: the chain begins after it."""


class NotACheckpoint(Invalid):
    """What should be a checkpoint is none."""

    code = "audit.not_a_checkpoint"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement about a chain.

    Attributes:
        chain: Which chain.
        kind: What is stated.
        number: Which checkpoint of the chain, from 1, without gaps; a pruned chain keeps that of its new beginning.
        sequence: Up to which entry.
        hash: That entry's hash.
        at: When it was signed.
        kid: With which key.
        signature: Of all that.
    """

    chain: str
    kind: CheckpointKind
    number: int
    sequence: int
    hash: bytes
    at: datetime
    kid: str
    signature: bytes

    @classmethod
    def signed(
        cls, signer: Signer, chain: str, kind: CheckpointKind, number: int, sequence: int, of: bytes, at: datetime
    ) -> "Checkpoint":
        """Sign that the entry at a place has a hash."""
        unsigned = cls(chain, kind, number, sequence, of, at, signer.kid, b"")
        return replace(unsigned, signature=signer.sign(unsigned.statement()))

    def is_genuine(self, keys: PublicKeys) -> bool:
        """Tell whether one of the keys signed it as it stands."""
        return keys.verify(self.kid, self.statement(), self.signature)

    def statement(self) -> bytes:
        """Return the bytes that are signed."""
        parts = (self.chain, self.kind.value, self.number, self.sequence, self.hash, microseconds(self.at), self.kid)
        return canonical(_LABEL, parts)

    def to_json(self) -> dict[str, str | int]:
        """Return it as JSON values, as it is logged and kept elsewhere."""
        return {
            **asdict(self),
            "kind": self.kind.value,
            "hash": self.hash.hex(),
            "at": self.at.isoformat(),
            "signature": self.signature.hex(),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, object]) -> "Checkpoint":
        """Read what `to_json` wrote; other names beside its own are left alone.

        Raises:
            NotACheckpoint: Something is missing or of another form.
        """
        try:
            return cls(
                str(values["chain"]),
                CheckpointKind(str(values["kind"])),
                int(str(values["number"])),
                int(str(values["sequence"])),
                bytes.fromhex(str(values["hash"])),
                _moment(str(values["at"])),
                str(values["kid"]),
                bytes.fromhex(str(values["signature"])),
            )
        except (KeyError, ValueError) as error:
            raise NotACheckpoint(f"this is not a checkpoint: {error}") from error


def read_anchors(lines: Iterable[str]) -> Iterator[Checkpoint]:
    """Yield the checkpoints among JSON lines, such as those of a log; other lines are passed over."""
    for line in lines:
        try:
            values = json.loads(line)
        except ValueError:
            continue
        if isinstance(values, dict) and {"chain", "signature", "sequence"} <= values.keys():
            yield Checkpoint.from_json(values)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("the time has no zone")
    return moment
