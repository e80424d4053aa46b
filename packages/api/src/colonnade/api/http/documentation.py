"""The OpenAPI document and the interactive docs, all from this server."""

import asyncio
from collections.abc import Callable
from functools import cache
from importlib import resources

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".png": "image/png"}
_ASSETS = ("swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png")

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: API</title>
<link rel="stylesheet" href="{path}/swagger-ui.css">
<link rel="icon" href="{path}/favicon-32x32.png">
</head>
<body>
<div id="docs"></div>
<script src="{path}/swagger-ui-bundle.js"></script>
<script src="{path}/start.js"></script>
</body>
</html>
"""

_START = """SwaggerUIBundle({{
  url: "{document}",
  dom_id: "#docs",
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
}});
"""

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def documentation_routes(
    document: Callable[[], bytes], *, title: str, document_path: str, docs_path: str
) -> list[BaseRoute]:
    """Return the routes of the OpenAPI document and of the page that shows it.

    Args:
        document: Makes the document, as JSON, when somebody first asks for it.
        title: The API's name.
        document_path: Where the document is.
        docs_path: Where the page is.
    """
    shown = _PAGE.format(title=title, path=docs_path)
    start = _START.format(document=document_path)
    made = cache(document)
    folder = resources.files("colonnade.api") / "_vendored" / "swagger_ui"

    async def show_document(request: Request) -> Response:
        return Response(await asyncio.to_thread(made), media_type="application/json")

    async def show_page(request: Request) -> Response:
        return HTMLResponse(shown, headers={"content-security-policy": _POLICY})

    async def show_start(request: Request) -> Response:
        return Response(start, media_type="text/javascript")

    async def show_asset(request: Request) -> Response:
        name = request.url.path.rsplit("/", 1)[-1]
        content = await asyncio.to_thread((folder / name).read_bytes)
        kind = _MEDIA_TYPES["." + name.rsplit(".", 1)[-1]]
        return Response(content, media_type=kind, headers={"cache-control": "public, max-age=86400"})

    return [
        Route(document_path, show_document),
        Route(docs_path, show_page),
        Route(f"{docs_path}/start.js", show_start),
        *(Route(f"{docs_path}/{name}", show_asset) for name in _ASSETS),
    ]
