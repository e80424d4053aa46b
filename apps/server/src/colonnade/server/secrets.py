"""The installation's secret: given, or made once and kept where only its owner reads it."""

import secrets
from pathlib import Path
from typing import NewType

from colonnade.infrastructure.config import ConfigurationError
from colonnade.security.files import create_private_file
from colonnade.server.settings import MIN_SECRET_BYTES, Settings

Secret = NewType("Secret", bytes)


def installation_secret(settings: Settings) -> bytes:
    """Return the secret from which all keys of the installation derive, but those that sign, which it encrypts.

    Raises:
        ConfigurationError: The file that was made for it does not hold one.
    """
    if settings.secret is not None:
        secret = settings.secret.get_secret_value().encode()
    else:
        secret = _kept(settings.data_dir / "secret")
    if len(secret) < MIN_SECRET_BYTES:
        raise ConfigurationError([f"the file {settings.data_dir / 'secret'} is damaged: it holds no secret"])
    return secret


def _kept(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        create_private_file(path, secrets.token_hex(32).encode())
    return path.read_bytes()
