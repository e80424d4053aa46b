"""The refusal of a password, whichever check it does not pass."""

from colonnade.core import Invalid


class InvalidPassword(Invalid):
    """The password is not to be had: guessed too soon (`score`, `warning`, `suggestions`), or stolen (`seen`)."""

    code = "invalid_password"
