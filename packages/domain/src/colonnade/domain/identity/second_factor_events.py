"""What happens to second factors. Secrets and codes, hashed or not, are never part of an event."""

from colonnade.core import DomainEvent, UserId


class SecondFactorSetUp(DomainEvent, type="identity.second_factor_set_up", version=1):
    """Somebody got the secret for an app that shows codes; it is asked for once a code of it came."""

    user_id: UserId


class SecondFactorTurnedOn(DomainEvent, type="identity.second_factor_turned_on", version=1):
    """A code of the app came: from now on it is asked for."""

    user_id: UserId


class SecondFactorTurnedOff(DomainEvent, type="identity.second_factor_turned_off", version=1):
    """No code is asked for any more."""

    user_id: UserId


class SecondFactorUsed(DomainEvent, type="identity.second_factor_used", version=1):
    """A code of the app was used up."""

    user_id: UserId


class RecoveryCodesMade(DomainEvent, type="identity.recovery_codes_made", version=1):
    """Somebody got new recovery codes; the former ones are not good any more.

    Attributes:
        count: How many.
    """

    user_id: UserId
    count: int


class RecoveryCodeUsed(DomainEvent, type="identity.recovery_code_used", version=1):
    """A recovery code was used up.

    Attributes:
        left: How many there still are.
    """

    user_id: UserId
    left: int


SECOND_FACTOR_EVENTS = (
    SecondFactorSetUp,
    SecondFactorTurnedOn,
    SecondFactorTurnedOff,
    SecondFactorUsed,
    RecoveryCodesMade,
    RecoveryCodeUsed,
)
