"""`mail`."""

import click

from colonnade.infrastructure.config import Layers

_KINDS = (
    "assigned",
    "status_changed",
    "added_to_workspace",
    "due_soon",
    "overdue",
    "process_finished",
    "webhook_disabled",
    "digest",
)


@click.group()
def mail() -> None:
    """Look at the mails that the service sends."""


@mail.command("preview")
@click.argument("kind", type=click.Choice(_KINDS))
@click.option("--html", is_flag=True, help="The HTML part instead of the text.")
@click.pass_obj
def preview_mail(layers: Layers, kind: str, html: bool) -> None:
    """Print a mail with made-up contents: `mail preview digest --html > digest.html`."""
    from colonnade.domain.notifications import Kind
    from colonnade.infrastructure.notifications.previews import preview
    from colonnade.server.commands.settings import settings_of

    rendered = preview(None if kind == "digest" else Kind(kind), settings_of(layers).public_url)
    if html:
        click.echo(rendered.html)
    else:
        click.echo(f"Subject: {rendered.subject}\n\n{rendered.text}")
