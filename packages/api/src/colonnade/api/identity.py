"""The contract rows of the identity context."""

from colonnade.api.contract import Contract, Rate
from colonnade.application.identity import (
    ListSessions,
    ProveIdentity,
    Refresh,
    Register,
    RevokeSession,
    SignIn,
    SignOut,
    SignOutEverywhere,
    WhoAmI,
)
from colonnade.application.identity.accounts import RenamePerson
from colonnade.application.identity.device_flow import AskForDevice, DecideOnDevice, LookAtDevice, RedeemDevice
from colonnade.application.identity.email_change import ConfirmEmailChange, RequestEmailChange
from colonnade.application.identity.erasure import EraseAccount
from colonnade.application.identity.federation import (
    FinishLink,
    LinkProvider,
    ListLinkedProviders,
    ListProviders,
    RedeemSignIn,
    UnlinkProvider,
)
from colonnade.application.identity.operators import AppointOperator, DismissOperator, ListOperators
from colonnade.application.identity.passkey_sign_in import (
    BeginPasskeyProof,
    BeginPasskeySecondFactor,
    BeginPasskeySignIn,
    FinishPasskeyProof,
    FinishPasskeySecondFactor,
    FinishPasskeySignIn,
)
from colonnade.application.identity.passkeys import (
    BeginPasskeyRegistration,
    FinishPasskeyRegistration,
    ListPasskeys,
    RemovePasskey,
    RenamePasskey,
)
from colonnade.application.identity.password_change import ChangePassword
from colonnade.application.identity.personal_data import RequestPersonalData
from colonnade.application.identity.personal_tokens import (
    CreatePersonalToken,
    ListPersonalTokens,
    RevokePersonalToken,
)
from colonnade.application.identity.reset import RequestPasswordReset, ResetPassword
from colonnade.application.identity.second_factor import (
    ConfirmSecondFactor,
    DisableSecondFactor,
    ProveWithCode,
    RegenerateRecoveryCodes,
    SetUpSecondFactor,
    ShowSecondFactor,
    SignInWithCode,
)
from colonnade.application.identity.sessions import SignOutPerson
from colonnade.application.identity.verification import ConfirmEmail, ResendConfirmation

SIGN_IN = Rate("sign-in", per_address="30/minute", guards_secrets=True)
REFRESH = Rate("refresh", per_address="300/minute")
DEVICES = Rate("devices", per_address="300/minute", guards_secrets=True)

identity = Contract("identity", prefix="/identity")
identity.post("/users", Register, status=202, idempotency=None)
identity.post("/users/confirm", ConfirmEmail, status=204)
identity.post("/users/confirm/resend", ResendConfirmation, status=204)
identity.post("/password/forgot", RequestPasswordReset, status=204)
identity.post("/password/reset", ResetPassword, status=204)
identity.post("/password", ChangePassword, status=204)
identity.post("/email", RequestEmailChange, status=204)
identity.post("/email/confirm", ConfirmEmailChange, status=204)
identity.patch("/me", RenamePerson)
identity.post("/sessions", SignIn, status=201, idempotency=None, rate=SIGN_IN, session="opens")
identity.get("/sessions", ListSessions)
identity.post("/sessions/refresh", Refresh, idempotency=None, rate=REFRESH, session="refreshes")
identity.post("/sessions/end", SignOut, status=204, session="closes")
identity.post("/sessions/end-all", SignOutEverywhere, session="closes")
identity.post("/sessions/prove", ProveIdentity, idempotency=None, rate=SIGN_IN, session="opens")
identity.post("/sessions/prove/code", ProveWithCode, idempotency=None, rate=SIGN_IN, session="opens")
identity.post("/sessions/code", SignInWithCode, status=201, idempotency=None, rate=SIGN_IN, session="opens")
identity.get("/second-factor", ShowSecondFactor)
identity.post("/second-factor", SetUpSecondFactor, status=201, idempotency=None)
identity.post("/second-factor/confirm", ConfirmSecondFactor, idempotency=None)
identity.delete("/second-factor", DisableSecondFactor)
identity.post("/second-factor/recovery-codes", RegenerateRecoveryCodes, idempotency=None)
identity.delete("/sessions/{session_id}", RevokeSession)
identity.post("/devices", AskForDevice, status=201, idempotency=None)
identity.post("/devices/redeem", RedeemDevice, status=201, idempotency=None, rate=DEVICES)
identity.get("/devices/{user_code}", LookAtDevice)
identity.post("/devices/{user_code}", DecideOnDevice)
identity.get("/tokens", ListPersonalTokens)
identity.post("/tokens", CreatePersonalToken, status=201)
identity.delete("/tokens/{token_id}", RevokePersonalToken)
identity.get("/me", WhoAmI, etag=True)
identity.get("/passkeys", ListPasskeys)
identity.post("/passkeys/begin", BeginPasskeyRegistration, idempotency=None)
identity.post("/passkeys", FinishPasskeyRegistration, status=201, idempotency=None)
identity.patch("/passkeys/{passkey_id}", RenamePasskey)
identity.delete("/passkeys/{passkey_id}", RemovePasskey)
identity.post("/passkeys/sign-in/begin", BeginPasskeySignIn, idempotency=None, rate=SIGN_IN)
identity.post("/passkeys/sign-in", FinishPasskeySignIn, status=201, idempotency=None, rate=SIGN_IN, session="opens")
identity.post("/passkeys/second-factor/begin", BeginPasskeySecondFactor, idempotency=None, rate=SIGN_IN)
identity.post(
    "/passkeys/second-factor", FinishPasskeySecondFactor, status=201, idempotency=None, rate=SIGN_IN, session="opens"
)
identity.post("/passkeys/proof/begin", BeginPasskeyProof, idempotency=None)
identity.post("/passkeys/proof", FinishPasskeyProof, idempotency=None, rate=SIGN_IN, session="opens")
identity.get("/providers", ListProviders)
identity.get("/providers/linked", ListLinkedProviders)
identity.post("/providers/link", LinkProvider, idempotency=None)
identity.post("/providers/finish-link", FinishLink, status=201, idempotency=None)
identity.delete("/providers/linked/{link_id}", UnlinkProvider)
identity.post("/providers/redeem", RedeemSignIn, status=201, idempotency=None, rate=SIGN_IN, session="opens")
identity.post("/me/data", RequestPersonalData, status=202)
identity.post("/me/erase", EraseAccount, status=204, session="closes")
identity.get("/operators", ListOperators)
identity.post("/operators", AppointOperator, status=201)
identity.post("/operators/dismiss", DismissOperator)
identity.post("/people/sign-out", SignOutPerson)
