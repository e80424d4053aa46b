"""The server's own pages for people, who need nothing but a browser."""

from colonnade.server.pages.routes import page_routes

__all__ = ["page_routes"]
