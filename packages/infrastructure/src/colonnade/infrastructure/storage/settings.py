"""Where objects are kept."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from obstore.store import LocalStore, MemoryStore, S3Store
from pydantic import SecretStr

from colonnade.core import Invalid

if TYPE_CHECKING:
    from obstore.store import ObjectStore, S3Config


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageSettings:
    """One storage.

    Attributes:
        url: `file:///folder`, `memory://` or `s3://bucket/prefix`.
        endpoint: Where the bucket is if not at Amazon, such as `https://minio.example:9000`; `http://` works too.
        region: The bucket's region.
        access_key_id: Who we are to the bucket; taken from the machine's surroundings (AWS's variables, the instance)
            unless given.
        secret_access_key: With what we sign.
        connect_timeout_seconds: The most that one connection may take.
        timeout_seconds: The most that the other side may be silent.
        transfer_timeout_seconds: The most that one request may take, however much it carries.
        retries: How often a request is sent again that failed and may be repeated.
        retry_seconds: How long after the first attempt none begins.
        part_bytes: How much of an upload is one part; at least 5 MiB, of which a bucket takes 10,000.
        parallel_parts: How many parts are on their way at once.
    """

    url: str
    endpoint: str | None = None
    region: str = "us-east-1"
    access_key_id: str | None = None
    secret_access_key: SecretStr | None = None
    connect_timeout_seconds: float = 5.0
    timeout_seconds: float = 15.0
    transfer_timeout_seconds: float = 3600.0
    retries: int = 3
    retry_seconds: float = 30.0
    part_bytes: int = 8 * 1024 * 1024
    parallel_parts: int = 4


def open_store(settings: StorageSettings) -> "ObjectStore":
    """Return the store that the URL names; a folder is made if it is not there.

    Raises:
        Invalid: The URL names none.
    """
    url = urlsplit(settings.url)
    match url.scheme:
        case "memory":
            return MemoryStore()
        case "file" if not url.netloc and url.path.startswith("/"):
            return LocalStore(unquote(url.path), mkdir=True)
        case "s3" if url.netloc:
            return _open_bucket(settings, url.netloc, url.path.strip("/"))
        case _:
            raise Invalid("must be file:///folder, memory:// or s3://bucket/prefix", field="url")


def _open_bucket(settings: StorageSettings, bucket: str, prefix: str) -> S3Store:
    config: S3Config = {"region": settings.region}
    if settings.endpoint is not None:
        config["endpoint"] = settings.endpoint
    if settings.access_key_id is not None:
        config["access_key_id"] = settings.access_key_id
    if settings.secret_access_key is not None:
        config["secret_access_key"] = settings.secret_access_key.get_secret_value()
    return S3Store(
        bucket,
        prefix=prefix or None,
        config=config,
        client_options={
            "allow_http": (settings.endpoint or "").startswith("http://"),
            "connect_timeout": timedelta(seconds=settings.connect_timeout_seconds),
            "read_timeout": timedelta(seconds=settings.timeout_seconds),
            "timeout": timedelta(seconds=settings.transfer_timeout_seconds),
        },
        retry_config={
            "max_retries": settings.retries,
            "retry_timeout": timedelta(seconds=settings.retry_seconds),
        },
    )
