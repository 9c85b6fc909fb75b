"""Inboxes: settings checked by their channel, secrets that never come back.

S0-45, S2-01, refusals 32 and 63.
"""

import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stderr
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from frontdesk.domain.errors import SignatureInvalid
from frontdesk.kit import log
from frontdesk.kit.crypto import CannotOpen, Vault
from frontdesk.ports.channel import RawRequest
from frontdesk.store import secrets
from tests.desk import PostConfig, RunningDesk

SECRET = "EAAG-canary-provider-token"


async def test_an_inbox_is_made_read_changed_and_deleted(desk: RunningDesk) -> None:
    made = await desk.owner.inbox(greeting={"default": "Hello", "de": "Hallo"}, time_zone="Europe/Berlin")
    assert made["config"] == {"box": "one", "lines": 3, "access_token": {"set": True}}
    assert made["hook_url"] == f"{desk.url}/hooks/post/{made['id']}"
    assert (made["state"], made["simulated"], made["greeting"]["de"]) == ("new", False, "Hallo")
    path = f"/v1/inboxes/{made['id']}"
    assert await desk.owner.get(path) == made
    changed = await desk.http.patch(path, json={"config": {"lines": 5}, "greeting": None})
    assert changed.json()["config"] == {"box": "one", "lines": 5, "access_token": {"set": True}}
    assert changed.json()["greeting"] is None
    assert (await desk.owner.post(f"{path}/connect", status=200))["ok"] is True
    assert (await desk.owner.get(path))["state"] == "connected"
    assert (await desk.http.delete(path)).status_code == 204
    assert (await desk.http.get(path)).status_code == 404
    assert (await desk.owner.get("/v1/inboxes"))["items"] == []


BAD: list[tuple[dict[str, Any], str]] = [
    ({"channel": "pigeon"}, "channel"),
    ({"config": {}}, "config.box"),
    ({"config": {"box": "UPPER"}}, "config.box"),
    ({"config": {"box": "one", "lines": 99}}, "config.lines"),
    ({"config": {"box": "one", "colour": "red"}}, "config.colour"),
    ({"config": {"box": "one", "access_token": 7}}, "config.access_token"),
    ({"config": {"box": "one", "base_url": "http://169.254.169.254"}}, "config.base_url"),
    ({"config": []}, "config"),
    ({"greeting": {"DE": "Hallo"}}, "greeting.DE.[key]"),
    ({"greeting": {"de": ""}}, "greeting.de"),
    ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ({"reopen_policy": "never"}, "reopen_policy"),
    ({"simulated": True}, "simulated"),
    ({"simulated_origin": "x"}, "simulated_origin"),
    ({"public_key": "fi_mine"}, "public_key"),
]


async def test_bad_settings_are_named_on_save(desk: RunningDesk) -> None:
    """S2-01: 422 with the path of the field; nothing is saved."""
    named = {}
    for change, field in BAD:
        body = {"channel": "post", "name": "Post", "config": {"box": "one"}} | change
        answer = await desk.http.post("/v1/inboxes", json=body)
        fields = [each["field"] for each in answer.json()["errors"]]
        if answer.status_code != 422 or field not in fields:
            named[str(change)] = (answer.status_code, fields)
    assert named == {}
    assert (await desk.owner.get("/v1/inboxes"))["items"] == []


async def test_a_secret_reaches_its_channel_and_nobody_else(desk: RunningDesk) -> None:
    inbox = await desk.owner.inbox(config={"box": "one", "access_token": SECRET})
    opened = await desk.container.desk.inboxes.open(UUID(inbox["id"]))
    assert isinstance(opened.connection.config, PostConfig)
    assert opened.connection.config.access_token is not None
    assert opened.connection.config.access_token.get_secret_value() == SECRET
    read = [
        await desk.owner.get(path)
        for path in ("/v1/inboxes", f"/v1/inboxes/{inbox['id']}", "/v1/events", "/v1/channels")
    ]
    assert SECRET not in str(read)
    assert SECRET not in repr(opened)


@contextmanager
def _logged() -> Iterator[io.StringIO]:
    out = io.StringIO()
    with redirect_stderr(out):
        log.configure("debug", "json")
        yield out


async def test_no_dump_and_no_log_holds_a_secret(desk: RunningDesk, database_url: str) -> None:
    """S0-45, refusal 63."""
    with _logged() as out:
        body = {"channel": "post", "name": "Post", "config": {"box": "one", "access_token": SECRET}}
        inbox = (await desk.http.post("/v1/inboxes", json=body, headers={"Idempotency-Key": "k"})).json()
        await desk.http.patch(f"/v1/inboxes/{inbox['id']}", json={"config": {"box": "NOT VALID"}})
        await desk.http.post(f"/v1/inboxes/{inbox['id']}/connect")
        await desk.http.post("/v1/tokens", json={"name": "t", "permissions": ["contacts:read"]})
    dump = await _dump(database_url)
    assert b"fi_" in dump
    assert SECRET.encode() not in dump
    assert SECRET.encode().hex().encode() not in dump
    assert desk.owner.token.encode() not in dump
    assert SECRET not in out.getvalue()
    assert desk.owner.token not in out.getvalue()


async def _dump(url: str) -> bytes:
    """Everything that the database holds, as text."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
            return "\n".join(database.iterdump()).encode()
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = [
            await connection.fetch(f'SELECT row_to_json(t)::text FROM "{table[0]}" AS t') for table in tables
        ]
        return str(rows).encode()
    finally:
        await connection.close()


async def test_a_sealed_secret_opens_in_its_own_row_only(desk: RunningDesk) -> None:
    """Refusal 63: a row moved to another tenant or inbox does not open."""
    one = await desk.owner.inbox(config={"box": "one", "access_token": SECRET})
    two = await desk.owner.inbox(config={"box": "two"})
    account_id = desk.owner.account_id

    def move(tx: Any) -> bytes:
        sealed = secrets.of_owner(tx, account_id, UUID(one["id"]))["access_token"]
        secrets.put(tx, account_id, UUID(two["id"]), "access_token", sealed)
        return sealed

    sealed = await desk.store.write(move)
    opened = await desk.container.desk.inboxes.open(UUID(two["id"]))
    assert isinstance(opened.connection.config, PostConfig)
    assert opened.connection.config.access_token is None
    with pytest.raises(CannotOpen):
        Vault(b"another key of enough bytes.....").open(
            sealed, "inbox", str(account_id), one["id"], "access_token"
        )


async def test_a_hook_without_a_secret_is_refused(desk: RunningDesk) -> None:
    """Refusal 32: fail closed."""
    inbox = await desk.owner.inbox(config={"box": "one"})
    opened = await desk.container.desk.inboxes.open(UUID(inbox["id"]))
    request = RawRequest("POST", opened.connection.hook_url or "", {}, {}, b"{}")
    with pytest.raises(SignatureInvalid):
        opened.channel.verify(request, opened.connection)
    answer = await desk.client().post(f"/hooks/post/{inbox['id']}", json={})
    assert answer.status_code == 403


async def test_a_change_of_settings_counts_at_once(desk: RunningDesk) -> None:
    inbox = await desk.owner.inbox()
    path = f"/hooks/post/{inbox['id']}"
    signed = {"X-Post": "post-secret"}
    assert (await desk.client().post(path, json={}, headers=signed)).status_code == 200
    await desk.http.patch(f"/v1/inboxes/{inbox['id']}", json={"config": {"access_token": "new-secret"}})
    assert (await desk.client().post(path, json={}, headers=signed)).status_code == 403
    await desk.http.patch(f"/v1/inboxes/{inbox['id']}", json={"config": {"access_token": None}})
    assert (await desk.owner.get(f"/v1/inboxes/{inbox['id']}"))["config"] == {"box": "one", "lines": 3}


async def test_channels_tell_what_they_can_and_need(desk: RunningDesk) -> None:
    channels = {each["slug"]: each for each in await desk.owner.get("/v1/channels")}
    post = channels["post"]
    assert post["secret_fields"] == ["access_token"]
    assert (post["glyph"], channels["webchat"]["glyph"][:4]) == (None, "M4 1")
    assert (post["summary"], channels["webchat"]["summary"]) == (
        None,
        "A chat on your site, by one line of script",
    )
    assert [slug for slug, each in channels.items() if not (each["glyph"] and each["summary"])] == ["post"]
    assert post["config_schema"]["properties"]["box"]["title"] == "Box"
    assert post["capabilities"]["kinds_out"] == ["document", "image", "reaction", "template", "text"]


async def test_a_setting_of_the_wrong_form_is_refused_in_words(desk: RunningDesk) -> None:
    """No pattern is shown to people: the setting's own description says what is wanted."""
    body = {"channel": "whatsapp", "name": "Phone", "config": {"phone_number_id": "+1 555"}}
    refused = await desk.http.post("/v1/inboxes", json=body)
    assert refused.status_code == 422
    assert refused.json()["errors"] == [
        {
            "field": "config.phone_number_id",
            "message": "It is not written like this one. "
            "Meta app dashboard, WhatsApp, API setup. It is not the phone number itself.",
            "hint": None,
        }
    ]
