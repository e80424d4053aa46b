"""Objects by key: in a folder, in memory or in a bucket, with one face."""

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "storage", "obstore")

from colonnade.infrastructure.storage.keys import checked_key
from colonnade.infrastructure.storage.objects import ObjectInfo, ObjectStorage, ObjectStream
from colonnade.infrastructure.storage.settings import StorageSettings

__all__ = ["ObjectInfo", "ObjectStorage", "ObjectStream", "StorageSettings", "checked_key"]
