"""All that the product consists of: who answers messages, who hears of events, what runs by the clock and in steps."""

from itertools import chain

from colonnade.application.audit import alert_subscription, chain_subscription
from colonnade.application.audit import upkeep as audit_upkeep
from colonnade.application.identity import (
    account_mails,
    accounts,
    device_flow,
    email_change,
    ending,
    erasure,
    federation,
    federation_arrivals,
    marks,
    notices,
    operators,
    passkey_sign_in,
    passkeys,
    password_change,
    personal_data,
    personal_tokens,
    reset,
    second_factor,
    sessions,
    sign_in,
    verification,
)
from colonnade.application.identity.personal_data import PERSONAL_DATA
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
    unsubscribing,
)
from colonnade.application.notifications import settings as personal_settings
from colonnade.application.processes import handlers as process_handlers
from colonnade.application.processes import process_subscriptions
from colonnade.application.projects import handing_over as project_handing_over
from colonnade.application.projects import lifecycle as project_lifecycle
from colonnade.application.projects import sharing
from colonnade.application.projects.published import publications as project_publications
from colonnade.application.publishing import relay_subscription
from colonnade.application.subscriptions import SubscriptionCatalogue
from colonnade.application.tasks import changes, importing
from colonnade.application.tasks import handing_over as task_handing_over
from colonnade.application.tasks import lifecycle as task_lifecycle
from colonnade.application.tasks.published import publications as task_publications
from colonnade.application.workspaces import export, members, membership, offboarding, roles
from colonnade.application.workspaces import lifecycle as workspace_lifecycle
from colonnade.application.workspaces.export import EXPORT
from colonnade.application.workspaces.offboarding import OFFBOARDING
from colonnade.application.workspaces.published import publications as workspace_publications
from colonnade.infrastructure.audit import queries as audit_queries
from colonnade.infrastructure.collaboration import activity
from colonnade.infrastructure.identity import device_grants, external_store, passkey_store, second_factors
from colonnade.infrastructure.identity import personal_tokens as personal_token_store
from colonnade.infrastructure.identity import queries as identity_queries
from colonnade.infrastructure.integrations import errands as webhook_errands
from colonnade.infrastructure.integrations import queries as webhook_queries
from colonnade.infrastructure.notifications import queries as notification_queries
from colonnade.infrastructure.operations import HANDLERS as OPERATION_HANDLERS
from colonnade.infrastructure.projects import queries as project_queries
from colonnade.infrastructure.tasks import queries as task_queries
from colonnade.infrastructure.work import EVENT_TYPES
from colonnade.infrastructure.workspaces import processes as workspace_processes
from colonnade.infrastructure.workspaces import queries as workspace_queries

HANDLERS = (
    *(
        module.handlers
        for module in (
            federation,
            federation_arrivals,
            marks,
            passkeys,
            passkey_sign_in,
            external_store,
            passkey_store,
            account_mails,
            accounts,
            verification,
            reset,
            password_change,
            email_change,
            second_factor,
            second_factors,
            sign_in,
            sessions,
            device_flow,
            device_grants,
            personal_tokens,
            personal_token_store,
            ending,
            operators,
            identity_queries,
            erasure,
            personal_data,
            workspace_lifecycle,
            members,
            membership,
            offboarding,
            export,
            roles,
            workspace_queries,
            workspace_processes,
            project_lifecycle,
            project_handing_over,
            sharing,
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
            unsubscribing,
            notification_queries,
            management,
            resending,
            attempts,
            retention,
            webhook_errands,
            webhook_queries,
            audit_upkeep,
            audit_queries,
        )
    ),
    process_handlers,
    *OPERATION_HANDLERS,
)
"""Every handler."""

PROCESSES = (EXPORT, OFFBOARDING, PERSONAL_DATA)
"""Every process."""

PUBLICATIONS = (workspace_publications, project_publications, task_publications)
"""Everything that is published of domain events."""

WEBHOOK_EVENTS = WebhookEvents(PUBLICATIONS)
"""What webhook endpoints can be told of."""

SUBSCRIPTIONS = SubscriptionCatalogue(
    chain(
        activity.subscriptions,
        sharing.subscriptions,
        notices.subscriptions,
        reactions.subscriptions,
        process_subscriptions(PROCESSES),
        relay_subscription(PUBLICATIONS),
        webhook_subscriptions(WEBHOOK_EVENTS),
        chain_subscription(EVENT_TYPES),
        alert_subscription(),
    )
)
"""Every subscription."""

SCHEDULES = tuple(chain(marks.schedules, due.schedules, retention.schedules, audit_upkeep.schedules))
"""Everything that runs by the clock."""
