"""The server speaks TLS by itself: verified by whoever trusts its authority, and nothing in the clear."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .processes import serving


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Return the files of a certificate for this machine and of its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "colonnade")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "server.pem", folder / "server.key"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    files[0].write_bytes(certificate.public_bytes(pem))
    files[1].write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return files


def test_a_server_with_a_certificate_speaks_tls_and_nothing_else(tmp_path: Path) -> None:
    """Browsers are told to stay with it (HSTS, RFC 6797)."""
    certificate, key = _certificate(tmp_path)
    variables = {"COLONNADE_HTTP__TLS_CERTIFICATE": str(certificate), "COLONNADE_HTTP__TLS_KEY": str(key)}
    with serving(tmp_path, {"COLONNADE_DATA_DIR": str(tmp_path / "data"), **variables}) as server:
        assert server.url.startswith("https://127.0.0.1:")
        trusting = ssl.create_default_context(cafile=certificate)
        with httpx2.Client(verify=trusting) as client:
            answer = client.get(f"{server.url}/health/live")
        assert answer.status_code == 200
        assert "max-age=" in answer.headers["strict-transport-security"]
        with pytest.raises(httpx2.TransportError), httpx2.Client() as stranger:
            stranger.get(f"{server.url}/health/live")
        with pytest.raises(httpx2.TransportError), httpx2.Client() as plain:
            plain.get(f"{server.url.replace('https', 'http')}/health/live")
