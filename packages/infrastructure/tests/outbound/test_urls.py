from ipaddress import ip_network

import pytest

from colonnade.core import Invalid
from colonnade.infrastructure.outbound import AddressRefused, check_url

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/a?b=c#d",
        "https://hooks.example.com:8443/",
        "https://HOOKS.example.com./",
        "https://bücher.example/",
        "https://93.184.216.34/",
        "https://[2606:2800:220:1::1]/",
        "https://[::ffff:93.184.216.34]/",
        "https://[64:ff9b::93.184.216.34]/",
        "https://host_with_underscore/",
    ],
)
def test_public_addresses_pass(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    "host",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.8.8.8",
        "169.254.169.254",
        "168.63.129.16",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[::127.0.0.1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:10.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::10.0.0.1]",
        "[64:ff9b::a9fe:a9fe]",
        "[64:ff9b:1::1]",
        "[100::1]",
        "[2001::1]",
        "[2001:db8::1]",
        "[2002:0a00:0001::]",
        "[2002:7f00:0001::1]",
        "[3fff::1]",
        "[4000::1]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[fec0::1]",
        "[ff02::1]",
        "localhost",
        "LOCALHOST.",
        "db.localhost",
    ],
)
def test_addresses_that_are_not_public_are_refused(host: str) -> None:
    with pytest.raises(AddressRefused) as refusal:
        check_url(f"https://{host}/")
    assert not refusal.value.retryable
    assert refusal.value.code == "outbound.address_refused"
    assert isinstance(refusal.value, Invalid)


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f000001", "017700000001", "0x7f.1", "127.1", "127.0.1", "0177.0.0.1", "127.0.0.1.", "1.2.3.4.5"],
)
def test_unusual_forms_of_ipv4_addresses_are_refused_even_if_allowed(host: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(f"https://{host}/", LOOPBACK)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example.com",
        "//hooks.example.com/",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "gopher://hooks.example.com/",
        "https:///path",
        "https://",
        "https://user@hooks.example.com/",
        "https://user:secret@hooks.example.com/",
        "https://hooks.example.com\\@127.0.0.1/",
        "https://hooks.example.com:0/",
        "https://hooks.example.com:65536/",
        "https://hooks.example.com:-1/",
        "https://hooks.example.com:x/",
        "https://hooks .example.com/",
        "https://hooks%2eexample.com/",
        "https://hooks..example.com/",
        "https://-/",
        "https://[fe80::1%25eth0]/",
        "https://[2606:2800:220:1::1%25eth0]/",
        "https://hooks.example.com/\r\nHost: evil",
        "https://１２７.0.0.1/",
        f"https://{'a' * 64}.example/",
        f"https://{'a.' * 130}example/",
    ],
)
def test_what_is_not_a_plain_http_url_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(url)


def test_http_is_refused_unless_allowed() -> None:
    with pytest.raises(AddressRefused, match="https://"):
        check_url("http://hooks.example.com/")
    check_url("http://hooks.example.com/", allow_http=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "[::1]", "[::ffff:127.0.0.1]", "localhost"])
def test_allowed_networks_pass(host: str) -> None:
    check_url(f"https://{host}:9000/", LOOPBACK)


def test_allowing_one_network_allows_no_other() -> None:
    with pytest.raises(AddressRefused):
        check_url("https://10.0.0.1/", LOOPBACK)


LISTED = ("hooks.example.com", "*.partner.example", "127.0.0.1")


@pytest.mark.parametrize(
    "host", ["hooks.example.com", "HOOKS.example.com.", "a.partner.example", "a.b.partner.example", "127.0.0.1"]
)
def test_a_listed_host_passes(host: str) -> None:
    check_url(f"https://{host}/", LOOPBACK, allowed_hosts=LISTED)


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        "a.hooks.example.com",
        "hooks.example.com.evil.example",
        "evilhooks.example.com",
        "partner.example",
        "evilpartner.example",
        "93.184.216.34",
        "127.0.0.2",
        "localhost",
    ],
)
def test_a_host_that_is_not_listed_is_refused(host: str) -> None:
    with pytest.raises(AddressRefused, match="operator allows") as refusal:
        check_url(f"https://{host}/", LOOPBACK, allowed_hosts=LISTED)
    assert refusal.value.facts["field"] == "url"


def test_a_listed_host_is_no_way_inside() -> None:
    with pytest.raises(AddressRefused, match="private"):
        check_url("https://127.0.0.1/", allowed_hosts=LISTED)


def test_an_empty_list_allows_nobody() -> None:
    with pytest.raises(AddressRefused):
        check_url("https://hooks.example.com/", allowed_hosts=())


def test_a_refusal_repeats_no_password() -> None:
    with pytest.raises(AddressRefused) as refusal:
        check_url("https://user:secret@hooks.example.com/")
    assert "secret" not in str(refusal.value) + str(refusal.value.facts)
