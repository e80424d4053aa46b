"""Downloads by link: whoever has a link that is still good may fetch what it is for."""

from uuid import UUID

from dishka import AsyncContainer
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from colonnade.application.workspaces.export import ExportId
from colonnade.infrastructure.storage import ObjectStorage
from colonnade.infrastructure.workspaces.export_archive import LINK_PATH, archive_key
from colonnade.security.links import SignedLinks


def download_routes(container: AsyncContainer) -> tuple[Route, ...]:
    """Return the routes of all downloads."""

    async def export(request: Request) -> Response:
        storage, links = await container.get(ObjectStorage), await container.get(SignedLinks)
        key = archive_key(ExportId(UUID(links.read(request.path_params["token"]))))
        stream = await storage.open(key)
        headers = {
            "content-disposition": 'attachment; filename="workspace-export.zip"',
            "content-length": str(stream.info.size_bytes),
            "cache-control": "private, no-store",
        }
        return StreamingResponse(stream, headers=headers, media_type="application/zip")

    return (Route(LINK_PATH + "{token}", export),)
