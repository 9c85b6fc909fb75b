"""Customers who do not want to hear from us: heard, listed, kept by every way of sending."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest

from frontdesk.domain.consent import OptOutKind
from frontdesk.domain.content import Text
from frontdesk.domain.inbound import AccountNoticed, Address, InboundEvent, MessageReceived, Party, Wish
from frontdesk.domain.template import MessageTemplate
from frontdesk.features.conversations.receive import Arrived, receive
from frontdesk.features.ingest.reading import desk_of
from frontdesk.kit.ids import uuid7
from frontdesk.ports.channel import Capabilities
from frontdesk.store import inboxes, templates
from tests.api.test_messages import NOBODY, TEXT, Talk, talk_by
from tests.desk import running_desk, until
from tests.features.scene import PaperChannel


class LeavingChannel(PaperChannel):
    """The paper channel, whose customers take leave with STOP."""

    capabilities: ClassVar[Capabilities] = replace(
        PaperChannel.capabilities, leave_words=frozenset({"stop"}), back_words=frozenset({"start"})
    )


@pytest.fixture
async def talk(database_url: str, tmp_path: Path) -> AsyncIterator[Talk]:
    async with running_desk(database_url, tmp_path / "data") as desk:
        channels: Any = desk.container.desk.channels
        channels["paper"] = LeavingChannel()
        inbox = await desk.owner.inbox("paper", "Paper", {})
        yield await talk_by(desk, "paper", inbox["id"])


async def inbox_of(talk: Talk) -> str:
    return str((await talk.desk.owner.get(talk.path))["inbox"]["id"])


async def arrive(talk: Talk, *events: InboundEvent) -> None:
    """Apply what came, by the inbox as it is set now."""
    inbox_id = UUID(await inbox_of(talk))
    row = await talk.desk.store.read(lambda tx: inboxes.find(tx, inbox_id))
    assert row is not None
    desk = desk_of(row, talk.desk.container.desk.channels["paper"])
    arrived = [Arrived(uuid7(), event) for event in events]
    await talk.desk.store.write(lambda tx: receive(tx, desk, arrived))


def said(talk: Talk, words: str, source_id: str | None = None) -> MessageReceived:
    party = Party((Address("paper", talk.sender),), "Nora")
    return MessageReceived(
        source_id=source_id or uuid4().hex, party=party, thread_key=f"paper:{talk.sender}",
        content=Text(body=words),
    )  # fmt: skip


async def change(talk: Talk, values: dict[str, Any], status: int = 200) -> dict[str, Any]:
    """Change the inbox."""
    answer = await talk.desk.http.patch(f"/v1/inboxes/{await inbox_of(talk)}", json=values)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def listed(talk: Talk, **params: str) -> list[dict[str, Any]]:
    return list((await talk.desk.owner.get("/v1/opt-outs", **params))["items"])


async def test_stop_is_heard_kept_and_undone_by_start(talk: Talk) -> None:
    """The word lands in the inbox; nothing goes out until they come back. A redelivery changes nothing."""
    await talk.send(TEXT)
    stop = said(talk, "Stop.")
    await arrive(talk, said(talk, "Do not stop"), stop)
    refused = await talk.send(TEXT, 409)
    assert (refused["code"], refused["detail"]) == (
        "not_allowed", "The customer has opted out: nothing may be sent to this address.",
    )  # fmt: skip
    assert "START" in refused["errors"][0]["hint"]
    batch = await talk.desk.http.post(
        f"{talk.path}/messages/batch", json={"agent_email": str(talk.desk.owner.user_id), "messages": [TEXT]}
    )
    assert (batch.status_code, batch.json()["code"]) == (409, "not_allowed")
    explained = await talk.desk.owner.get(f"{talk.path}/can-send")
    assert (explained["allowed"], explained["free"], explained["opt_outs"]) == (False, False, ["all"])
    assert explained["reason"] == refused["detail"]
    (row,) = await listed(talk, address=talk.sender)
    assert (row["channel"], row["scheme"], row["kind"], row["source"], row["note"]) == (
        "paper", "paper", "all", "keyword", "Stop.",
    )  # fmt: skip
    assert [item["content"]["body"] for item in await talk.items()][-2:] == ["Do not stop", "Stop."]
    await talk.send({**TEXT, "direction": "note"})

    await arrive(talk, said(talk, "START"), stop)
    assert await listed(talk) == []
    await talk.send(TEXT)
    await change(talk, {"sending": {"opt_out_words": ["Baja"]}})
    await arrive(talk, said(talk, "stop"))
    await talk.send(TEXT)
    await arrive(talk, said(talk, "BAJA"))
    await talk.send(TEXT, 409)


async def test_what_waits_when_somebody_opts_out_stays_here(talk: Talk) -> None:
    """Also messages that were written before are not sent any more, and say why."""
    channel: Any = talk.desk.container.desk.channels["paper"]
    channel.gate = asyncio.Event()
    first, second = await talk.send(TEXT), await talk.send(TEXT)

    async def is_under_way() -> bool:
        return len(channel.sent) == 1

    await until(is_under_way)
    body = {"channel": "paper", "scheme": "paper", "address": talk.sender, "note": "by telephone"}
    made = await talk.desk.owner.post("/v1/opt-outs", body)
    assert (made["source"], made["note"], made["kind"]) == ("api", "by telephone", "all")
    channel.gate.set()

    async def is_refused() -> bool:
        return bool((await talk.desk.owner.get(f"/v1/messages/{second['id']}"))["status"] == "failed")

    await until(is_refused)
    shown = await talk.desk.owner.get(f"/v1/messages/{second['id']}")
    assert shown["failure"]["code"] == "opted_out"
    assert (await talk.desk.owner.get(f"/v1/messages/{first['id']}"))["status"] == "sent"
    assert len(channel.sent) == 1
    gone = await talk.desk.http.delete(f"/v1/opt-outs/{made['id']}")
    assert gone.status_code == 204
    assert (await talk.desk.http.delete(f"/v1/opt-outs/{made['id']}")).status_code == 404
    await talk.send(TEXT)
    wrong = await talk.desk.owner.post("/v1/opt-outs", {**body, "channel": "smoke"}, 422)
    assert wrong["errors"][0]["field"] == "channel"
    assert (await talk.desk.http.delete(f"/v1/opt-outs/{NOBODY}")).status_code == 404


async def test_no_marketing_after_a_providers_word(talk: Talk) -> None:
    """A customer's wish at the provider: no marketing templates, all else goes; the later word wins."""
    kept = [
        MessageTemplate(name=name, language="en", status="approved", category=name.upper(), body="Hello")
        for name in ("marketing", "utility")
    ]
    account_id, inbox_id = talk.desk.owner.account_id, UUID(await inbox_of(talk))
    await talk.desk.store.write(lambda tx: templates.replace(tx, account_id, inbox_id, kept))
    address, at = Address("paper", talk.sender), datetime(2026, 1, 1, tzinfo=UTC)

    def notice(minutes: int, *, leaves: bool) -> AccountNoticed:
        wish = Wish(address, OptOutKind.MARKETING, leaves, at + timedelta(minutes=minutes))
        return AccountNoticed(field_name="wishes", detail={}, wishes=(wish,))

    def template(name: str) -> dict[str, Any]:
        return {"content": {"kind": "template", "name": name, "language": "en"}, "subtype": "template"}

    await arrive(talk, notice(1, leaves=True))
    refused = await talk.send(template("marketing"), 409)
    assert refused["detail"] == "The customer wants no more marketing by this channel."
    await talk.send(template("utility"))
    await talk.send(TEXT)
    explained = await talk.desk.owner.get(f"{talk.path}/can-send")
    assert (explained["free"], explained["warning"], explained["opt_outs"]) == (
        True, "The customer wants no marketing by this channel.", ["marketing"],
    )  # fmt: skip
    await arrive(talk, notice(2, leaves=False), notice(1, leaves=True))
    assert await listed(talk) == []
    await talk.send(template("marketing"))


async def test_people_are_warned_in_quiet_hours_and_programs_wait(talk: Talk) -> None:
    now = datetime.now(UTC)
    begins, ends = now - timedelta(hours=2), now + timedelta(hours=2)
    quiet = {"begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}"}
    changed = await change(talk, {"sending": {"quiet_hours": quiet}, "time_zone": "UTC"})
    unset = dict.fromkeys(("opt_out_words", "opt_in_words", "limits", "prices", "undo_seconds"))
    assert changed["sending"] == {**unset, "quiet_hours": quiet}
    explained = await talk.desk.owner.get(f"{talk.path}/can-send")
    assert explained["free"] is True
    assert explained["warning"] == "It is quiet hours in this inbox; the customer may be asleep."
    assert explained["quiet_until"] == f"{ends:%Y-%m-%dT%H:%M}:00Z"
    await talk.send(TEXT)
    for wrong in ({"begins": "9pm", "ends": "08:00"}, {"begins": "08:00", "ends": "08:00"}):
        await change(talk, {"sending": {"quiet_hours": wrong}}, 422)


async def test_a_number_is_noted_as_its_channel_writes_it(talk: Talk) -> None:
    """S0-25: however somebody writes it; what can be no number is refused by name."""
    told = {"channel": "whatsapp", "scheme": "whatsapp", "address": "+34 600 000-011"}
    noted = await talk.desk.owner.post("/v1/opt-outs", told)
    assert (noted["scheme"], noted["address"]) == ("whatsapp", "34600000011")
    refused = await talk.desk.http.post("/v1/opt-outs", json={**told, "address": "Ana"})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "address"
