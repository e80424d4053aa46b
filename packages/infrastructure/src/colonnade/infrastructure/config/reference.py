"""Settings as a table: what there is, what is set, and where."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel, SecretStr
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from colonnade.infrastructure.config.loading import Layers, source_of, variable_of

MASK = "********"


class Entry(NamedTuple):
    """One setting.

    Attributes:
        name: Dotted name, as in the TOML file.
        variable: Its environment variable.
        value: The present value, masked if it is a secret.
        source: Where it was written.
        description: What it is for.
    """

    name: str
    variable: str
    value: str
    source: str
    description: str


def entries(settings: BaseSettings, kind: type[BaseSettings], layers: Layers) -> list[Entry]:
    """Return every setting with its present value and its source."""
    return [
        Entry(
            name=".".join(path),
            variable=variable_of(kind, path),
            value=_shown(value),
            source=source_of(kind, layers, path),
            description=description,
        )
        for path, value, description in _walk(settings, ())
    ]


def reference(kind: type[BaseSettings]) -> str:
    """Return a Markdown table of every setting, its variable, default and purpose."""
    rows = ["| Setting | Environment variable | Default | What for |", "|---|---|---|---|"]
    for path, default, description in _fields(kind, ()):
        rows.append(f"| `{'.'.join(path)}` | `{variable_of(kind, path)}` | {_default(default)} | {description} |")
    return "\n".join(rows) + "\n"


def _walk(model: BaseModel, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any, str]]:
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _walk(value, (*path, name))
        else:
            yield (*path, name), value, field.description or ""


def _fields(kind: type[BaseModel], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any, str]]:
    for name, field in kind.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _fields(field.annotation, (*path, name))
        else:
            yield (*path, name), field.default, field.description or ""


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return MASK
    text = str(value)
    return _without_password(text) if "://" in text else text


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    user, at, place = rest.rpartition("@")
    return f"{scheme}://{user.partition(':')[0]}:{MASK}@{place}" if at and ":" in user else url


def _default(value: object) -> str:
    if value is PydanticUndefined or value is None:
        return "–"
    return f"`{value}`"
