"""TLS to brokers: whoever does not prove who they are hears nothing."""

import asyncio
from pathlib import Path

import pytest

from colonnade.application.publishing import Broker
from colonnade.core import Invalid, Unavailable
from colonnade.infrastructure.brokers import create_broker
from colonnade.testing.contracts.broker_subject import Deliveries, MemoryParking, happened

from ..outbound.certificates import Authority, issue
from ..outbound.listening import Listener, in_front_of, listening
from .collecting import collect_connections
from .restartable import running_nats, running_valkey
from .settings import SETTINGS

TOPIC = "org.colonnade.topic"
SCHEMES = ("tls", "rediss", "valkeys", "amqps", "kafkas")
NATS_GREETING = b'INFO {"server_id":"N","version":"2.14.0","tls_required":%s,"max_payload":1048576}\r\n'


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Vouches for `localhost`."""
    return issue(tmp_path)


def broker_at(url: str, ca_file: Path | None = None) -> Broker:
    """Return a broker that gives up soon."""
    return create_broker(url, MemoryParking(), SETTINGS._replace(connect_seconds=1, tls_ca_file=ca_file))


async def try_to_publish(url: str, ca_file: Path | None = None) -> None:
    """Call a server that is no broker."""
    broker = broker_at(url, ca_file)
    async with asyncio.timeout(20):
        await broker.start()
        with pytest.raises(Unavailable):
            await broker.publish(TOPIC, happened(1))
        await broker.close()
        await collect_connections()


async def called(scheme: str, host: str, authority: Authority, ca_file: Path | None) -> Listener:
    """Have somebody called with a password, and return what they heard."""
    greeting = NATS_GREETING % b"true" if scheme == "tls" else b""
    async with listening(authority.serving, greeting) as listener:
        await try_to_publish(f"{scheme}://ada:analytical@{host}:{listener.port}", ca_file)
    assert listener.calls > 0
    return listener


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_a_server_that_nobody_vouches_for_hears_nothing(scheme: str, authority: Authority) -> None:
    """It has the right name, and gave it to itself."""
    assert (await called(scheme, "localhost", authority, None)).heard == b""


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_a_server_of_another_name_hears_nothing(scheme: str, authority: Authority, tmp_path: Path) -> None:
    """Its certificate is good, but not for where it is."""
    assert (await called(scheme, "127.0.0.1", authority, tmp_path / "certificate.pem")).heard == b""


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_a_server_that_proves_who_it_is_is_spoken_to(scheme: str, authority: Authority, tmp_path: Path) -> None:
    """In the broker's own protocol."""
    assert (await called(scheme, "localhost", authority, tmp_path / "certificate.pem")).heard != b""


@pytest.mark.parametrize(
    ("scheme", "query"),
    [("rediss", "ssl_ca_certs={}"), ("valkeys", "ssl_ca_certs={}"), ("amqps", "cafile={}")],
)
async def test_what_the_address_says_of_tls_goes(scheme: str, query: str, authority: Authority, tmp_path: Path) -> None:
    async with listening(authority.serving) as listener:
        said = query.format(tmp_path / "certificate.pem")
        await try_to_publish(f"{scheme}://ada:analytical@localhost:{listener.port}/?{said}")
    assert listener.heard != b""


async def test_nats_is_not_talked_out_of_tls() -> None:
    """Whoever stands between says that no TLS is needed, and gets the beginning of TLS and no password."""
    heard = b""

    async def persuade(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal heard
        writer.write(NATS_GREETING % b"false")
        heard += await reader.read(10_000)
        writer.close()

    async with await asyncio.start_server(persuade, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        await try_to_publish(f"tls://ada:analytical@localhost:{port},ada:analytical@localhost:{port}")
    assert heard.startswith(b"\x16\x03")  # a handshake record, RFC 8446, section 5.1
    assert b"CONNECT" not in heard
    assert b"analytical" not in heard


def test_of_a_cluster_all_servers_have_tls_or_none() -> None:
    """One in the clear would get the password of all."""
    with pytest.raises(Invalid, match="or none"):
        broker_at("tls://one.internal:4222,nats://two.internal:4222")


def test_a_file_without_certificates_is_named(tmp_path: Path) -> None:
    """At the start, not at each attempt to connect."""
    (tmp_path / "nothing.pem").write_text("nothing")
    with pytest.raises(Invalid, match=r"nothing\.pem"):
        broker_at("tls://localhost:4222", tmp_path / "nothing.pem")


async def delivers(url: str, ca_file: Path) -> None:
    """Publish an event to a real broker, and get it back."""
    broker, deliveries = broker_at(url, ca_file), Deliveries()
    await broker.start()
    await broker.subscribe(TOPIC, "readers", deliveries)
    await broker.publish(TOPIC, happened(1))
    await deliveries.until(lambda: deliveries.numbers == [1])
    await broker.close()


@pytest.mark.integration
async def test_nats_works_over_tls(authority: Authority, tmp_path: Path) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "certificate.key"
    async with running_nats("--tls", "--tlscert", str(certificate), "--tlskey", str(key)) as server:
        await delivers(f"tls://localhost:{server.port}", certificate)


@pytest.mark.integration
@pytest.mark.parametrize("scheme", ["rediss", "valkeys"])
async def test_valkey_works_over_tls(scheme: str, authority: Authority, tmp_path: Path) -> None:
    async with running_valkey() as server, in_front_of(server.port, authority.serving) as port:
        await delivers(f"{scheme}://localhost:{port}", tmp_path / "certificate.pem")
