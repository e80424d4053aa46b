"""Conditional requests (RFC 9110, section 13): versions as entity tags."""

import re

from colonnade.api.problems import HttpError, PreconditionRequired
from colonnade.core.errors import StaleVersion

_TAG = re.compile(rb'(W/)?"([^"]*)"')


def expected_version(header: bytes | None, *, required: bool) -> int | None:
    """Return the version that an `If-Match` header names; none for `*`, which any version satisfies.

    Raises:
        PreconditionRequired: There is no header, and the operation wants one.
        StaleVersion: No present version can match, since the tag is not one of ours.
        HttpError: The header cannot be read, or names several versions.
    """
    if header is None:
        if required:
            raise PreconditionRequired("send the ETag that you last saw as If-Match")
        return None
    if header.strip() == b"*":
        return None
    found = _TAG.fullmatch(header.strip())
    if found is None:
        raise HttpError('the If-Match header must hold one entity tag, such as "3"', field="If-Match")
    weak, tag = found.groups()
    if weak or not tag.isdigit() or len(tag) > 18:  # noqa: PLR2004 - more digits than a version has
        raise StaleVersion("somebody changed this since you read it: read it again and repeat your change")
    return int(tag)


def tag_of(version: int) -> bytes:
    """Return the entity tag of a version."""
    return b'"%d"' % version


def is_known(header: bytes | None, tag: bytes) -> bool:
    """Tell whether an `If-None-Match` header names a tag (weak comparison)."""
    if header is None:
        return False
    return header.strip() == b"*" or any(b'"' + known + b'"' == tag for _, known in _TAG.findall(header))
