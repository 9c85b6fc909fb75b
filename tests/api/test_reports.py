"""S0-20: the price a provider reports is kept, and the cost report counts it by inbox and category."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from frontdesk.domain.conversation import ReopenPolicy
from frontdesk.domain.inbound import StatusReported
from frontdesk.domain.message import DeliveryStatus, Pricing
from frontdesk.features.conversations.episodes import Desk
from frontdesk.features.conversations.receive import Arrived, receive
from frontdesk.kit.clock import utc_now
from frontdesk.kit.ids import uuid7
from tests.desk import RunningDesk, until

PRICES = (
    Pricing(billable=True, category="utility", model="PMP"),
    Pricing(billable=True, category="utility", model="PMP"),
    Pricing(billable=False, category="service", model="PMP"),
)


async def test_s0_20_the_cost_report_sums_what_statuses_said(desk: RunningDesk) -> None:
    owner = desk.owner
    inbox = await owner.inbox()
    contact = {"addresses": [{"scheme": "phone", "address": "+34600111222"}]}
    talk = await owner.post("/v1/conversations", {"inbox_id": inbox["id"], "contact": contact})
    path = f"/v1/conversations/{talk['id']}/messages"
    for n in range(len(PRICES)):
        await owner.post(path, {"content": {"kind": "text", "body": f"{n}"}})

    async def sent() -> list[dict[str, Any]]:
        items = (await owner.get(path))["items"]
        return [each for each in items if each["status"] == "sent"] if len(items) == len(PRICES) else []

    messages: list[dict[str, Any]] = await until(
        lambda: _when(sent, len(PRICES)), what="all messages being sent"
    )
    reports = [
        StatusReported(
            source_id=message["source_id"],
            status=DeliveryStatus.DELIVERED,
            provider_status="delivered",
            pricing=price,
        )
        for message, price in zip(messages, PRICES, strict=True)
    ]
    house = Desk(owner.account_id, UUID(inbox["id"]), "Post", ReopenPolicy.REOPEN)
    arrived = [Arrived(uuid7(), report) for report in (*reports, *reports)]  # each told twice counts once
    await desk.store.write(lambda tx: receive(tx, house, arrived))

    found = await owner.get("/v1/reports/costs")
    assert {(row["inbox_id"], row["category"], row["billable"], row["count"]) for row in found} == {
        (inbox["id"], "utility", True, 2),
        (inbox["id"], "service", False, 1),
    }
    shown = (await owner.get(path))["items"]
    assert [each["pricing"]["category"] for each in shown] == ["utility", "utility", "service"]
    long_ago = (utc_now() - timedelta(days=9)).date().isoformat()
    assert await owner.get("/v1/reports/costs", to=long_ago) == []


async def _when(ask: Any, count: int) -> Any:
    found = await ask()
    return found if len(found) == count else None
