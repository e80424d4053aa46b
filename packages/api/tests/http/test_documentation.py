"""The docs come from this server, whole."""

import json
import re

import httpx2

from colonnade.api.http import create_application
from colonnade.api.http.documentation import documentation_routes

from ..library import CONTRACT, Service, talking_to


async def test_the_docs_need_nothing_from_elsewhere(service: Service) -> None:
    """Every script and style that the page names is served here, and the policy forbids any other."""
    routes = documentation_routes(
        lambda: b'{"openapi": "3.1.0"}', title="Library", document_path="/api.json", docs_path="/docs"
    )
    application = create_application(CONTRACT, service.bus, service.porter, routes=routes)
    async with talking_to(application, token=None) as client:
        page = await client.get("http://library/docs")
        assert page.headers["content-type"].startswith("text/html")
        assert "<title>Library: API</title>" in page.text
        assert "script-src 'self';" in page.headers["content-security-policy"]
        assets = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert len(assets) == 4
        for asset in assets:
            answer = await client.get(f"http://library{asset}")
            assert answer.status_code == 200
            assert answer.content
        assert '"/api.json"' in (await client.get("http://library/docs/start.js")).text
        assert (await client.get("http://library/api.json")).json() == json.loads('{"openapi": "3.1.0"}')


async def test_nothing_else_of_the_folder_is_served(service: Service) -> None:
    """Only what the page needs."""
    routes = documentation_routes(lambda: b"{}", title="Library", document_path="/api.json", docs_path="/docs")
    application = create_application(CONTRACT, service.bus, service.porter, routes=routes)
    async with talking_to(application, token=None) as client:
        for name in ("LICENSE", "..%2f..%2fpy.typed", "index.html"):
            assert (await client.get(f"http://library/docs/{name}")).status_code == 404


async def test_another_method_is_a_problem_like_everywhere(service: Service) -> None:
    """Pages beside the contract answer wrong requests as the contract does."""
    routes = documentation_routes(lambda: b"{}", title="Library", document_path="/api.json", docs_path="/docs")
    application = create_application(CONTRACT, service.bus, service.porter, routes=routes)
    async with talking_to(application, token=None) as client:
        answer: httpx2.Response = await client.post("http://library/docs")
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"
    assert "GET" in answer.headers["allow"]


async def test_the_document_is_made_once_and_not_before_somebody_asks(service: Service) -> None:
    """It takes as long as all else of a start."""
    made: list[str] = []

    def make() -> bytes:
        made.append("document")
        return b"{}"

    routes = documentation_routes(make, title="Library", document_path="/api.json", docs_path="/docs")
    application = create_application(CONTRACT, service.bus, service.porter, routes=routes)
    assert made == []
    async with talking_to(application, token=None) as client:
        for _ in range(2):
            assert (await client.get("http://library/api.json")).json() == {}
    assert made == ["document"]
