"""What is kept of a failure, for the operators who read it."""

import traceback

from colonnade.core import ColonnadeError
from colonnade.core.masking import mask_addresses

_LONGEST_TRACE = 2_000


def code_of(error: BaseException) -> str:
    """Return the stable name of an error."""
    return error.code if isinstance(error, ColonnadeError) else type(error).__name__


def text_of(error: BaseException) -> str:
    """Return what an operator should read of an error: a sentence, or where the code broke; fit for any database.

    Mail servers repeat whom a mail is for. Nothing seals what is kept of a failure, so addresses in it are masked.
    """
    if isinstance(error, ColonnadeError):
        return _storable(error.message)
    return _storable("".join(traceback.format_exception(error))[-_LONGEST_TRACE:])


def _storable(text: str) -> str:
    """Mask addresses, and replace what no database keeps in a text: NUL, and halves of surrogate pairs."""
    return mask_addresses(text).replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
