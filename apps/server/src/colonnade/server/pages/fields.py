"""What forms are made of, as HTML in which every value is escaped."""

from collections.abc import Iterable, Mapping
from html import escape

_FIELD = (
    '<p><label>{label} <input name="{name}" type="{kind}" value="{value}" autocomplete="{fill}"{bound} required>'
    "</label></p>"
)


def field(label: str, name: str, value: str = "", *, fill: str, kind: str = "text", longest: int | None = None) -> str:
    """Return a field that must be filled in.

    Args:
        label: What it asks for.
        name: What it is called in the form that is sent.
        value: What stands in it at first.
        fill: What browsers may fill in (HTML, `autocomplete`).
        kind: What is typed (HTML, `type`).
        longest: How many characters it takes.
    """
    bound = "" if longest is None else f' maxlength="{longest}"'
    return _FIELD.format(
        label=escape(label), name=name, kind=kind, value=escape(value, quote=True), fill=fill, bound=bound
    )


def hidden(name: str, value: str = "") -> str:
    """Return a field that is sent and not shown."""
    return f'<input type="hidden" name="{name}" value="{escape(value, quote=True)}">'


def form(path: str, *parts: str, mark: str = "") -> str:
    """Return a form that is posted.

    Args:
        path: Where to.
        parts: What is in it, as HTML.
        mark: An attribute by which a script finds it.
    """
    return (
        f'<form method="post" action="{escape(path, quote=True)}"{f" {mark}" if mark else ""}>{"".join(parts)}</form>'
    )


def alert(problem: str = "") -> str:
    """Return where it says what went wrong; without a problem it is empty, and a script may fill it."""
    return f'<p role="alert" id="problem">{escape(problem)}</p>'


def facts(told: Mapping[str, str]) -> str:
    """Return names and what they stand for."""
    return f"<dl>{''.join(_pairs(told.items()))}</dl>"


def _pairs(told: Iterable[tuple[str, str]]) -> Iterable[str]:
    return (f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in told)
