"""Limits per number and per pair, and prices: set by the inbox, explained by can-send, kept by sending."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import pytest
import sqlalchemy as sa

from frontdesk.domain.template import MessageTemplate
from frontdesk.kit.clock import utc_now
from frontdesk.ports.channel import Capabilities
from frontdesk.store import tables as t
from frontdesk.store import templates
from frontdesk.store.statement import Statement
from tests.api.test_messages import TEXT, Talk, talk_by
from tests.desk import RunningDesk, until
from tests.features.scene import PaperChannel

_PRICED = Statement(sa.update(t.deliveries).values(pricing=sa.bindparam("pricing")))


class PhoneChannel(PaperChannel):
    """People have phone numbers; one message in 20 seconds to each, after three at once."""

    slug: ClassVar[str] = "phone"
    capabilities: ClassVar[Capabilities] = replace(PaperChannel.capabilities, pair_seconds=20, pair_burst=3)


@pytest.fixture
async def talk(desk: RunningDesk) -> Talk:
    channels: Any = desk.container.desk.channels
    channels["phone"] = PhoneChannel()
    inbox = await desk.owner.inbox("phone", "Phone", {}, time_zone="UTC")
    return await talk_by(desk, "phone", inbox["id"], "+34600111222")


async def explained(talk: Talk) -> dict[str, Any]:
    return dict(await talk.desk.owner.get(f"{talk.path}/can-send"))


async def inbox_of(talk: Talk) -> str:
    return str((await talk.desk.owner.get(talk.path))["inbox"]["id"])


async def change(talk: Talk, status: int = 200, **sending: Any) -> Any:
    """Set what holds for sending from the inbox."""
    answer = await talk.desk.http.patch(f"/v1/inboxes/{await inbox_of(talk)}", json={"sending": sending})
    assert answer.status_code == status, answer.text
    return answer.json()


async def outcome(talk: Talk, n: int) -> list[str]:
    """How the outgoing messages stand, once all of them left or failed."""

    async def settled() -> list[str] | None:
        found = [each["status"] for each in await talk.items() if each["direction"] == "outgoing"]
        return found if len(found) == n and set(found) <= {"sent", "failed"} else None

    return list(await until(settled))


async def test_a_pace_is_explained_with_what_is_used_and_when_it_is_free(talk: Talk) -> None:
    """Issue 3: limit, used, when free again. Writing is not forbidden: the message waits."""
    fresh = await explained(talk)
    assert fresh["rates"] == [{"of": "pair", "most": 3, "seconds": 60.0, "used": 0, "free_at": None}]
    before = utc_now()
    for _ in range(3):
        await talk.send(TEXT)
    assert await outcome(talk, 3) == ["sent"] * 3
    after = await explained(talk)
    [rate] = after["rates"]
    free_at = datetime.fromisoformat(rate.pop("free_at"))
    assert rate == {"of": "pair", "most": 3, "seconds": 60.0, "used": 3}
    assert before + timedelta(seconds=20) <= free_at <= utc_now() + timedelta(seconds=20)
    assert (after["allowed"], after["reason"]) == (True, None)
    assert after["warning"] == (
        f"What you write now leaves after {free_at:%H:%M:%S} UTC: so much may be sent at a time."
    )
    await talk.send(TEXT)


async def test_a_days_cap_refuses_and_says_when_it_is_free_again(talk: Talk) -> None:
    """Only the operator's own cap refuses; asking and sending give the same answer."""
    changed = await change(talk, limits={"number_per_day": 2, "pair_seconds": 0.01})
    assert changed["sending"]["limits"] == {
        "number_per_second": None, "number_per_day": 2, "pair_seconds": 0.01, "pair_burst": None,
        "pair_per_day": None,
    }  # fmt: skip
    await talk.send(TEXT)
    assert await outcome(talk, 1) == ["sent"]
    assert (await explained(talk))["rates"][0] == {
        "of": "number", "most": 2, "seconds": None, "used": 1, "free_at": None,
    }  # fmt: skip
    await talk.send(TEXT)
    assert await outcome(talk, 2) == ["sent", "sent"]
    midnight = (utc_now() + timedelta(days=1)).strftime("%Y-%m-%dT00:00")
    shown = await explained(talk)
    assert (shown["allowed"], shown["free"], shown["templates"]) == (False, False, False)
    assert shown["reason"] == "The limit of 2 messages a day of this inbox is used up."
    assert shown["cure"] == f"Send it after {midnight}Z, or raise the limit in the inbox's settings."
    assert shown["rates"][0] == {
        "of": "number", "most": 2, "seconds": None, "used": 2, "free_at": f"{midnight}:00Z",
    }  # fmt: skip
    talk.desk.container.desk.places.forget()
    refused = await talk.send(TEXT, 409)
    assert (refused["detail"], refused["errors"][0]["hint"]) == (shown["reason"], shown["cure"])
    await talk.send({**TEXT, "direction": "note"})
    await change(talk, limits={"number_per_day": 3, "pair_seconds": 0.01})
    await talk.send(TEXT)
    assert await outcome(talk, 3) == ["sent"] * 3


async def test_limits_that_cannot_be_are_refused(talk: Talk) -> None:
    """The field is named."""
    for name, wrong in (("number_per_second", 0), ("pair_burst", 0), ("pair_per_day", -1), ("per_hour", 1)):
        refused = await change(talk, 422, limits={name: wrong})
        assert refused["errors"][0]["field"] == f"sending.limits.{name}"


async def test_what_it_costs_is_told_by_the_price_list_and_the_last_charge(talk: Talk) -> None:
    """Issue 3: price where known; the country is the one of the customer's number."""
    inbox_id, account_id = UUID(await inbox_of(talk)), talk.desk.owner.account_id
    unknown = (await explained(talk))["price"]
    assert unknown == {"country": "ES", "free": None, "templates": [], "last_charged": None}
    known = [
        MessageTemplate(name=name, language="en", status="approved", category=name, body=name)
        for name in ("marketing", "utility")
    ]
    await talk.desk.store.write(lambda tx: templates.replace(tx, account_id, inbox_id, known))
    entries = [
        {"country": "ES", "category": "marketing", "amount": "0.0615"},
        {"country": "DE", "category": "utility", "amount": "0.05"},
        {"category": "service", "amount": "0"},
    ]
    await change(talk, prices={"currency": "EUR", "entries": entries})
    price = (await explained(talk))["price"]
    assert price["free"] == {"category": "service", "amount": "0", "currency": "EUR"}
    assert price["templates"] == [{"category": "marketing", "amount": "0.0615", "currency": "EUR"}]
    await talk.send(TEXT)
    assert await outcome(talk, 1) == ["sent"]
    told = {"amount": "0.0075", "currency": "USD", "segments": 1}
    await talk.desk.store.write(lambda tx: tx.run(_PRICED, pricing=told))
    charged = (await explained(talk))["price"]["last_charged"]
    assert charged.pop("at")
    assert charged == {"amount": "0.0075", "currency": "USD", "category": None, "billable": None}


async def test_s0_44_a_price_list_names_countries_that_there_are(talk: Talk) -> None:
    """S0-44: unknown country rejected, ISO code accepted."""
    refused = await change(
        talk, 422, prices={"currency": "EUR", "entries": [{"country": "XX", "amount": "1"}]}
    )
    assert refused["errors"][0]["field"] == "sending.prices.entries.0.country"
    changed = await change(talk, prices={"currency": "EUR", "entries": [{"country": "es", "amount": "1"}]})
    assert changed["sending"]["prices"]["entries"] == [{"country": "ES", "category": None, "amount": "1"}]
