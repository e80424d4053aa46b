"""Load settings, and say of each fault where it was written."""

import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsError,
)

from colonnade.core import ColonnadeError

Loaded = TypeVar("Loaded", bound=BaseSettings)

_SECTION = re.compile(r'field "(\w+)"')


class ConfigurationError(ColonnadeError):
    """The settings are wrong; `faults` lists all that is, each with its source."""

    code = "configuration"

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(("the configuration is wrong:", *(f"- {fault}" for fault in faults))), faults=faults)


@dataclass(frozen=True, slots=True)
class Layers:
    """Where settings come from beside the defaults; what comes later here wins.

    Attributes:
        file: A TOML file.
        secrets: A folder with one file a secret, named like the environment variable.
        given: Values given by hand, such as command-line options.
    """

    file: Path | None = None
    secrets: Path | None = None
    given: Mapping[str, Any] | None = None  # settings of any type


def load(kind: type[Loaded], layers: Layers) -> Loaded:
    """Return validated settings.

    Raises:
        ConfigurationError: A file cannot be read, or a value is wrong; all faults are listed.
    """
    content = _read_toml(layers.file)
    if layers.secrets is not None and not layers.secrets.is_dir():
        raise ConfigurationError([f"{layers.secrets} (secrets folder): is not a folder"])

    class Layered(kind):  # type: ignore[valid-type, misc]  # a class made for these layers
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            file = InitSettingsSource(settings_cls, init_kwargs=content)
            if layers.secrets is None:
                return init_settings, env_settings, file
            secrets = NestedSecretsSettingsSource(file_secret_settings, secrets_dir=layers.secrets)
            return init_settings, env_settings, secrets, file

    Layered.__name__ = kind.__name__
    try:
        loaded: Loaded = Layered(**(layers.given or {}))
    except SettingsError as error:
        named = _SECTION.search(str(error))
        variables = _not_json(kind, named[1]) if named else [str(error)]
        raise ConfigurationError([f"{each}: a list or a whole section must be JSON" for each in variables]) from error
    except ValidationError as error:
        raise ConfigurationError([_fault(kind, layers, content, fault) for fault in error.errors()]) from error
    return loaded


def source_of(kind: type[BaseSettings], layers: Layers, path: tuple[str, ...]) -> str:
    """Return where a setting was written, in words."""
    return _source(kind, layers, _read_toml(layers.file), path)


def variable_of(kind: type[BaseSettings], path: tuple[str, ...]) -> str:
    """Return the environment variable of a setting."""
    prefix = str(kind.model_config.get("env_prefix", ""))
    return (prefix + str(kind.model_config.get("env_nested_delimiter") or "__").join(path)).upper()


def _not_json(kind: type[BaseSettings], section: str) -> list[str]:
    """Return the environment variables of a section that should hold JSON and do not."""
    whole = variable_of(kind, (section,))
    wanted = {whole}
    part = kind.model_fields[section].annotation
    if isinstance(part, type) and issubclass(part, BaseModel):
        for name, field in part.model_fields.items():
            annotation: Any = field.annotation  # a type of any kind
            adapter: TypeAdapter[Any] = TypeAdapter(annotation)
            if adapter.json_schema().get("type") in {"array", "object"}:
                wanted.add(variable_of(kind, (section, name)))
    present = {name.upper(): text for name, text in os.environ.items()}
    return [name for name in sorted(wanted & present.keys()) if not _is_json(present[name])] or [whole]


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _read_toml(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError([f"{path}: cannot be read: {error.strerror}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"{path}: is not valid TOML: {error}"]) from error


def _fault(kind: type[BaseSettings], layers: Layers, content: Mapping[str, Any], fault: Any) -> str:
    path = tuple(str(part) for part in fault["loc"])
    cause = fault.get("ctx", {}).get("error")
    message = cause.message if isinstance(cause, ColonnadeError) else fault["msg"]
    return f"{'.'.join(path)} ({_source(kind, layers, content, path)}): {message}"


def _source(kind: type[BaseSettings], layers: Layers, content: Mapping[str, Any], path: tuple[str, ...]) -> str:
    if _holds(layers.given or {}, path):
        return "given by hand"
    for prefix in _prefixes(path):
        if variable_of(kind, prefix) in {name.upper() for name in os.environ}:
            return f"environment variable {variable_of(kind, prefix)}"
        if layers.secrets is not None and (layers.secrets / variable_of(kind, prefix).lower()).exists():
            return f"secret file {layers.secrets / variable_of(kind, prefix).lower()}"
    if _holds(content, path):
        return f"file {layers.file}"
    return "default"


def _prefixes(path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for length in range(len(path), 0, -1):
        yield path[:length]


def _holds(content: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    here: Any = content
    for part in path:
        if not isinstance(here, Mapping) or part not in here:
            return False
        here = here[part]
    return True
