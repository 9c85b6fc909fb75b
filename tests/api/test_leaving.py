"""Whoever had a message unasked leaves by its link: by a button, or by the one click of a mail program."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest

from frontdesk.domain.content import Text, content_adapter
from frontdesk.domain.message import Author, AuthorType, Direction
from frontdesk.features.conversations.leaving import LeaveLinks
from frontdesk.ports.channel import Capabilities, OutboundMessage
from frontdesk.store.drafts import Draft
from tests.desk import RunningDesk, running_desk, until
from tests.features.scene import PaperChannel

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
HELLO = {"kind": "text", "body": "Your bike is ready."}


class Mail(PaperChannel):
    """Reaches mailboxes."""

    slug: ClassVar[str] = "mail"
    capabilities: ClassVar[Capabilities] = replace(
        PaperChannel.capabilities, window_seconds=None, reaches=frozenset({"email"}),
        kinds_out=PaperChannel.capabilities.kinds_out | {"email"},
    )  # fmt: skip


@pytest.fixture
async def served(database_url: str, tmp_path: Path) -> AsyncIterator[RunningDesk]:
    """A desk with a mailbox and a public address."""
    async with running_desk(database_url, tmp_path / "data") as desk:
        channels: Any = desk.container.desk.channels
        channels["mail"] = Mail()
        desk.container.desk.leaving._base = "https://desk.example"
        await desk.owner.inbox("mail", "Mail", {})
        yield desk


def sent(desk: RunningDesk) -> list[OutboundMessage]:
    channel: Any = desk.container.desk.channels["mail"]
    return [each for each in channel.sent if isinstance(each, OutboundMessage)]


async def write(desk: RunningDesk, to: str = "nora@rill.example", status: int = 201, /, **more: Any) -> Any:
    return await desk.owner.post("/v1/messages", {"to": to, "content": HELLO, **more}, status)


async def ends(desk: RunningDesk, message: dict[str, Any], status: str) -> dict[str, Any]:
    async def stands() -> Any:
        shown = await desk.owner.get(f"/v1/messages/{message['id']}")
        return shown if shown["status"] == status else None

    found: dict[str, Any] = await until(stands, what=status)
    return found


async def test_one_click_takes_somebody_off_and_opening_the_page_does_not(served: RunningDesk) -> None:
    """RFC 8058: programs that look for evil open links; only a POST counts, and it counts once."""
    await ends(served, await write(served), "sent")
    [first] = sent(served)
    assert first.leave_url is not None
    path = first.leave_url.removeprefix("https://desk.example")
    anybody = served.client()
    for _ in range(2):
        page = await anybody.get(path)
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "<button>Unsubscribe</button>" in page.text
        assert "nora@rill.example" in page.text
        assert "script" not in page.text
    assert (await served.owner.get("/v1/opt-outs"))["items"] == []
    for _ in range(2):
        gone = await anybody.post(path, data=ONE_CLICK)
        assert (gone.status_code, "You are unsubscribed" in gone.text) == (200, True)
    [noted] = (await served.owner.get("/v1/opt-outs"))["items"]
    assert (noted["channel"], noted["address"], noted["kind"], noted["source"]) == (
        "mail", "nora@rill.example", "unasked", "link",
    )  # fmt: skip
    assert "You are unsubscribed" in (await anybody.get(path)).text
    refused = await write(served, "nora@rill.example", 409)
    assert refused["detail"] == "The customer wants nothing at this address that does not answer them."
    await write(served, "ben@rill.example")


async def test_who_left_is_still_answered(served: RunningDesk) -> None:
    """What they write themselves is answered, and such an answer has no link."""
    made = await ends(served, await write(served), "sent")
    links: LeaveLinks = served.container.desk.leaving
    await served.client().post(f"/leave/{links.token(UUID(made['id']))}")
    await write(served, "nora@rill.example", 409)
    await arrive(served, made["conversation_id"])
    answer = await served.owner.post(
        f"/v1/conversations/{made['conversation_id']}/messages", {"content": HELLO}
    )
    await ends(served, answer, "sent")
    assert sent(served)[-1].leave_url is None


async def arrive(desk: RunningDesk, conversation_id: str) -> None:
    """The customer writes into a conversation."""
    content = content_adapter.dump_json(Text(body="When?")).decode()
    draft = Draft(
        desk.owner.account_id, UUID(conversation_id), Direction.INCOMING,
        Author(AuthorType.CONTACT, None, "Nora"), "text", content, "When?",
    )  # fmt: skip
    await desk.store.append(draft)
    desk.container.desk.places.forget()


async def test_a_forged_link_changes_nothing(served: RunningDesk) -> None:
    """A clear 404, whoever asks; also for a message that is not there."""
    made = await write(served)
    links = served.container.desk.leaving
    token = links.token(UUID(made["id"]))
    nobody = links.token(UUID(int=7))
    for each in (f"{token[:-2]}AA", token[:-1], "x", nobody):
        for method in ("GET", "POST"):
            answer = await served.client().request(method, f"/leave/{each}")
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await served.owner.get("/v1/opt-outs"))["items"] == []


async def test_a_mail_goes_to_nobody_who_opted_out_wherever_they_are_named(served: RunningDesk) -> None:
    """Cc and Bcc are no way around the register."""
    body = {"channel": "mail", "scheme": "email", "address": "Ben@rill.example", "note": "by telephone"}
    await served.owner.post("/v1/opt-outs", body)
    mail = {"kind": "email", "text": "It is ready.", "cc": ["Ben <ben@rill.example>"]}
    shown = await ends(served, await write(served, content=mail), "failed")
    assert (shown["failure"]["code"], shown["failure"]["message"]) == (
        "opted_out", "ben@rill.example opted out, so nothing was sent. Send it to the others.",
    )  # fmt: skip
    assert sent(served) == []
    await ends(served, await write(served, content={**mail, "cc": ["eve@rill.example"]}), "sent")
