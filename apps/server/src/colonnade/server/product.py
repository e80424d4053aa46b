"""All that the product consists of: who answers messages, who hears of events, what runs by the clock and in steps."""

from itertools import chain

from colonnade.application.identity import accounts, ending, operators, sign_in
from colonnade.application.integrations import (
    WebhookEvents,
    attempts,
    management,
    resending,
    retention,
    webhook_subscriptions,
)
from colonnade.application.notifications import (
    due,
    inbox,
    preferences,
    reactions,
    sending,
    telling,
    unsubscribing,
)
from colonnade.application.notifications import settings as personal_settings
from colonnade.application.processes import handlers as process_handlers
from colonnade.application.processes import process_subscriptions
from colonnade.application.projects import handing_over as project_handing_over
from colonnade.application.projects import lifecycle as project_lifecycle
from colonnade.application.projects.published import publications as project_publications
from colonnade.application.publishing import relay_subscription
from colonnade.application.subscriptions import SubscriptionCatalogue
from colonnade.application.tasks import changes, importing
from colonnade.application.tasks import handing_over as task_handing_over
from colonnade.application.tasks import lifecycle as task_lifecycle
from colonnade.application.tasks.published import publications as task_publications
from colonnade.application.workspaces import export, members, membership, offboarding
from colonnade.application.workspaces import lifecycle as workspace_lifecycle
from colonnade.application.workspaces.export import EXPORT
from colonnade.application.workspaces.offboarding import OFFBOARDING
from colonnade.application.workspaces.published import publications as workspace_publications
from colonnade.infrastructure.collaboration import activity
from colonnade.infrastructure.identity import queries as identity_queries
from colonnade.infrastructure.integrations import errands as webhook_errands
from colonnade.infrastructure.integrations import queries as webhook_queries
from colonnade.infrastructure.notifications import queries as notification_queries
from colonnade.infrastructure.operations import HANDLERS as OPERATION_HANDLERS
from colonnade.infrastructure.projects import queries as project_queries
from colonnade.infrastructure.tasks import queries as task_queries
from colonnade.infrastructure.workspaces import processes as workspace_processes
from colonnade.infrastructure.workspaces import queries as workspace_queries

HANDLERS = (
    *(
        module.handlers
        for module in (
            accounts,
            sign_in,
            ending,
            operators,
            identity_queries,
            workspace_lifecycle,
            members,
            membership,
            offboarding,
            export,
            workspace_queries,
            workspace_processes,
            project_lifecycle,
            project_handing_over,
            project_queries,
            task_lifecycle,
            changes,
            importing,
            task_handing_over,
            task_queries,
            activity,
            due,
            inbox,
            preferences,
            sending,
            personal_settings,
            telling,
            unsubscribing,
            notification_queries,
            management,
            resending,
            attempts,
            retention,
            webhook_errands,
            webhook_queries,
        )
    ),
    process_handlers,
    *OPERATION_HANDLERS,
)
"""Every handler."""

PROCESSES = (EXPORT, OFFBOARDING)
"""Every process."""

PUBLICATIONS = (workspace_publications, project_publications, task_publications)
"""Everything that is published of domain events."""

WEBHOOK_EVENTS = WebhookEvents(PUBLICATIONS)
"""What webhook endpoints can be told of."""

SUBSCRIPTIONS = SubscriptionCatalogue(
    chain(
        activity.subscriptions,
        reactions.subscriptions,
        process_subscriptions(PROCESSES),
        relay_subscription(PUBLICATIONS),
        webhook_subscriptions(WEBHOOK_EVENTS),
    )
)
"""Every subscription."""

SCHEDULES = tuple(chain(due.schedules, retention.schedules))
"""Everything that runs by the clock."""
