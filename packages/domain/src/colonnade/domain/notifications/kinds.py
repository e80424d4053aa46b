"""What people are told of, by which way, and what is usual unless they say otherwise."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """What somebody is told of."""

    ASSIGNED = "assigned"
    STATUS_CHANGED = "status_changed"
    ADDED_TO_WORKSPACE = "added_to_workspace"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    PROCESS_FINISHED = "process_finished"
    WEBHOOK_DISABLED = "webhook_disabled"


class Channel(StrEnum):
    """The way by which somebody is told."""

    IN_APP = "in_app"
    MAIL = "mail"
    SMS = "sms"
    CHAT = "chat"


class Timing(StrEnum):
    """Whether somebody is told, and how soon."""

    OFF = "off"
    AT_ONCE = "at_once"
    DIGEST = "digest"


OUTSIDE = (Channel.MAIL, Channel.SMS, Channel.CHAT)
"""The channels that reach people where they are not looking."""

FOLDED = frozenset({Kind.STATUS_CHANGED})
"""Kinds that come in bursts: what is told about one thing within a short time goes out together."""

_MAIL = {
    Kind.STATUS_CHANGED: Timing.AT_ONCE,
    Kind.ASSIGNED: Timing.AT_ONCE,
    Kind.ADDED_TO_WORKSPACE: Timing.AT_ONCE,
    Kind.DUE_SOON: Timing.DIGEST,
    Kind.OVERDUE: Timing.AT_ONCE,
    Kind.PROCESS_FINISHED: Timing.AT_ONCE,
    Kind.WEBHOOK_DISABLED: Timing.AT_ONCE,
}

USUAL: Mapping[tuple[Kind, Channel], Timing] = MappingProxyType(
    {
        (kind, channel): {Channel.IN_APP: Timing.AT_ONCE, Channel.MAIL: _MAIL[kind]}.get(channel, Timing.OFF)
        for kind in Kind
        for channel in Channel
    }
)
"""What holds for somebody who has chosen nothing."""
