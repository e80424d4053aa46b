"""Structured logs: one line an event, as JSON or for a terminal, with secrets and personal data masked."""

import logging
import re
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, Literal, TextIO

from colonnade.core.extras import require_extra
from colonnade.core.masking import mask_addresses
from colonnade.core.personal import masked as without_people

require_extra("colonnade-monitoring", "logs", "structlog")

import structlog

from colonnade.monitoring.correlation import correlation

LogFormat = Literal["json", "console"]
MASK = "***"
_PAIR = 2

_SECRET_NAME = re.compile(r"(?i)password|secret|token|authorization|cookie|api_?key|credential")
_SECRET_TEXT = re.compile(
    r"(?i)(bearer\s+)[\w.~+/=-]+"  # a credential in a header
    r"|()eyJ[\w-]+\.[\w-]+\.[\w-]*"  # a signed token
    r"|(://[^/\s:@]*:)[^@\s/]+(?=@)"  # the password in a URL
)

Event = MutableMapping[str, Any]  # log values of any type


def configure_logs(
    *, level: str = "INFO", log_format: LogFormat = "json", stream: TextIO | None = None, quiet: Iterable[str] = ()
) -> None:
    """Send the logs of structlog and of the standard library through one chain to one stream.

    Args:
        level: Lowest level that is written.
        log_format: JSON lines for machines, or columns for people.
        stream: Where to; standard error if not said.
        quiet: Loggers that only warn, because they say too much.
    """
    shared: list[Any] = [  # structlog's processors
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.StackInfoRenderer(),
        structlog.stdlib.ExtraAdder(),
        add_correlation,
    ]
    last: list[Any] = (  # structlog's processors
        [structlog.processors.format_exc_info, mask_event, structlog.processors.JSONRenderer()]
        if log_format == "json"
        else [
            structlog.processors.format_exc_info,
            mask_event,
            structlog.dev.ConsoleRenderer(colors=(stream or sys.stderr).isatty()),
        ]
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in quiet:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def add_correlation(logger: object, method: str, event: Event) -> Event:
    """Put the request's and the trace's id in, and uvicorn's second, coloured text out (a structlog processor)."""
    event.pop("color_message", None)
    for name, value in correlation().items():
        event.setdefault(name, value)
    return event


def mask_event(logger: object, method: str, event: Event) -> Event:
    """Hide what has the name or the look of a secret, and what says who somebody is (a structlog processor)."""
    for name, value in event.items():
        event[name] = _masked_value(name, _without_people(value))
    return event


def _without_people(value: object) -> Any:  # log values of any type
    try:
        return without_people(value)
    except Exception:  # noqa: BLE001 - what cannot be looked into is not shown, and the rest of the line is
        return MASK


def _masked_value(name: object, value: Any) -> Any:  # log values of any type
    if isinstance(name, str) and _SECRET_NAME.search(name):
        return MASK
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {masked(key) if isinstance(key, str) else key: _masked_value(key, part) for key, part in value.items()}
    if isinstance(value, list):
        if len(value) == _PAIR and isinstance(value[0], str):
            return [value[0], _masked_value(value[0], value[1])]
        return [_masked_value(None, part) for part in value]
    return value if value is None or isinstance(value, int | float) else masked(repr(value))


def masked(text: str) -> str:
    """Return a text without the secrets and the addresses of people that can be told by their look."""
    text = _SECRET_TEXT.sub(lambda found: next((part for part in found.groups() if part), "") + MASK, text)
    return mask_addresses(text)
