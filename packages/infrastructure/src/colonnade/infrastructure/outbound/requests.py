"""What is sent and what comes back."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from httpx2 import URL, InvalidURL

from colonnade.core import Invalid
from colonnade.infrastructure.outbound.errors import AddressRefused

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
_VALUE = re.compile(r"[\t -~]*")
_OURS = {
    "accept-encoding",
    "connection",
    "content-length",
    "host",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
}
_CREDENTIALS = {"authorization", "cookie", "proxy-authorization"}
_REDIRECTS = {301, 302, 303, 307, 308}
_KEEPS_METHOD = {307, 308}


class OutboundRequest(NamedTuple):
    """One request.

    Attributes:
        method: The HTTP method, in capitals.
        url: Where to.
        headers: Fields of ours; those that HTTP itself needs are added when it is sent.
        content: The body.
    """

    method: str
    url: URL | str
    headers: Mapping[str, str]
    content: bytes

    def checked(self) -> "OutboundRequest":
        """Return the request if its head can be sent as it is.

        Raises:
            Invalid: A field would end the line it stands on, or is not the caller's to set.
        """
        if not _NAME.fullmatch(self.method):
            raise Invalid("is not an HTTP method", field="method")
        for name, value in self.headers.items():
            if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
                raise Invalid("must be one line of ASCII", field="headers")
            if name.lower() in _OURS:
                raise Invalid(f"must not set {name}", field="headers")
        return self

    def redirected(self, origin: URL, status: int, location: str | None) -> "OutboundRequest | None":
        """Return the request that an answer asks for (RFC 9110, section 15.4); none if it asks for none.

        Another origin gets no credentials. As in browsers, a 301, 302 or 303 is followed by GET.

        Args:
            origin: The URL that gave the answer.
            status: Its status.
            location: Its `Location` field.

        Raises:
            AddressRefused: The location is no URL.
        """
        if status not in _REDIRECTS or location is None:
            return None
        try:
            url = origin.join(location)
        except InvalidURL as error:
            raise AddressRefused("redirects to what is not a URL", host=origin.host) from error
        headers = self.headers
        if (url.scheme, url.netloc) != (origin.scheme, origin.netloc):
            headers = {name: value for name, value in headers.items() if name.lower() not in _CREDENTIALS}
        if status in _KEEPS_METHOD or self.method in {"GET", "HEAD"}:
            return OutboundRequest(self.method, url, headers, self.content)
        headers = {name: value for name, value in headers.items() if not name.lower().startswith("content-")}
        return OutboundRequest("GET", url, headers, b"")


class OutboundResponse(NamedTuple):
    """An answer of the other side, whatever its status.

    Attributes:
        status: The HTTP status.
        headers: The fields by lower-case name; several of one name are joined with commas.
        body: The first bytes of the body as they were sent, not decoded.
        truncated: Whether there was more of the body than is kept.
        seconds: How long it took, look-up and redirects included.
        url: Who answered, after redirects.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    truncated: bool
    seconds: float
    url: str

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the class of success (RFC 9110, section 15.3)
