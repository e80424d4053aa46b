"""Real servers for tests: the one that an environment variable names, or else one started from a wheel; never none."""

from colonnade.testing.servers.failure import ServerFailed
from colonnade.testing.servers.nats import NATS_VARIABLE, nats
from colonnade.testing.servers.postgres import POSTGRES_VARIABLE, postgres
from colonnade.testing.servers.valkey import VALKEY_VARIABLE, valkey

__all__ = ["NATS_VARIABLE", "POSTGRES_VARIABLE", "VALKEY_VARIABLE", "ServerFailed", "nats", "postgres", "valkey"]
