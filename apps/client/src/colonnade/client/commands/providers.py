"""`account providers`, `account link` and `account unlink`: signing in through identity providers."""

from collections.abc import Iterable, Iterator

import click

from colonnade.application.identity.federation import (
    LinkedProviderView,
    ListLinkedProviders,
    ListProviders,
    ProviderView,
    UnlinkProvider,
)
from colonnade.client.browser import open_option, opens_browser
from colonnade.client.choosing import json_option
from colonnade.client.connection import Connection, run
from colonnade.client.moments import shown
from colonnade.client.output import print_json, print_table
from colonnade.client.provider_sign_in import link_at_provider
from colonnade.client.short_ids import short
from colonnade.core import NotFound


@click.command()
@json_option
def providers(as_json: bool) -> None:
    """List the identity providers of the server, with your accounts there that are linked."""

    async def work(connection: Connection) -> None:
        known = (await connection.bus.send(ListProviders())).items
        linked = (await connection.bus.send(ListLinkedProviders())).items
        if as_json:
            print_json({"providers": _documents(known), "linked": _documents(linked)})
        else:
            print_table(("Name", "Title", "Id", "Linked"), _rows(known, linked))

    run(work)


@click.command()
@click.argument("name")
@open_option
def link(name: str, opens: bool | None) -> None:
    """Link your account at the identity provider NAME, to sign in with it from then on."""

    async def work(connection: Connection) -> LinkedProviderView:
        return await link_at_provider(connection, name, opens=opens_browser(opens))

    click.echo(f"You can sign in with it from now on: colonnade login --provider {run(work).provider}")


@click.command()
@click.argument("linked", metavar="ID")
def unlink(linked: str) -> None:
    """Sign in no more with the linked account ID (as `account providers` lists it); not with your last way to."""

    async def work(connection: Connection) -> str:
        found = await _chosen(connection, linked)
        await connection.bus.send(UnlinkProvider(link_id=found.id))
        return found.provider

    click.echo(f"Your account at {run(work)} signs you in no more.")


def _rows(known: Iterable[ProviderView], linked: Iterable[LinkedProviderView]) -> Iterator[tuple[str | None, ...]]:
    """Yield each provider with each account there, then the accounts at providers that the server has no more."""
    titles = {each.name: each.title for each in known}
    links: dict[str, list[LinkedProviderView]] = {name: [] for name in titles}
    for each in linked:
        links.setdefault(each.provider, []).append(each)
    for name, theirs in links.items():
        title = titles.get(name, "not there any more")
        yield from ((name, title, short(each.id), shown(each.linked_at)) for each in theirs)
        if not theirs:
            yield name, title, "", ""


def _documents(views: Iterable[ProviderView | LinkedProviderView]) -> list[dict[str, object]]:
    return [view.model_dump(mode="json") for view in views]


async def _chosen(connection: Connection, said: str) -> LinkedProviderView:
    for each in (await connection.bus.send(ListLinkedProviders())).items:
        if said.lower() in {short(each.id), str(each.id)}:
            return each
    raise NotFound(f"you have linked no account '{said}': 'colonnade account providers' shows them")


PROVIDER_COMMANDS = (providers, link, unlink)
"""What belongs to `account`."""
