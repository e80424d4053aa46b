"""TLS to PostgreSQL: whoever does not prove who they are gets nothing, on a real server."""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import URL, make_url

from colonnade.core import Invalid, Unavailable
from colonnade.infrastructure.database import Database, DatabaseSettings
from colonnade.infrastructure.database.tls import Tls, is_here, tls_argument


class Certificates(NamedTuple):
    """A certificate authority and a server that it vouches for."""

    authority: Path
    certificate: Path
    key: Path


def _certificates(folder: Path, name: str, *, expired: bool = False) -> Certificates:
    now = datetime.now(UTC)
    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority")])

    def signed(subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, is_authority: bool) -> x509.Certificate:
        ends = now - timedelta(days=1) if expired and not is_authority else now + timedelta(days=2)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=3))
            .not_valid_after(ends)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        if not is_authority:
            names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(name))])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(authority_key, hashes.SHA256())

    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    files = Certificates(folder / "authority.pem", folder / "server.pem", folder / "server.key")
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    files.authority.write_bytes(signed(issuer, authority_key, is_authority=True).public_bytes(pem))
    files.certificate.write_bytes(signed(subject, server_key, is_authority=False).public_bytes(pem))
    files.key.write_bytes(server_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return files


class Server(NamedTuple):
    """A PostgreSQL that listens on the network."""

    url: str
    authority: Path


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("postgresql://me@/work?host=/run/postgresql", True),
        ("postgresql://me@localhost/work", True),
        ("postgresql://me@127.0.0.1/work", True),
        ("postgresql://me@[::1]/work", True),
        ("postgresql://me@database.example.com/work", False),
        ("postgresql://me@10.0.0.7/work", False),
    ],
)
def test_a_server_elsewhere_must_prove_who_it_is(url: str, *, here: bool) -> None:
    address = make_url(url)
    assert is_here(address) is here
    assert (tls_argument(address, None, None) == {"ssl": False}) is here


def test_what_the_address_says_goes() -> None:
    assert tls_argument(make_url("postgresql://me@database.example.com/work?sslmode=disable"), Tls.VERIFY, None) == {}


def test_a_file_without_certificates_is_named(tmp_path: Path) -> None:
    file = tmp_path / "nothing.pem"
    file.write_text("nothing")
    with pytest.raises(Invalid, match=r"nothing\.pem"):
        tls_argument(make_url("postgresql://me@database.example.com/work"), None, file)


@asynccontextmanager
async def _in_front_of(postgres_url: str, certificates: Certificates) -> AsyncIterator[Server]:
    """Speak TLS in front of a PostgreSQL that was built without it, as PostgreSQL speaks it (its chapter 54.2.11)."""
    address = make_url(postgres_url)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.certificate, certificates.key)

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await source.read(65_536):
                sink.write(chunk)
                await sink.drain()
        sink.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(8)
        writer.write(b"S")
        await writer.drain()
        try:
            await writer.start_tls(context)
        except (OSError, ssl.SSLError):
            writer.close()
            return
        there, here = await _connect(address)
        await asyncio.gather(pump(reader, here), pump(there, writer))

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    url = f"postgresql://{address.username}@127.0.0.1:{port}/{address.database}"
    try:
        yield Server(url, certificates.authority)
    finally:
        listening.close()


async def _connect(address: URL) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    port = address.port or 5432
    if address.host is not None:
        return await asyncio.open_connection(address.host, port)
    return await asyncio.open_unix_connection(f"{address.query['host']}/.s.PGSQL.{port}")


async def _ping(server: Server, tls: Tls, authority: Path | None) -> None:
    database = Database(DatabaseSettings(server.url, tls=tls, tls_ca_file=authority))
    try:
        await database.ping()
    finally:
        await database.dispose()


@pytest.mark.integration
async def test_a_server_that_proves_who_it_is_is_trusted(postgres_url: str, tmp_path: Path) -> None:
    async with _in_front_of(postgres_url, _certificates(tmp_path, "127.0.0.1")) as server:
        await _ping(server, Tls.VERIFY, server.authority)


@pytest.mark.integration
@pytest.mark.parametrize(("name", "expired"), [("127.0.0.1", True), ("192.0.2.1", False)])
async def test_a_bad_certificate_is_refused(postgres_url: str, tmp_path: Path, name: str, *, expired: bool) -> None:
    """One that was good until yesterday, or another one's; what only encrypts does not see it."""
    async with _in_front_of(postgres_url, _certificates(tmp_path, name, expired=expired)) as server:
        with pytest.raises(Unavailable):
            await _ping(server, Tls.VERIFY, server.authority)
        await _ping(server, Tls.REQUIRE, None)


@pytest.mark.integration
async def test_a_certificate_that_nobody_known_vouches_for_is_refused(postgres_url: str, tmp_path: Path) -> None:
    async with _in_front_of(postgres_url, _certificates(tmp_path, "127.0.0.1")) as server:
        with pytest.raises(Unavailable):
            await _ping(server, Tls.VERIFY, None)


@pytest.mark.integration
async def test_a_server_that_speaks_no_tls_is_refused(postgres_url: str) -> None:
    """Nothing is sent in the clear for want of better."""
    address = make_url(postgres_url)

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(8)
        writer.write(b"N")
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    with pytest.raises(Unavailable):
        await _ping(Server(f"postgresql://{address.username}@127.0.0.1:{port}/x", Path()), Tls.REQUIRE, None)
    listening.close()
