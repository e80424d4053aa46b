"""Lists of which a person wants the beginning."""

from typing import TypeVar

import click

from colonnade.application.messaging import Query
from colonnade.client.connection import Connection
from colonnade.core import Page

LARGEST_PAGE = 200

limit_option = click.option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, help="How many to show at most."
)

Item = TypeVar("Item")


async def beginning(connection: Connection, query: Query[Page[Item]], limit: int) -> Page[Item]:
    """Return the first things of a list, of as many pages as it takes.

    Args:
        connection: Where to ask.
        query: The question, which has a `limit` and a `cursor`.
        limit: How many things at most.
    """
    found: tuple[Item, ...] = ()
    following = None
    while True:
        wanted = {"limit": min(limit - len(found), LARGEST_PAGE), "cursor": following}
        page = await connection.bus.send(query.model_copy(update=wanted))
        found, following = (*found, *page.items), page.next
        if following is None or len(found) >= limit:
            return Page(items=found, next=following)


def tell_of_rest(page: Page[Item]) -> None:
    """Say beside the table that there is more, if there is."""
    if page.next is not None:
        click.echo(f"The first {len(page.items)}; --limit shows more.", err=True)
