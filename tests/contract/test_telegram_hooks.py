"""Telegram's updates through the running desk: proven or refused without a trace, applied once."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from frontdesk.store import tables as t
from frontdesk.store.statement import Statement
from tests.desk import RunningDesk, until

SECRET = "a-word-of-our-own"
CONFIG = {"bot_username": "rill_bikes_bot", "bot_token": "5500:a-token-for-tests", "secret_token": SECRET}
PROOF = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
IDA = {"id": 70001234, "is_bot": False, "first_name": "Ida", "last_name": "Brandt"}
CHAT = {"id": 70001234, "first_name": "Ida", "last_name": "Brandt", "type": "private"}


def update(number: int, kind: str = "message", *, sender: Any = IDA, **fields: Any) -> bytes:
    value = {"from": sender, "chat": CHAT, "date": 1767258061, **fields}
    return json.dumps({"update_id": number, kind: value}).encode()


async def hook_of(desk: RunningDesk, **changed: Any) -> str:
    config = {name: value for name, value in {**CONFIG, **changed}.items() if value is not None}
    inbox = await desk.owner.inbox("telegram", "Telegram", config)
    return f"/hooks/telegram/{inbox['id']}"


async def receipts(desk: RunningDesk) -> list[Any]:
    return await desk.store.read(lambda tx: tx.rows(Statement(t.receipts.select())))


async def take(desk: RunningDesk, path: str, *bodies: bytes) -> None:
    async with desk.client() as http:
        for body in bodies:
            answer = await http.post(path, content=body, headers=PROOF)
            assert answer.status_code == 200

    async def all_read() -> bool:
        return all(row.state == "done" for row in await receipts(desk))

    await until(all_read)


async def messages_of(desk: RunningDesk) -> list[dict[str, Any]]:
    (conversation,) = (await desk.owner.get("/v1/conversations"))["items"]
    return list((await desk.owner.get(f"/v1/conversations/{conversation['id']}/messages"))["items"])


async def test_updates_are_applied_once_also_when_they_come_again(desk: RunningDesk) -> None:
    """G3, G8, refusal 34: an edit reuses the message's id and is told from its redelivery by the update's."""
    path = await hook_of(desk)
    first = update(1, message_id=41, text="Size M")
    edit = update(2, "edited_message", message_id=41, text="Size L", edit_date=1767258062)
    second = update(3, "edited_message", message_id=41, text="Size XL", edit_date=1767258063)
    await take(desk, path, first, first, edit, second, edit, first, update(4, message_id=42, text="Thanks"))
    told = [(message["content"]["body"], message["author"]["name"]) for message in await messages_of(desk)]
    assert told == [("Size XL", "Ida Brandt"), ("Thanks", "Ida Brandt")]


async def test_a_group_is_one_conversation_that_says_who_wrote(desk: RunningDesk) -> None:
    path = await hook_of(desk)
    group = {"id": -1002200110099, "title": "Rill Riders", "type": "supergroup"}
    olaf = {"id": 70009999, "is_bot": False, "first_name": "Olaf"}
    await take(
        desk,
        path,
        update(1, chat=group, message_id=1, text="Is it open?"),
        update(2, chat=group, message_id=2, text="At nine", sender=olaf),
    )
    told = [(message["content"]["body"], message["author"]["name"]) for message in await messages_of(desk)]
    assert told == [("Is it open?", "Ida Brandt"), ("At nine", "Olaf")]
    (conversation,) = (await desk.owner.get("/v1/conversations"))["items"]
    assert conversation["contact"]["name"] == "Rill Riders"


async def test_a_poison_update_takes_nobody_along(desk: RunningDesk) -> None:
    """G9: it waits in the dead letters with its reason, and the next is read."""
    path = await hook_of(desk)
    async with desk.client() as http:
        for body in (b"{}", update(2, message_id=42, text="Hello")):
            assert (await http.post(path, content=body, headers=PROOF)).status_code == 200

    async def both_ended() -> bool:
        return sorted(row.state for row in await receipts(desk)) == ["done", "failed"]

    await until(both_ended)
    assert [message["content"]["body"] for message in await messages_of(desk)] == ["Hello"]
    (failed,) = [row for row in await receipts(desk) if row.state == "failed"]
    assert (bytes(failed.body), "no update" in failed.reason) == (b"{}", True)


@pytest.mark.parametrize("given", [None, "", "another-inbox-s-word", SECRET[:-1]])
async def test_what_is_not_proven_leaves_nothing(desk: RunningDesk, given: str | None) -> None:
    """Refusals 31, 32."""
    path, closed = await hook_of(desk), await hook_of(desk, secret_token=None)
    headers = {} if given is None else {"X-Telegram-Bot-Api-Secret-Token": given}
    body = update(1, message_id=41, text="x")
    async with desk.client() as http:
        assert (await http.post(path, content=body, headers=headers)).status_code == 403
        assert (await http.post(closed, content=body, headers=headers)).status_code == 403
        assert (await http.post(closed, content=body, headers=PROOF)).status_code == 403
    assert await receipts(desk) == []


async def test_the_secret_is_checked_before_the_body_is_read(desk: RunningDesk) -> None:
    """Refusal 35: who announces a body and never sends it is refused at once."""
    path = await hook_of(desk)
    address = urlsplit(desk.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    head = f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: 1000000\r\n\r\n"
    writer.write(head.encode())
    async with asyncio.timeout(5):
        assert b" 403 " in await reader.readline()
    writer.close()
    await writer.wait_closed()
    assert await receipts(desk) == []
