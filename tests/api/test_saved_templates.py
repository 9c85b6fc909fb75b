"""S0-40, "saved": templates that went as text because the window was open, counted exactly by day."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from frontdesk.domain.template import MessageTemplate, TemplateVariable
from frontdesk.ports.channel import OutboundMessage
from frontdesk.store import tables as t
from frontdesk.store import templates
from frontdesk.store.statement import Statement
from frontdesk.store.tx import Tx
from tests.api.test_messages import Talk, close_window, talk_by
from tests.desk import running_desk, until
from tests.features.scene import PaperChannel

ORDER = MessageTemplate(
    name="order", language="en", status="approved", category="utility", body="Hello {{1}}, it is ready.",
    variables=(TemplateVariable(part="body", name="1"),),
)  # fmt: skip
PICTURE = MessageTemplate(
    name="picture", language="en", status="approved", category="marketing", body="Look.",
    variables=(TemplateVariable(part="header", name="1", kind="image"),),
)  # fmt: skip
NORA = [{"type": "body", "parameters": [{"type": "text", "text": "Nora"}]}]
AT = Statement(
    sa.update(t.saved_templates)
    .where(t.saved_templates.c.message_id == sa.bindparam("id"))
    .values(saved_at=sa.bindparam("at"))
)
REPORT = "/v1/reports/saved-templates"


@pytest.fixture
async def talk(database_url: str, tmp_path: Path) -> AsyncIterator[Talk]:
    """A conversation whose window is open."""
    async with running_desk(database_url, tmp_path / "data") as desk:
        channels: Any = desk.container.desk.channels
        channels["paper"] = PaperChannel()
        inbox = await desk.owner.inbox("paper", "Paper", {})
        account_id = desk.owner.account_id
        known = [ORDER, PICTURE]
        await desk.store.write(lambda tx: templates.replace(tx, account_id, UUID(inbox["id"]), known))
        yield await talk_by(desk, "paper", inbox["id"])


def template(name: str = "order", components: Any = NORA, **more: Any) -> dict[str, Any]:
    content = {"kind": "template", "name": name, "language": "en", "components": components}
    return {"content": content, "subtype": "template", **more}


def moved(tx: Tx, message_id: UUID, at: datetime) -> int:
    """As if it had been written at another time."""
    return tx.run(AT, id=message_id, at=at)


async def report(talk: Talk, since: str, until_: str) -> list[dict[str, Any]]:
    return list(await talk.desk.owner.get(REPORT, **{"from": since, "to": until_}))


async def test_s0_40_a_template_goes_as_text_in_an_open_window_and_counts_once(talk: Talk) -> None:
    """The customer reads the same words; a repeated request has the same answer and counts once."""
    sent = await talk.send(template(prefer_text=True), key="one")
    assert sent["content"] == {"kind": "text", "body": "Hello Nora, it is ready.", "preview_url": False}
    assert sent["context"]["saved_template"] == {"name": "order", "language": "en"}
    assert await talk.send(template(prefer_text=True), key="one") == sent
    channel: Any = talk.desk.container.desk.channels["paper"]

    async def left() -> list[str]:
        return [each.content.kind for each in channel.sent if isinstance(each, OutboundMessage)]

    assert await until(left) == ["text"]
    plain = await talk.send(template())
    assert plain["content"]["kind"] == "template"
    image = [{"type": "header", "parameters": [{"type": "image", "image": {"link": "https://x.example/a"}}]}]
    whole = await talk.send(template("picture", image, prefer_text=True))
    assert whole["content"]["kind"] == "template"  # its picture would be lost
    await close_window(talk)
    needed = await talk.send(template(prefer_text=True))
    assert needed["content"]["kind"] == "template"
    assert await talk.send(template(prefer_text=True), key="one") == sent  # as it was then
    inbox_id = (await talk.desk.owner.get(talk.path))["inbox"]["id"]
    [saved] = await report(talk, "2026-01-01", "2026-12-31")
    assert saved.pop("day")
    assert saved == {
        "inbox_id": inbox_id, "name": "order", "language": "en", "category": "utility", "count": 1,
    }  # fmt: skip


async def test_s0_40_the_count_is_by_the_accounts_days(talk: Talk) -> None:
    """23:59 and 00:00 in Sydney are two days, and one in Greenwich."""
    owner = talk.desk.owner
    assert (await owner.http.patch("/v1/account", json={"time_zone": "Australia/Sydney"})).status_code == 200
    sydney = ZoneInfo("Australia/Sydney")
    at = (
        datetime(2026, 10, 4, 1, 59, tzinfo=sydney),  # a day of 23 hours
        datetime(2026, 10, 4, 23, 59, tzinfo=sydney),
        datetime(2026, 10, 5, 0, 0, tzinfo=sydney),
    )
    body = {"agent_email": owner.email, "messages": [template(prefer_text=True)] * 3}
    sent = await owner.post(f"{talk.path}/messages/batch", body)
    for message, moment in zip(sent["items"], at, strict=True):
        await talk.desk.store.write(partial(moved, message_id=UUID(message["id"]), at=moment))
    counted = Counter({each["day"]: each["count"] for each in await report(talk, "2026-10-01", "2026-10-31")})
    assert counted == {"2026-10-04": 2, "2026-10-05": 1}
    assert [each["count"] for each in await report(talk, "2026-10-05", "2026-10-05")] == [1]
    assert await report(talk, "2026-10-06", "2026-10-31") == []
    refused = await owner.http.get(REPORT, params={"from": "2025-01-01", "to": "2026-01-02"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "from")
