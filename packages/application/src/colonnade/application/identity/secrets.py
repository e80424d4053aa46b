"""Secrets inside messages: shown to nobody, yet sent over the wire like any other field."""

from typing import Annotated

from pydantic import Field, PlainSerializer, SecretStr

WireSecret = Annotated[
    SecretStr, PlainSerializer(lambda secret: secret.get_secret_value(), return_type=str, when_used="json")
]
"""Masked in `repr` and logs, plain in JSON."""

Password = Annotated[WireSecret, Field(min_length=1, max_length=1024)]
"""A password as somebody types it."""

NewPassword = Annotated[
    WireSecret, Field(min_length=8, max_length=1024, description="At least 8 characters (NIST SP 800-63B).")
]
"""A password that somebody chooses."""
