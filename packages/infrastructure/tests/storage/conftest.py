"""Every kind of storage: a folder, memory, and a bucket of a real S3 server in this process."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from colonnade.infrastructure.storage import ObjectStorage, StorageSettings

PART_BYTES = 5 * 1024 * 1024
"""The shortest part that S3 takes."""


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """The URL of an S3 server."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_endpoint: str) -> StorageSettings:
    """An empty bucket."""
    name = f"bucket-{uuid4()}"
    httpx2.put(f"{s3_endpoint}/{name}", trust_env=False).raise_for_status()
    return StorageSettings(
        url=f"s3://{name}/below/here",
        endpoint=s3_endpoint,
        access_key_id="key",
        secret_access_key=SecretStr("secret"),
        part_bytes=PART_BYTES,
        retries=0,
        timeout_seconds=5,
    )


@pytest.fixture(params=["folder", "memory", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStorage:
    """An empty storage of each kind in turn."""
    kinds: dict[str, Callable[[], StorageSettings]] = {
        "folder": lambda: StorageSettings(url=(tmp_path / "ob jects").as_uri(), part_bytes=PART_BYTES),
        "memory": lambda: StorageSettings(url="memory://", part_bytes=PART_BYTES),
        "bucket": lambda: request.getfixturevalue("bucket"),
    }
    return ObjectStorage(kinds[request.param]())
