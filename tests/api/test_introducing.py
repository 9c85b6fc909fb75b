"""Whom our side means by an address: given ones prove nothing, and none is moved (refusal 22, S1-01)."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from frontdesk.domain.conversation import ReopenPolicy
from frontdesk.domain.inbound import Address, Party
from frontdesk.features.conversations import episodes
from frontdesk.store import identities
from tests.desk import RunningDesk


class Shop:
    """An inbox, and what is known of addresses."""

    def __init__(self, desk: RunningDesk, inbox_id: str) -> None:
        self.desk, self.inbox_id, self.account_id = desk, inbox_id, desk.owner.account_id

    async def start(self, *addresses: str, status: int = 201, name: str | None = None) -> Any:
        given = [{"scheme": "post", "address": each} for each in addresses]
        body = {"inbox_id": self.inbox_id, "contact": {"name": name, "addresses": given}}
        return await self.desk.owner.post("/v1/conversations", body, status)

    async def arrive(self, *addresses: str) -> UUID:
        """A customer proves these addresses by writing from them; answers the contact."""
        party = Party(tuple(Address("post", each) for each in addresses), "Nora")
        place = episodes.Desk(self.account_id, UUID(self.inbox_id), "Post", ReopenPolicy.REOPEN)
        key = episodes.key_of(party.addresses[0])
        found = await self.desk.store.write(lambda tx: episodes.find_or_open(tx, place, party, key))
        return found.contact_id

    async def type_(self, address: str) -> UUID:
        """A visitor types an address into a form; answers the visitor's contact."""

        def change(tx: Any) -> UUID:
            visitor = Party((Address("web", f"visitor of {address}"),), None)
            contact = identities.find_or_create(tx, self.account_id, visitor)
            identities.attach(tx, self.account_id, contact, Address("post", address), verified=False)
            return contact

        return await self.desk.store.write(change)

    async def known(self, contact_id: UUID | str) -> dict[str, bool]:
        """A contact's addresses of the post and whether each is verified."""
        rows = await self.desk.store.read(
            lambda tx: identities.of_contact(tx, self.account_id, UUID(str(contact_id)))
        )
        return {row.address: row.verified for row in rows if row.scheme == "post"}


@pytest.fixture
async def shop(desk: RunningDesk) -> Shop:
    return Shop(desk, (await desk.owner.inbox())["id"])


async def test_a_given_address_is_unverified_until_somebody_writes_from_it(shop: Shop) -> None:
    started = await shop.start("one", name="Nora")
    contact = started["contact"]["id"]
    assert await shop.known(contact) == {"one": False}
    assert (await shop.start("one"))["id"] == started["id"]
    assert str(await shop.arrive("one")) == contact
    assert await shop.known(contact) == {"one": True}


async def test_a_known_contact_is_used_and_a_new_address_beside_stays_unverified(shop: Shop) -> None:
    nora = await shop.arrive("one")
    started = await shop.start("one", "two")
    assert started["contact"]["id"] == str(nora)
    found = await shop.start("three", "one")
    assert found["contact"]["id"] == str(nora)
    assert await shop.known(nora) == {"one": True, "three": False}
    assert await shop.arrive("three") == nora  # our side began this talk with her
    assert await shop.known(nora) == {"one": True}  # but whoever wrote from there has it now


async def test_refusal_22_addresses_of_two_contacts_are_refused_by_name(shop: Shop) -> None:
    nora, omar = await shop.arrive("one"), await shop.arrive("two")
    problem = await shop.start("three", "one", "two", status=409)
    assert problem["code"] == "conflict"
    assert problem["errors"][0]["field"] == "contact.addresses"
    assert str(nora) in problem["detail"]
    assert str(omar) in problem["detail"]
    assert (await shop.known(nora), await shop.known(omar)) == ({"one": True}, {"two": True})
    assert (await shop.start("three"))["contact"]["id"] not in {str(nora), str(omar)}


async def test_refusal_22_an_address_typed_by_a_visitor_finds_nobody_and_stays(shop: Shop) -> None:
    visitor = await shop.type_("victim")
    started = await shop.start("victim")
    assert started["contact"]["id"] != str(visitor)
    assert (await shop.start("victim"))["id"] == started["id"]
    assert await shop.known(visitor) == {"victim": False}
    assert str(await shop.arrive("victim")) == started["contact"]["id"]


async def test_many_at_once_make_one_contact(shop: Shop) -> None:
    started = await asyncio.gather(*(shop.start("one", "two") for _ in range(20)))
    assert len({each["id"] for each in started}) == 1
    assert len({each["contact"]["id"] for each in started}) == 1
    assert await shop.known(started[0]["contact"]["id"]) == {"one": False, "two": False}
