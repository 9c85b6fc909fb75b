"""What Slack's hooks carry: a JSON event, or a form with an interaction or a command.

The frame is walked as plain JSON; what cannot be read spoils nothing beside it.
Source: docs.slack.dev, "Events API", "Interaction payloads", "Slash commands" (2026).
"""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from frontdesk.domain.errors import Malformed
from frontdesk.domain.foreign import MAX_WORDS, read_object, without_nul
from frontdesk.ports.channel import RawRequest

Raw = dict[str, Any]
MAX_ID = 512
_MAX_FIELDS = 1000


def read_body(request: RawRequest) -> Raw:
    """The JSON object of a hook; of a form the interaction, or the fields of a command.

    Raises:
        Malformed: It is neither.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return read_object(request.body)
    try:
        fields = parse_qs(request.body.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError as error:
        raise Malformed("the body is not a form", hint=str(error)[:200]) from error
    if "payload" in fields:
        return read_object(fields["payload"][0].encode("utf-8", "replace"))
    if "command" in fields:
        told: Raw = {name: without_nul(values[0]) for name, values in fields.items()}
        return told | {"type": "slash_command"}
    raise Malformed("the form has neither payload nor command", field="payload")


def word(value: Any) -> str | None:
    """A short text or an id; None for anything else and for nothing."""
    return value if isinstance(value, str) and 0 < len(value) <= MAX_ID else None


def cut(value: Any) -> str | None:
    """A text cut to what a name or label may be; None for anything else and for nothing."""
    return value[:MAX_WORDS] if isinstance(value, str) and value else None


def part(value: Any) -> Raw:
    """An object within; empty when it is none."""
    return value if isinstance(value, dict) else {}


def parts(value: Any) -> list[Raw]:
    """The objects of a list within."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def read_ts(value: Any) -> datetime | None:
    """The instant of a `ts` (`1613563664.001200`) or of epoch seconds; None when unreadable."""
    try:
        seconds, _, fraction = str(value).partition(".")
        at = datetime.fromtimestamp(int(seconds), UTC)
        return at.replace(microsecond=int(fraction[:6].ljust(6, "0"))) if fraction else at
    except (ValueError, OverflowError, OSError):
        return None
