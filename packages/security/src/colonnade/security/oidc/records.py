"""What is set of a provider, what is kept while somebody is there, and whom it says they are."""

from dataclasses import dataclass, field
from datetime import datetime

from colonnade.core import Invalid

ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"},
)
"""Signatures that can be trusted: of key pairs. A shared secret proves nothing, and `none` is no signature.

What was called `EdDSA` is `Ed25519` now (RFC 9864): a name of two algorithms is no name.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """A provider, and who we are to it.

    Attributes:
        issuer: Its URL, exactly as it calls itself.
        client_id: Whom it knows us as.
        client_secret: What it gave us; none for a client that cannot keep one.
        scopes: What to ask for; `openid` is needed.
        algorithms: Signatures of ID tokens that are good.
        acr_values: Ways to sign in there that are good (OpenID Connect Core, section 2), the best first; none for any.
        leeway_seconds: How far two machines' clocks may be apart.
        cache_seconds: How long its metadata and keys are remembered.
        key_pause_seconds: How long to wait at least before keys are read again because of an unknown one.

    Raises:
        Invalid: `openid` is missing, or an algorithm is not to be trusted.
    """

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    algorithms: frozenset[str] = frozenset({"RS256", "ES256", "Ed25519"})
    acr_values: tuple[str, ...] = ()
    leeway_seconds: int = 60
    cache_seconds: int = 3600
    key_pause_seconds: int = 60

    def __post_init__(self) -> None:
        """Check what can be checked now."""
        if "openid" not in self.scopes:
            raise Invalid("must ask for openid", field="scopes")
        if not self.algorithms or not self.algorithms <= ALGORITHMS:
            raise Invalid(f"must be some of {', '.join(sorted(ALGORITHMS))}", field="algorithms")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """What must be kept, secretly and in the browser that began, until the provider sends it back; good once.

    Attributes:
        issuer: Which provider it was sent to.
        redirect_uri: Where it is sent back.
        state: Ties the answer to the browser (RFC 6749, section 10.12).
        nonce: Ties the ID token to the request (OpenID Connect Core, section 3.1.2.1).
        verifier: Ties the code to the request (RFC 7636).
    """

    issuer: str
    redirect_uri: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalPerson:
    """Whom a provider says somebody is. Only `issuer` and `subject` together say who: an address may be anybody's.

    Attributes:
        issuer: Who says so.
        subject: The person's name there, which never changes.
        email: An address of theirs, if it was told.
        email_verified: Whether the provider says that it is theirs.
        name: What they are called, if it was told.
        signed_in_at: When they proved to the provider who they are (`auth_time`), if it was told.
        methods: How (`amr`, RFC 8176), as far as it was told.
    """

    issuer: str
    subject: str
    email: str | None
    email_verified: bool
    name: str | None
    signed_in_at: datetime | None = None
    methods: tuple[str, ...] = ()
