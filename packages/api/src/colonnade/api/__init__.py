"""The API is a table: from its rows come the routes, the OpenAPI document and the typed client."""

from colonnade.api.contract import Contract, Row

__all__ = ["Contract", "Row"]
