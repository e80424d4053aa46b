"""Accounts and sign-in."""

from colonnade.core.extras import require_extra

require_extra("colonnade-application", "work", "colonnade.domain")

from colonnade.application.identity.accounts import Register, WhoAmI
from colonnade.application.identity.sign_in import Refresh, SignIn, SignOut
from colonnade.application.identity.views import TokenPair, UserView

__all__ = ["Refresh", "Register", "SignIn", "SignOut", "TokenPair", "UserView", "WhoAmI"]
