"""What is audited, and the keys of what is sealed."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr

from colonnade.server.settings.base import Section
from colonnade.server.settings.plaintext import ProtectedAddress


class AuditSection(Section):
    """How the audit is kept."""

    checkpoint_entries: Annotated[int, Field(ge=1, le=100_000)] = Field(
        100, description="After how many entries of a chain the next checkpoint is signed."
    )
    checkpoint_minutes: Annotated[float, Field(gt=0)] = Field(
        5, description="How long an entry waits for a checkpoint at most."
    )
    retention_days: Annotated[float | None, Field(gt=0)] = Field(
        None, description="How long entries are kept; for ever if unset."
    )
    former_public_keys: dict[str, Annotated[str, Field(pattern="^[0-9a-f]{64}$")]] = Field(
        default_factory=dict, description="Public keys of former secrets, in hexadecimal digits, by key id."
    )


class KekSection(Section):
    """One key-encryption key: the first of `kms_key_id`, `secret` and `file` that is set."""

    file: Path | None = Field(None, description="File with the key in base64; made in the data folder if unset.")
    secret: SecretStr | None = Field(None, description="The key itself: base64 of 32 bytes.")
    kms_key_id: str | None = Field(None, description="Id or ARN of a symmetric key in AWS KMS.")
    kms_region: str | None = Field(None, description="Region of the service; where the SDK finds it if unset.")
    allow_plaintext: bool = Field(False, description="Whether a KMS elsewhere may be reached without TLS.")
    kms_endpoint: ProtectedAddress | None = Field(None, description="Address of a KMS that is not Amazon's.")
    kms_timeout_seconds: Annotated[float, Field(gt=0)] = Field(5.0, description="How long one attempt may take.")


class KeySection(Section):
    """Keys that personal data is sealed with."""

    url: SecretStr | None = Field(
        None,
        description="Database of the keys, kept out of backups of the main one; if unset, a file in the data folder "
        "beside SQLite, and the main database on PostgreSQL.",
    )
    pool_size: Annotated[int, Field(ge=1, le=200)] = Field(5, description="Connections to it per process.")
    current: KekSection = Field(KekSection(), description="The key that wraps data keys.")
    former: tuple[KekSection, ...] = Field((), description="Keys that wrapped them before, while `rotate` has not run.")
