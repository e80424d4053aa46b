"""Accounts and sign-in."""

from colonnade.core.extras import require_extra

require_extra("colonnade-application", "work", "colonnade.domain")

from colonnade.application.identity.accounts import Register, WhoAmI
from colonnade.application.identity.sessions import (
    ListSessions,
    RevokeSession,
    SessionView,
    SignOut,
    SignOutEverywhere,
)
from colonnade.application.identity.sign_in import ProveIdentity, Refresh, SignIn
from colonnade.application.identity.views import TokenPair, UserView

__all__ = [
    "ListSessions",
    "ProveIdentity",
    "Refresh",
    "Register",
    "RevokeSession",
    "SessionView",
    "SignIn",
    "SignOut",
    "SignOutEverywhere",
    "TokenPair",
    "UserView",
    "WhoAmI",
]
