"""The package as a library: useful without a server, light to import (S0-49)."""

import json
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

import frontdesk
from frontdesk.domain import content as c

HOOK = {
    "entry": [
        {
            "id": "1",
            "changes": [
                {
                    "field": "messages",
                    "value": {
                        "metadata": {"phone_number_id": "109876543210987"},
                        "contacts": [{"profile": {"name": "Nora"}, "wa_id": "447700900142"}],
                        "messages": [
                            {
                                "from": "447700900142",
                                "id": "wamid.1",
                                "timestamp": "1767258061",
                                "type": "text",
                                "text": {"body": "Hello"},
                            },
                            {"from": "447700900142", "id": "wamid.2", "type": "hologram"},
                        ],
                        "statuses": [{"id": "wamid.3", "status": "read", "timestamp": "1767258061"}],
                    },
                }
            ],
        }
    ]
}
HEAVY = [
    "fastapi",
    "starlette",
    "sqlalchemy",
    "uvicorn",
    "asyncpg",
    "alembic",
    "cyclopts",
    "rich",
    "frontdesk.store",
]


def loaded_after(statement: str) -> set[str]:
    """The modules that a fresh interpreter has after this statement."""
    script = f"import sys, json\n{statement}\nprint(json.dumps(list(sys.modules)))"
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return set(json.loads(ran.stdout.splitlines()[-1]))


def test_importing_the_package_loads_nothing_of_it() -> None:
    loaded = loaded_after("import frontdesk")
    assert {name for name in loaded if name.startswith("frontdesk.")} == set()
    assert "pydantic" not in loaded


def test_a_webhook_is_parsed_without_a_server() -> None:
    body = json.dumps(json.dumps(HOOK))
    loaded = loaded_after(
        f"from frontdesk import Message, messages_from_webhook, parse_whatsapp\n"
        f"assert len(parse_whatsapp({body})) == 3\n"
        f"[first, second] = messages_from_webhook('whatsapp', {body})\n"
        f"assert isinstance(first, Message) and first.content.body == 'Hello'"
    )
    assert "frontdesk.channels.whatsapp" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_messages_from_a_webhook() -> None:
    """S0-30."""
    first, second = frontdesk.messages_from_webhook("whatsapp", json.dumps(HOOK))
    assert first.content == c.Text(body="Hello")
    assert first.author.name == "Nora"
    assert second.content.kind == "unsupported"


def test_messages_from_an_agents_request_a_row_and_a_canned_response() -> None:
    """S0-31, S0-32, S0-33."""
    chat = UUID("01990000-0000-7000-8000-0000000000c1")
    request = {
        "agent_email": "ana@rill.example",
        "chat_id": str(chat),
        "messages": [{"content": {"kind": "text", "body": "Hi"}}],
    }
    [asked] = frontdesk.messages_from_agent_request(request)
    assert frontdesk.message_from_row(asked.model_dump_json()) == asked
    [canned] = frontdesk.messages_from_canned_response(
        [{"kind": "text", "body": "Dear {{name}}"}],
        {"name": "Nora"},
        canned_response_id=chat,
        sent_by="ana@rill.example",
    )
    assert canned.content == c.Text(body="Dear Nora")


def test_what_cannot_be_parsed_says_so() -> None:
    with pytest.raises(frontdesk.Malformed):
        frontdesk.parse_whatsapp("[]")
    with pytest.raises(frontdesk.NotFound) as caught:
        frontdesk.parse("pigeon", b"{}")
    assert caught.value.hint is not None
    assert "whatsapp" in caught.value.hint


def test_every_exported_name_exists_and_has_its_type() -> None:
    stub = Path(frontdesk.__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    typed = {line.rpartition(" as ")[2] for line in stub.splitlines() if line.startswith("from ")}
    assert typed == set(frontdesk.__all__)
    assert set(frontdesk.__all__) <= set(dir(frontdesk))
    for name in frontdesk.__all__:
        assert getattr(frontdesk, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = frontdesk.nothing  # type: ignore[attr-defined]
