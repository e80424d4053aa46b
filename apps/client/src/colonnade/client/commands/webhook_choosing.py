"""Which webhook or delivery somebody means."""

from colonnade.application.integrations import DeliveryId, ListDeliveries, ListWebhooks, WebhookView
from colonnade.application.messaging import items
from colonnade.application.workspaces import WorkspaceView
from colonnade.client.connection import Connection
from colonnade.client.lists import LARGEST_PAGE
from colonnade.client.short_ids import named_by, short, whole_id
from colonnade.core import Invalid, NotFound


async def chosen_webhook(connection: Connection, workspace: WorkspaceView, said: str) -> WebhookView:
    """Return the webhook with an address or an id.

    Raises:
        NotFound: There is none.
        Invalid: There are several with this address.
    """
    page = await connection.bus.send(ListWebhooks(workspace_id=workspace.id))
    found = [each for each in page.items if said in {each.url, str(each.id), short(each.id)}]
    if len(found) > 1:
        raise Invalid(
            f"several webhooks go to {said}: name one by its id, {' or '.join(short(each.id) for each in found)}"
        )
    if not found:
        raise NotFound(f"{workspace.name} has no webhook '{said}': 'colonnade webhooks list' shows them")
    return found[0]


async def chosen_delivery(connection: Connection, workspace: WorkspaceView, said: str) -> DeliveryId:
    """Return the delivery with an id.

    Raises:
        NotFound: There is none.
    """
    whole = whole_id(said)
    if whole is not None:
        return DeliveryId(whole)
    everything = ListDeliveries(workspace_id=workspace.id, limit=LARGEST_PAGE)
    return (await named_by(said, items(connection.bus, everything), "delivery")).id
