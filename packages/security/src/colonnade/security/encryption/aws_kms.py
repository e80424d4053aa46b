"""A key-encryption key that never leaves Amazon's key management service (AWS KMS, `Encrypt` and `Decrypt`)."""

import asyncio
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from colonnade.core.extras import require_extra

require_extra("colonnade-security", "kms", "boto3")

import boto3  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from colonnade.core import Unavailable
from colonnade.security.encryption.errors import KeyRefused

_OUTAGES = {
    "DependencyTimeoutException",
    "KeyUnavailableException",
    "KMSInternalException",
    "ThrottlingException",
    "ServiceUnavailable",
}


class AwsKms:
    """Wraps keys with a symmetric KMS key; each is bound to its name by the encryption context.

    Who we are to Amazon comes from where its SDK looks: role of the machine, environment, shared credentials file.
    """

    def __init__(
        self, key: str, *, region: str | None = None, endpoint: str | None = None, timeout_seconds: float = 5.0
    ) -> None:
        """Use a key; nothing is connected yet.

        Args:
            key: Its id or ARN; an alias would move what is wrapped to another key unseen.
            region: Region of the service; the SDK's own if not said.
            endpoint: Address of a KMS that is not Amazon's.
            timeout_seconds: How long one attempt may take.
        """
        self._key = key
        self._region = region
        self._endpoint = endpoint
        self._config = Config(
            connect_timeout=timeout_seconds, read_timeout=timeout_seconds, retries={"mode": "standard"}
        )
        self.key_id = f"aws-kms:{key}"

    async def wrap(self, key: bytes, name: str) -> bytes:
        """Encrypt a key under a name.

        Raises:
            Unavailable: The service does not answer.
            KeyRefused: It refuses.
        """
        answer = await self._ask("encrypt", {"Plaintext": key}, name)
        return bytes(answer["CiphertextBlob"])

    async def unwrap(self, wrapped: bytes, name: str) -> bytes:
        """Decrypt a key.

        Raises:
            Unavailable: The service does not answer.
            KeyRefused: It refuses, or something else was wrapped.
        """
        answer = await self._ask("decrypt", {"CiphertextBlob": wrapped}, name)
        return bytes(answer["Plaintext"])

    async def _ask(self, operation: str, given: Mapping[str, bytes], name: str) -> Mapping[str, Any]:  # KMS's answer
        return await asyncio.to_thread(self._ask_and_wait, operation, given, name)

    def _ask_and_wait(self, operation: str, given: Mapping[str, bytes], name: str) -> Mapping[str, Any]:  # likewise
        try:
            ask = getattr(self._client, operation)
            answer: Mapping[str, Any] = ask(KeyId=self._key, EncryptionContext={"name": name}, **given)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _OUTAGES:
                raise Unavailable("the key management service does not answer", code=code) from error
            raise KeyRefused(f"{self.key_id} refuses to {operation} {name}", code=code) from error
        except BotoCoreError as error:
            raise Unavailable("the key management service does not answer") from error
        return answer

    @cached_property
    def _client(self) -> Any:  # made by boto3, which has no types
        # A session of one's own: the default one is not safe to use from several threads.
        session = boto3.session.Session()
        return session.client("kms", region_name=self._region, endpoint_url=self._endpoint, config=self._config)

    def __repr__(self) -> str:
        return f"AwsKms(key_id={self.key_id!r})"
