"""The contract as an OpenAPI 3.1 document."""

from colonnade.api.openapi.document import openapi_document

__all__ = ["openapi_document"]
