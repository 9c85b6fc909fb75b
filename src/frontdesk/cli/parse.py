"""`frontdesk parse`: what a recorded payload says, as neutral events. Nothing is verified, stored or sent.

Plain functions and no framework, so that the command starts fast.
"""

import base64
import binascii
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from frontdesk.domain.errors import DeskError, Malformed
from frontdesk.domain.neutral import neutral
from frontdesk.runtime import channels

Answer = dict[str, Any]

_TYPES = {
    ".json": "application/json",
    ".eml": "message/rfc822",
    ".html": "text/html",
    ".txt": "text/plain",
    ".form": "application/x-www-form-urlencoded",
}
USAGE = "usage: frontdesk parse CHANNEL FILE|-    or: frontdesk parse --batch < items.jsonl"


def parse_file(channel: str, file: str, *, out: IO[str] | None = None, errors: IO[str] | None = None) -> int:
    """Print the events of a file (`-`: standard input), one JSON object per line; the exit status."""
    out, errors = out or sys.stdout, errors or sys.stderr
    try:
        body = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except (OSError, ValueError) as error:
        print(f"frontdesk parse: cannot read {file}: {_why(error)}.", file=errors)
        return 2
    try:
        events = channels.read(channel, body, content_type=_TYPES.get(Path(file).suffix, _TYPES[".json"]))
    except DeskError as error:
        hint = f"\n  {error.hint}" if error.hint else ""
        print(f"frontdesk parse: {error.message}{hint}", file=errors)
        return 2
    for event in events:
        print(_line(_neutral(event)), file=out)
    return 0


def _why(error: OSError | ValueError) -> str:
    """The reason in words, without the number and the name that the system puts around it."""
    text = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return text[:1].lower() + text[1:]


def parse_batch(lines: Iterable[bytes] | None = None, *, out: IO[str] | None = None) -> int:
    """Answer each line of JSON with one, flushed at once; the exit status, which bad lines do not change.

    In: `{"id", "channel", "content_type", "body": base64}`. Out: `{"id", "events": […]}` or
    `{"id", "error": {"code", "message"}}`.
    """
    out = out or sys.stdout
    for line in lines if lines is not None else sys.stdin.buffer:
        if not line.strip():
            continue
        out.write(answer_line(line) + "\n")
        out.flush()
    return 0


def answer_line(line: bytes) -> str:
    """The answer to one line of a batch. Raises nothing."""
    item_id: Any = None
    try:
        item = _item(line)
        item_id = item.get("id")
        return _line({"id": item_id, "events": _events(item)})
    except DeskError as error:
        return _refusal(item_id, error.code, error.message)
    except Exception as error:  # noqa: BLE001 - one item must never end the batch
        return _refusal(item_id, "internal", f"{type(error).__name__} while parsing")


def _item(line: bytes) -> dict[str, Any]:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Malformed("the line is not JSON") from error
    if not isinstance(item, dict):
        raise Malformed("the line is not a JSON object")
    return item


def _events(item: dict[str, Any]) -> list[Answer]:
    channel, body = item.get("channel"), item.get("body")
    if not isinstance(channel, str) or not isinstance(body, str):
        raise Malformed("an item needs channel and body")
    try:
        raw = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("the body is not base64", field="body") from error
    content_type = item.get("content_type")
    told = content_type if isinstance(content_type, str) else _TYPES[".json"]
    return [_neutral(event) for event in channels.read(channel, raw, content_type=told)]


def _neutral(said: channels.Said) -> Answer:
    return said if isinstance(said, dict) else neutral(said)


def _refusal(item_id: Any, code: str, message: str) -> str:
    try:
        return _line({"id": item_id, "error": {"code": code, "message": message}})
    except (ValueError, TypeError, RecursionError):
        return _line({"id": None, "error": {"code": code, "message": message}})


def _line(answer: Answer) -> str:
    return json.dumps(answer, ensure_ascii=True, separators=(",", ":"), allow_nan=False, default=str)


def main(arguments: list[str]) -> int:
    """Run the command with these arguments; the exit status."""
    match arguments:
        case ["--batch"]:
            return parse_batch()
        case [channel, file] if not channel.startswith("-"):
            return parse_file(channel, file)
        case _:
            print(USAGE, file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
