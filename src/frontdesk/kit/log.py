"""Structured logs: one event name a line, ids bound by context, JSON in production. No word of our trade."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from typing import Any, Literal

import structlog
from structlog.contextvars import merge_contextvars
from structlog.typing import Processor

_HIDDEN = re.compile(
    r"authorization|cookie|password|secret|(?<!idempotency_)token|signature|credential|csrf", re.IGNORECASE
)


trace: ContextVar[str | None] = ContextVar("trace", default=None)
"""The id that all lines of one request share; bound as `request_id`."""


def add_trace(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Put the id of the request on a line."""
    found = trace.get()
    if found is not None:
        event.setdefault("request_id", found)
    return event


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Hide the values of fields whose names say that they are secret."""
    return {
        key: "[hidden]" if key != "event" and _HIDDEN.search(key) else value for key, value in event.items()
    }


_PROCESSORS: list[Processor] = [
    merge_contextvars,
    add_trace,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure(level: str = "info", shape: Literal["auto", "json", "text"] = "auto") -> None:
    """Send this process's logs to standard error.

    `auto` writes text to a terminal and JSON to anything else. Warnings of other libraries go the same way.
    """
    as_json = shape == "json" or (shape == "auto" and not sys.stderr.isatty())
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            exception_formatter=structlog.dev.plain_traceback,  # the rich one prints local variables
        )
    )
    last = [structlog.processors.format_exc_info] if as_json else []
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*_PROCESSORS, redact, *last, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_PROCESSORS,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact, *last, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(number, logging.WARNING))
