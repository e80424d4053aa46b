"""What is signed: the id, the time of the attempt and the body, joined by full stops; and the headers' names."""

import re

ID_HEADER = "webhook-id"
TIMESTAMP_HEADER = "webhook-timestamp"
SIGNATURE_HEADER = "webhook-signature"

_ID = re.compile(r"[!-\-/-~]{1,256}")


def is_webhook_id(text: str) -> bool:
    """Tell whether this is an id: 1 to 256 visible ASCII characters and no full stop.

    A full stop would let the end of an id pass for the timestamp, and the timestamp for the body's beginning.
    """
    return _ID.fullmatch(text) is not None


def signed_content(webhook_id: str, timestamp: str, body: bytes) -> bytes:
    """Return the bytes that are signed; the timestamp is as in its header, whole seconds since 1970."""
    return b".".join((webhook_id.encode(), timestamp.encode(), body))
