"""The installation's secret: given, or made once and kept where only its owner reads it."""

import os
import secrets
from pathlib import Path

from colonnade.infrastructure.config import ConfigurationError
from colonnade.server.settings import Settings

MIN_LENGTH = 32


def installation_secret(settings: Settings) -> bytes:
    """Return the secret from which all keys of the installation but the signing key derive.

    Raises:
        ConfigurationError: It is too short to be one.
    """
    if settings.secret is not None:
        secret = settings.secret.get_secret_value().encode()
    else:
        secret = _kept(settings.data_dir / "secret")
    if len(secret) < MIN_LENGTH:
        raise ConfigurationError([f"secret: must have at least {MIN_LENGTH} bytes"])
    return secret


def _kept(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_hex(32).encode())
    return path.read_bytes()
