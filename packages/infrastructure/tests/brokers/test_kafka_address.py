"""Addresses of Kafka: clusters, TLS, and who signs in how."""

import asyncio
import struct
from pathlib import Path

import pytest
from aiokafka.protocol.admin import (
    ApiVersionResponse_v0,
    SaslAuthenticateResponse_v0,
    SaslHandShakeResponse_v0,
)

from colonnade.core import Invalid
from colonnade.infrastructure.brokers import create_broker
from colonnade.infrastructure.brokers.kafka_address import KafkaAddress
from colonnade.infrastructure.tls import verifying_context
from colonnade.testing.contracts.broker_subject import MemoryParking

from ..outbound.certificates import issue
from .settings import SETTINGS

METADATA, HANDSHAKE, API_VERSIONS, AUTHENTICATE = 3, 17, 18, 36
KNOWN = [(METADATA, 0, 1), (HANDSHAKE, 0, 1), (API_VERSIONS, 0, 0), (AUTHENTICATE, 0, 0)]
ILLEGAL_SASL_STATE = 34


async def sasl_heard(url: str, folder: Path) -> tuple[str, bytes]:
    """Have somebody sign in at a Kafka that speaks TLS, and return the mechanism and the first thing said in it."""
    mechanism, said = "", b""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal mechanism, said
        while not said:
            frame = await reader.readexactly(*struct.unpack(">i", await reader.readexactly(4)))
            kind, _, number, name_size = struct.unpack(">hhih", frame[:10])
            body = frame[10 + name_size :]
            if kind == API_VERSIONS:
                answered = ApiVersionResponse_v0(0, KNOWN).encode()
            elif kind == HANDSHAKE:
                mechanism = body[2:].decode()
                answered = SaslHandShakeResponse_v0(0, [mechanism]).encode()
            else:
                said = body[4:]
                answered = SaslAuthenticateResponse_v0(ILLEGAL_SASL_STATE, "no", b"").encode()
            writer.write(struct.pack(">ii", 4 + len(answered), number) + answered)
        writer.close()

    serving = issue(folder).serving
    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=serving) as server:
        port = server.sockets[0].getsockname()[1]
        settings = SETTINGS._replace(tls_ca_file=folder / "certificate.pem")
        broker = create_broker(url.format(port=port), MemoryParking(), settings)
        await broker.start()
        await broker.close()
    return mechanism, said


@pytest.mark.parametrize(
    ("query", "mechanism", "said"),
    [
        ("", "PLAIN", b"ada\0ada\0analytical,engine"),
        ("?mechanism=SCRAM-SHA-256", "SCRAM-SHA-256", b"n,,n=ada,r="),
        ("?mechanism=SCRAM-SHA-512", "SCRAM-SHA-512", b"n,,n=ada,r="),
    ],
)
async def test_user_and_password_sign_in(tmp_path: Path, query: str, mechanism: str, said: bytes) -> None:
    """Inside TLS; the password itself goes over with PLAIN alone."""
    url = "kafkas://ada:analytical%2Cengine@localhost:{port}" + query
    chosen, heard = await sasl_heard(url, tmp_path)
    assert chosen == mechanism
    assert heard.startswith(said)


@pytest.mark.parametrize(
    "url",
    [
        "kafka://one:9092,two:9092",
        "kafka://one:9092,kafka://two:9092/",
    ],
)
def test_a_cluster_has_several_servers(url: str) -> None:
    address = KafkaAddress.read(url, None)
    assert address.servers == ("one:9092", "two:9092")
    assert not address.security.use_ssl


def test_user_and_password_are_said_once_and_not_shown() -> None:
    address = KafkaAddress.read("kafkas://ada:analytical@one:9093,two:9093", verifying_context())
    assert address.servers == ("one:9093", "two:9093")
    assert address.security.use_ssl
    assert "analytical" not in repr(address)


@pytest.mark.parametrize(
    "url",
    [
        "kafkas://one:9093,kafka://two:9092",
        "kafkas://ada:analytical@one:9093?mechanism=NONE",
        "kafkas://ada:analytical@one:9093?mechanims=SCRAM-SHA-512",
        "kafkas://one:9093?mechanism=PLAIN",
    ],
)
def test_an_address_that_says_something_else_is_refused(url: str) -> None:
    """At the start, and without the password in the error: no server in clear, no weaker mechanism than was meant."""
    with pytest.raises(Invalid) as refused:
        create_broker(url, MemoryParking())
    assert "analytical" not in str(refused.value)
