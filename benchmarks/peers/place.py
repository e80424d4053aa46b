"""What every peer is told: where the data is, which key signs the tokens, how many connections it may have."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

PREFIX = "/api/v1/workspaces/{workspace_id}"
PAGE = 50


@dataclass(frozen=True, slots=True)
class Place:
    """The surroundings of a peer.

    Attributes:
        database_url: PostgreSQL, with the driver `postgresql+asyncpg`.
        folder: Holds the signing key and the installation's secret.
        pool_size: Connections that the peer may have.
    """

    database_url: str
    folder: str
    pool_size: int = 10

    @property
    def key_file(self) -> Path:
        return Path(self.folder) / "signing-key.pem"

    @property
    def dsn(self) -> str:
        """The address as the bare driver reads it."""
        return self.database_url.replace("postgresql+asyncpg://", "postgresql://")

    @classmethod
    def loads(cls, text: str) -> Self:
        return cls(**json.loads(text))

    def dumps(self) -> str:
        return json.dumps(asdict(self))
