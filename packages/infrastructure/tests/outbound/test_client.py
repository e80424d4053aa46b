"""A request goes to the addresses that were checked, with what it was given and nothing else."""

import asyncio
from ipaddress import ip_network

import pytest

from colonnade.core import Invalid
from colonnade.infrastructure.outbound import AddressRefused, OutboundFailed, OutboundHttp, Reason, SystemResolver

from .calling import INSIDE, OUTSIDE, SETTINGS, Names, client
from .certificates import Authority
from .strangers import Received, answer, stranger


async def test_a_request_arrives_as_it_was_sent_and_its_answer_comes_back() -> None:
    async with stranger(answer("201 Created", b"done", X_Id="7"), host=OUTSIDE) as server:
        url = f"http://hook.example:{server.port}/in?x=1#part"
        headers = {"Content-Type": "application/json", "webhook-id": "msg_1"}
        response = await client().request("POST", url, content=b"{}", headers=headers)
    [received] = server.received
    assert received.line == "POST /in?x=1 HTTP/1.1"
    assert received.body == b"{}"
    assert received.headers == {
        "host": f"hook.example:{server.port}",
        "user-agent": "colonnade",
        "connection": "close",
        "accept-encoding": "identity",
        "content-type": "application/json",
        "webhook-id": "msg_1",
        "content-length": "2",
    }
    assert (response.status, response.body, response.truncated) == (201, b"done", False)
    assert response.is_success
    assert response.headers["x-id"] == "7"
    assert response.url == url
    assert 0 < response.seconds < SETTINGS.timeout_seconds


@pytest.mark.parametrize("status", ["400 Bad Request", "404 Not Found", "410 Gone", "503 Service Unavailable"])
async def test_an_answer_of_any_status_is_an_answer(status: str) -> None:
    async with stranger(answer(status), host=OUTSIDE) as server:
        response = await client().request("GET", f"http://hook.example:{server.port}/")
    assert response.status == int(status[:3])
    assert not response.is_success


async def test_a_name_that_leads_inside_is_refused_before_anybody_connects() -> None:
    async with stranger(answer(), host=INSIDE) as server:
        with pytest.raises(AddressRefused) as refusal:
            await client(Names([INSIDE])).request("GET", f"http://hook.example:{server.port}/")
    assert server.connections == 0
    assert INSIDE not in str(refusal.value) + str(refusal.value.facts)


@pytest.mark.parametrize("inside", [INSIDE, "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00:ec2::254"])
async def test_one_bad_address_among_good_ones_refuses_them_all(inside: str) -> None:
    async with stranger(answer(), host=OUTSIDE) as server:
        for found in ([OUTSIDE, inside], [inside, OUTSIDE]):
            with pytest.raises(AddressRefused):
                await client(Names(found)).request("GET", f"http://hook.example:{server.port}/")
    assert server.connections == 0


async def test_a_name_that_changes_its_answer_after_the_check_gains_nothing() -> None:
    names = Names([OUTSIDE], [INSIDE])
    async with (
        stranger(answer(body=b"public"), host=OUTSIDE) as public,
        stranger(answer(body=b"secret"), host=INSIDE, port=public.port) as private,
    ):
        http = client(names)
        response = await http.request("GET", f"http://rebind.example:{public.port}/")
        assert response.body == b"public"
        assert names.asked == [("rebind.example", public.port)]
        assert public.received[0].headers["host"] == f"rebind.example:{public.port}"
        with pytest.raises(AddressRefused):
            await http.request("GET", f"http://rebind.example:{public.port}/")
    assert private.connections == 0


async def test_the_operating_system_is_asked_unless_somebody_else_is_given() -> None:
    assert "127.0.0.1" in await SystemResolver()("localhost", 80)
    with pytest.raises(OutboundFailed) as failure:
        await OutboundHttp(SETTINGS).request("GET", "http://nobody.invalid/")
    assert failure.value.reason is Reason.RESOLVE


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost", "[::1]", "[::ffff:7f00:1]"]
)
async def test_no_way_of_writing_an_inside_address_gets_through(host: str) -> None:
    names = Names([OUTSIDE])
    async with stranger(answer(), host=INSIDE) as server:
        with pytest.raises(AddressRefused):
            await client(names).request("GET", f"http://{host}:{server.port}/")
    assert server.connections == 0
    assert names.asked == []


async def test_an_ipv6_literal_is_called_if_it_is_allowed() -> None:
    async with stranger(answer(body=b"six"), host="::1") as server:
        http = client(Names(OSError()), allowed_networks=(ip_network("::1/128"),))
        response = await http.request("GET", f"http://[::1]:{server.port}/")
    assert response.body == b"six"
    assert server.received[0].headers["host"] == f"[::1]:{server.port}"


async def test_redirects_are_answers_unless_they_are_to_be_followed() -> None:
    async with stranger(answer("302 Found", Location="/elsewhere"), host=OUTSIDE) as server:
        response = await client().request("GET", f"http://hook.example:{server.port}/")
    assert (response.status, response.headers["location"], server.connections) == (302, "/elsewhere", 1)


async def test_a_redirect_to_the_inside_is_refused() -> None:
    async with stranger(answer(), host=INSIDE) as private:
        for location in (
            f"http://{INSIDE}:{private.port}/",
            f"http://2130706433:{private.port}/",
            f"//localhost:{private.port}/",
            f"http://hook.example@{INSIDE}:{private.port}/",
            "file:///etc/passwd",
            "http://[half",
        ):
            async with stranger(answer("302 Found", Location=location), host=OUTSIDE) as public:
                with pytest.raises(AddressRefused):
                    await client(redirect_limit=3).request("GET", f"http://hook.example:{public.port}/")
                assert public.connections == 1
    assert private.connections == 0


async def test_a_redirect_to_a_name_is_looked_up_and_checked() -> None:
    async with stranger(answer(), host=INSIDE) as private:
        location = f"http://inside.example:{private.port}/"
        async with stranger(answer("307 Temporary Redirect", Location=location), host=OUTSIDE) as public:
            names = Names([OUTSIDE], [INSIDE])
            with pytest.raises(AddressRefused):
                await client(names, redirect_limit=3).request("POST", f"http://hook.example:{public.port}/")
    assert names.asked == [("hook.example", public.port), ("inside.example", private.port)]
    assert private.connections == 0


async def test_redirects_are_followed_up_to_the_limit() -> None:
    async with stranger(answer("302 Found", Location="/again"), host=OUTSIDE) as server:
        response = await client(redirect_limit=3).request("GET", f"http://hook.example:{server.port}/")
    assert response.status == 302
    assert server.connections == 4
    assert response.url == f"http://hook.example:{server.port}/again"


@pytest.mark.parametrize(
    ("status", "line", "body"),
    [
        ("307 Temporary Redirect", "POST", b"body"),
        ("308 Permanent Redirect", "POST", b"body"),
        ("303 See Other", "GET", b""),
    ],
)
async def test_a_redirect_elsewhere_takes_no_credentials_along(status: str, line: str, body: bytes) -> None:
    async with stranger(answer(), host=OUTSIDE) as second:
        location = f"http://other.example:{second.port}/there"
        async with stranger(answer(status, Location=location), host=OUTSIDE) as first:
            await client(redirect_limit=1).request(
                "POST",
                f"http://hook.example:{first.port}/",
                content=b"body",
                headers={
                    "Authorization": "Bearer secret",
                    "Cookie": "a=b",
                    "Content-Type": "text/plain",
                    "X-Kept": "1",
                },
            )
    [received] = second.received
    assert received.line == f"{line} /there HTTP/1.1"
    assert received.body == body
    assert ("content-type" in received.headers) == bool(body)
    assert not {"authorization", "cookie"} & received.headers.keys()
    assert received.headers["x-kept"] == "1"
    assert first.received[0].headers["authorization"] == "bearer secret"


async def test_a_cookie_of_one_call_is_not_sent_in_the_next() -> None:
    async with stranger(answer(Set_Cookie="session=1; Path=/"), host=OUTSIDE) as server:
        http = client()
        for _ in range(2):
            await http.request("GET", f"http://hook.example:{server.port}/")
    assert "cookie" not in server.received[1].headers
    assert server.connections == 2


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stranger(answer(), host=INSIDE) as proxy, stranger(answer(body=b"direct"), host=OUTSIDE) as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://{INSIDE}:{proxy.port}")
        response = await client().request("GET", f"http://hook.example:{server.port}/")
    assert response.body == b"direct"
    assert proxy.connections == 0


async def test_tls_is_made_with_the_name_and_not_with_the_address(authority: Authority) -> None:
    async with stranger(answer(body=b"safe"), host=OUTSIDE, tls=authority.serving) as server:
        http = client(context=authority.trusting)
        response = await http.request("GET", f"https://hook.example:{server.port}/")
        assert response.body == b"safe"
        with pytest.raises(OutboundFailed) as failure:
            await http.request("GET", f"https://other.example:{server.port}/")
    assert failure.value.reason is Reason.TLS
    assert failure.value.facts == {"reason": "tls", "host": "other.example"}


async def test_a_certificate_that_nobody_vouches_for_is_refused(authority: Authority) -> None:
    async with stranger(answer(), host=OUTSIDE, tls=authority.serving) as server:
        with pytest.raises(OutboundFailed) as failure:
            await client().request("GET", f"https://hook.example:{server.port}/")
    assert failure.value.reason is Reason.TLS
    assert server.received == []


async def test_a_host_that_is_not_listed_is_neither_looked_up_nor_called() -> None:
    names = Names([OUTSIDE])
    async with stranger(answer(), host=OUTSIDE) as server:
        http = client(names, allowed_hosts=("*.example",))
        assert (await http.request("GET", f"http://hook.example:{server.port}/")).status == 200
        with pytest.raises(AddressRefused):
            await http.request("GET", f"http://hook.elsewhere:{server.port}/")
    assert server.connections == 1
    assert [host for host, _ in names.asked] == ["hook.example"]


async def test_a_redirect_to_a_host_that_is_not_listed_is_refused() -> None:
    async with (
        stranger(answer(), host=OUTSIDE) as other,
        stranger(answer("302 Found", Location=f"http://hook.elsewhere:{other.port}/"), host=OUTSIDE) as first,
    ):
        with pytest.raises(AddressRefused):
            await client(allowed_hosts=("hook.example",), redirect_limit=1).request(
                "GET", f"http://hook.example:{first.port}/"
            )
    assert (first.connections, other.connections) == (1, 0)


async def test_the_next_checked_address_is_called_where_nobody_listens_at_the_first() -> None:
    allowed = (ip_network("127.0.0.2/31"),)
    async with stranger(answer(body=b"third"), host="127.0.0.3") as server:
        http = client(Names([OUTSIDE, "127.0.0.3"]), allowed_networks=allowed)
        response = await http.request("POST", f"http://hook.example:{server.port}/", content=b"once")
    assert response.body == b"third"
    assert [received.body for received in server.received] == [b"once"]


async def test_a_request_that_was_sent_is_not_sent_to_another_address() -> None:
    async def hang_up(request: Received, writer: asyncio.StreamWriter) -> None:
        writer.close()

    allowed = (ip_network("127.0.0.2/31"),)
    async with (
        stranger(hang_up, host=OUTSIDE) as first,
        stranger(answer(), host="127.0.0.3", port=first.port) as second,
    ):
        http = client(Names([OUTSIDE, "127.0.0.3"]), allowed_networks=allowed)
        with pytest.raises(OutboundFailed) as failure:
            await http.request("POST", f"http://hook.example:{first.port}/")
    assert failure.value.reason is Reason.PROTOCOL
    assert second.connections == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "1\r\nX-B: 2"},
        {"X-A": "1\nX-B: 2"},
        {"X-A": "1\x00"},
        {"X-A": "ü"},
        {"X-A\r\nX-B": "1"},
        {"X A": "1"},
        {"": "1"},
        {"Host": "elsewhere.example"},
        {"content-length": "0"},
        {"Transfer-Encoding": "chunked"},
    ],
)
async def test_headers_that_would_change_the_request_are_refused(headers: dict[str, str]) -> None:
    async with stranger(answer(), host=OUTSIDE) as server:
        with pytest.raises(Invalid):
            await client().request("POST", f"http://hook.example:{server.port}/", headers=headers)
        with pytest.raises(Invalid):
            await client().request("GET / HTTP/1.1\r\nX:", f"http://hook.example:{server.port}/")
    assert server.connections == 0


async def test_ports_can_be_limited() -> None:
    async with stranger(answer(), host=OUTSIDE) as server:
        url = f"http://hook.example:{server.port}/"
        with pytest.raises(AddressRefused):
            await client(allowed_ports=frozenset({443})).request("GET", url)
        assert server.connections == 0
        assert (await client(allowed_ports=frozenset({server.port})).request("GET", url)).status == 200
