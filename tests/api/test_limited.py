"""A token limited to some inboxes pages through all that is its own, page by full page (refusals 3 and 5)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from frontdesk.domain.errors import Invalid
from frontdesk.domain.inbound import InboundEvent
from frontdesk.domain.scope import Permission
from frontdesk.kit.ids import uuid7
from frontdesk.ports.channel import Failed, RawRequest
from frontdesk.store import notices, receipts
from frontdesk.store.receipts import Receipt
from tests.desk import RunningDesk, until

OWN, FOREIGN = 5, 4
"""After each own row come so many of another inbox."""


class Shop:
    """Two inboxes with rows in turn, and a token for one of them."""

    def __init__(self, desk: RunningDesk, own: UUID, foreign: UUID) -> None:
        self.desk, self.own, self.foreign = desk, own, foreign
        self.inboxes = ([own] + [foreign] * FOREIGN) * OWN

    async def fill(self, add: Any) -> None:
        for inbox_id in self.inboxes:
            await self.desk.store.write(lambda tx, inbox=inbox_id: add(tx, inbox))  # type: ignore[misc]

    async def pages(self, path: str, **params: str) -> list[list[dict[str, Any]]]:
        """All pages of two that the limited token gets."""
        http = self.desk.client(await self.desk.owner.api_token(list(Permission), inbox_ids=[self.own]))
        pages, cursor = [], None
        while True:
            given = {"limit": "2", **params} | ({"cursor": cursor} if cursor else {})
            answer = await http.get(path, params=given)
            assert answer.status_code == 200, answer.text
            pages.append(answer.json()["items"])
            cursor = answer.json()["next_cursor"]
            if cursor is None:
                return pages


@pytest.fixture
async def shop(desk: RunningDesk) -> Shop:
    own, foreign = await desk.owner.inbox(name="Own"), await desk.owner.inbox(name="Foreign")
    return Shop(desk, UUID(own["id"]), UUID(foreign["id"]))


def check(shop: Shop, pages: list[list[dict[str, Any]]]) -> None:
    assert [len(page) for page in pages] == [2, 2, 1]
    assert {item["inbox_id"] for page in pages for item in page} == {str(shop.own)}
    ids = [item["id"] for page in pages for item in page]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == OWN


async def test_refusal_5_notices(shop: Shop) -> None:
    account = shop.desk.owner.account_id
    await shop.fill(lambda tx, inbox: notices.add(tx, account, inbox, uuid7(), "quality"))
    check(shop, await shop.pages("/v1/channel-notices"))
    whole = await shop.desk.owner.get("/v1/channel-notices", limit=100)
    assert len(whole["items"]) == OWN * (1 + FOREIGN)


async def test_refusal_5_receipts(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = shop.desk

    def unreadable(_request: RawRequest) -> Sequence[InboundEvent]:
        raise Invalid("not JSON")

    monkeypatch.setattr(desk.channel, "parse", unreadable)
    account = desk.owner.account_id
    await shop.fill(lambda tx, inbox: receipts.add(tx, Receipt(account, inbox, "POST", {}, {}, b"{")))

    async def all_failed() -> bool:
        found = await desk.owner.get("/v1/receipts", limit=100)
        return len(found["items"]) == len(shop.inboxes)

    await until(all_failed, seconds=30)
    check(shop, await shop.pages("/v1/receipts"))


async def test_refusal_5_deliveries(shop: Shop) -> None:
    desk, owner = shop.desk, shop.desk.owner
    desk.channel.answer = lambda _message: Failed(code="400", message="no", retryable=False)
    for inbox_id in shop.inboxes:
        contact = str(await owner.contact())
        talk = await owner.post("/v1/conversations", {"inbox_id": str(inbox_id), "contact_id": contact})
        await owner.post(
            f"/v1/conversations/{talk['id']}/messages", {"content": {"kind": "text", "body": "a"}}
        )

    async def all_failed() -> bool:
        found = await owner.get("/v1/deliveries", limit=100)
        return len(found["items"]) == len(shop.inboxes)

    await until(all_failed, seconds=30)
    check(shop, await shop.pages("/v1/deliveries"))


async def test_refusal_5_tokens(shop: Shop) -> None:
    """Seen are tokens that reach no further: not those of the whole account, nor of one inbox more."""
    for n in range(OWN):
        for name, inbox_ids in (
            (f"own {n}", [shop.own]),
            (f"foreign {n}", [shop.foreign]),
            (f"both {n}", [shop.own, shop.foreign]),
            (f"whole {n}", None),
        ):
            ids = None if inbox_ids is None else [str(each) for each in inbox_ids]
            body = {"name": name, "permissions": ["contacts:read"], "inbox_ids": ids}
            await shop.desk.owner.post("/v1/tokens", body)
    pages = await shop.pages("/v1/tokens")
    assert [len(page) for page in pages] == [2, 2, 2]  # with the token that asks, the last
    assert [item["name"] for page in pages for item in page] == [*(f"own {n}" for n in range(OWN)), "test"]


async def test_refusal_5_dead_letters_are_for_those_who_see_all(shop: Shop) -> None:
    """A dead letter may be of any inbox, or of none."""
    http = shop.desk.client(await shop.desk.owner.api_token(list(Permission), inbox_ids=[shop.own]))
    answer = await http.get("/v1/dead-letters")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
