"""TLS to a bucket: whoever does not prove who they are hears nothing."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from colonnade.core import Unavailable
from colonnade.infrastructure.storage import ObjectStorage, StorageSettings

from ..outbound.certificates import issue
from ..outbound.listening import listening


async def test_a_bucket_that_nobody_vouches_for_hears_nothing(tmp_path: Path) -> None:
    """No request, no key id, no object."""
    async with listening(issue(tmp_path).serving) as listener:
        storage = ObjectStorage(
            StorageSettings(
                url="s3://bucket/prefix",
                endpoint=f"https://localhost:{listener.port}",
                access_key_id="ada",
                secret_access_key=SecretStr("analytical"),
                retries=0,
            )
        )
        with pytest.raises(Unavailable):
            await storage.ping()
    assert listener.calls > 0
    assert listener.heard == b""
