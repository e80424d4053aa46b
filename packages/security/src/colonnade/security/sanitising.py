"""Rich text that people wrote, made safe to show: stored as written, cleaned on output by an allow-list (nh3, ammonia).

OWASP Cross Site Scripting Prevention: sanitise where it is shown, so that a better list also heals what is stored.
"""

from colonnade.core.extras import require_extra

require_extra("colonnade-security", "sanitising", "nh3")

import nh3

TAGS = frozenset(
    {
        "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3",
        "h4", "hr", "i", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span",
        "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
    }
)  # fmt: skip
"""Elements that are kept; of all others only the text is, and of scripts and styles not even that."""

ATTRIBUTES = {"*": {"dir", "lang", "title"}, "a": {"href"}, "ol": {"start"}, "td": {"colspan", "rowspan"}}
"""Attributes that are kept: nothing that runs, loads, positions or names anything."""

SCHEMES = frozenset({"http", "https", "mailto"})
"""Where links may lead."""

_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags={"script", "style", "template", "noscript", "iframe", "textarea", "title"},
    attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
    strip_comments=True,
    link_rel="noopener nofollow ugc",
    url_schemes=set(SCHEMES),
)


def sanitise(html: str) -> str:
    """Return HTML with nothing in it that runs, loads or submits; to clean it twice changes nothing.

    Images are left out, since loading one tells its sender who reads. A link says that we do not vouch for it.
    """
    return _CLEANER.clean(html)
