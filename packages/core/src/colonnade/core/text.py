"""Text as people compare it."""

import unicodedata


def fold(text: str) -> str:
    """Return `text` in the form in which two spellings that people hold for equal are equal.

    Compatibility normalisation and full case folding (Unicode 15, section 3.13, D145). The same function folds what is
    stored and what is searched for, so that every engine gives the same answer.
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
