"""What a service publishes to brokers, as an AsyncAPI 3.0 document."""

from colonnade.api.asyncapi.document import asyncapi_document

__all__ = ["asyncapi_document"]
