"""`frontdesk parse`: files and batches, and whatever else arrives on a line."""

import base64
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.cli.parse import answer_line, main, parse_batch, parse_file

MESSAGE = b"""{"from": "447700900142", "id": "wamid.1", "timestamp": "1767258061", "type": "text",
    "text": {"body": "Caf\\u00e9?"}}"""
HOOK = b'{"entry": [{"id": "1", "changes": [{"field": "messages", "value": {"messages": [%s]}}]}]}' % MESSAGE
EVENT = {
    "event": "message",
    "kind": "text",
    "external_id": "wamid.1",
    "timestamp": "2026-01-01T09:01:01Z",
    "sender": "447700900142",
    "text": "Café?",
}


def item(raw: bytes = HOOK, **changes: Any) -> bytes:
    told = {"id": "c1", "channel": "whatsapp", "content_type": "application/json"}
    return json.dumps(told | {"body": base64.b64encode(raw).decode()} | changes).encode()


def test_an_item_is_answered_with_its_events() -> None:
    assert json.loads(answer_line(item())) == {"id": "c1", "events": [EVENT]}


@pytest.mark.parametrize(
    ("line", "item_id", "code"),
    [
        (b"garbage", None, "malformed"),
        (b"\xff\xfe", None, "malformed"),
        (b"[]", None, "malformed"),
        (b"null", None, "malformed"),
        (b'{"id": "c9"}', "c9", "malformed"),
        (b"[" * 100_000, None, "malformed"),
        (item(channel="pigeon"), "c1", "not_found"),
        (item(channel=["whatsapp"]), "c1", "malformed"),
        (item(body="***"), "c1", "malformed"),
        (item(body=7), "c1", "malformed"),
        (item(b"<html>"), "c1", "malformed"),
        (item(b""), "c1", "malformed"),
        (item(channel="webchat"), "c1", "malformed"),
        (item(id={"a": 1}, channel="pigeon"), {"a": 1}, "not_found"),
    ],
)
def test_what_cannot_be_parsed_is_a_clean_error(line: bytes, item_id: Any, code: str) -> None:
    answer = json.loads(answer_line(line))
    assert answer["id"] == item_id
    assert answer["error"]["code"] == code
    assert answer["error"]["message"]


@given(st.binary() | st.text().map(str.encode))
def test_any_line_gets_one_line(line: bytes) -> None:
    answer = answer_line(line)
    assert "\n" not in answer
    assert "error" in json.loads(answer)


def test_a_batch_answers_every_line_and_flushes_each() -> None:
    class Out(io.StringIO):
        flushed = 0

        def flush(self) -> None:
            self.flushed += 1

    out = Out()
    assert parse_batch([item(), b"\n", b"nonsense\n", item(id="c2")], out=out) == 0
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [answer["id"] for answer in answers] == ["c1", None, "c2"]
    assert out.flushed == 3


def test_a_batch_through_the_command() -> None:
    lines = b"\n".join([item(), b"{", item(id="c2")])
    command = [sys.executable, "-m", "frontdesk", "parse", "--batch"]
    ran = subprocess.run(command, input=lines, capture_output=True, check=True, timeout=60)
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == ["c1", None, "c2"]
    assert answers[2]["events"] == [EVENT]
    assert ran.stderr == b""


def test_a_file_is_printed_event_by_event(tmp_path: Path) -> None:
    file = tmp_path / "hook.json"
    file.write_bytes(HOOK)
    out = io.StringIO()
    assert parse_file("whatsapp", str(file), out=out) == 0
    assert [json.loads(line) for line in out.getvalue().splitlines()] == [EVENT]


@pytest.mark.parametrize(
    ("channel", "content", "words"),
    [
        ("pigeon", HOOK, "no channel 'pigeon'"),
        ("whatsapp", b"{", "not JSON"),
        ("whatsapp", None, "hook.json: no such file or directory.\n"),
    ],
)
def test_a_file_that_cannot_be_parsed_ends_with_2(
    tmp_path: Path, channel: str, content: bytes | None, words: str
) -> None:
    file = tmp_path / "hook.json"
    if content is not None:
        file.write_bytes(content)
    out, errors = io.StringIO(), io.StringIO()
    assert parse_file(channel, str(file), out=out, errors=errors) == 2
    assert out.getvalue() == ""
    assert words in errors.getvalue()


@pytest.mark.parametrize(
    "arguments", [[], ["--help"], ["whatsapp"], ["whatsapp", "a", "b"], ["--bench", "x"]]
)
def test_other_arguments_print_the_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("usage: frontdesk parse")
