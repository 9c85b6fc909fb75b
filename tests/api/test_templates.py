"""Templates of an inbox: synced, offered when the window is closed, checked before they are sent (M-18)."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from frontdesk.domain.template import MessageTemplate, TemplateVariable
from frontdesk.ports.channel import Connection, TemplatesUnavailable
from tests.api.test_messages import Talk, close_window, talk_by
from tests.desk import running_desk
from tests.features.scene import PaperChannel

ORDER = MessageTemplate(
    name="order",
    language="en",
    status="approved",
    category="utility",
    body="Hello {{1}}, your order is ready.",
    variables=(TemplateVariable(part="body", name="1"),),
)
OFFER = MessageTemplate(name="offer", language="en", status="paused", body="Ten per cent off.")
NORA = [{"type": "body", "parameters": [{"type": "text", "text": "Nora"}]}]
TEXT = {"content": {"kind": "text", "body": "hello"}}


class TemplateChannel(PaperChannel):
    """The paper channel whose provider approves templates."""

    listed: Sequence[MessageTemplate] | str = (OFFER, ORDER)

    async def templates(self, connection: Connection) -> Sequence[MessageTemplate]:
        if isinstance(self.listed, str):
            raise TemplatesUnavailable(self.listed)
        return self.listed


@pytest.fixture
async def closed(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[Talk, str]]:
    """A conversation whose window is closed, and its inbox."""
    async with running_desk(database_url, tmp_path / "data") as desk:
        channels: Any = desk.container.desk.channels
        channels["paper"] = TemplateChannel()
        inbox = await desk.owner.inbox("paper", "Paper", {})
        talk = await talk_by(desk, "paper", inbox["id"])
        await close_window(talk)
        yield talk, f"/v1/inboxes/{inbox['id']}/templates"


def template(name: str = "order", language: str = "en", components: Any = NORA) -> dict[str, Any]:
    content = {"kind": "template", "name": name, "language": language, "components": components}
    return {"content": content, "subtype": "template"}


async def test_templates_are_synced_offered_and_checked(closed: tuple[Talk, str]) -> None:
    talk, path = closed
    owner = talk.desk.owner
    assert await owner.get(path) == []
    assert (await owner.get(f"{talk.path}/can-send"))["offers"] == []
    synced = await owner.post(f"{path}/sync", None, 200)
    assert synced == await owner.get(path) == [OFFER.model_dump(mode="json"), ORDER.model_dump(mode="json")]
    assert (await owner.get(f"{talk.path}/can-send"))["offers"] == [ORDER.model_dump(mode="json")]

    refused = await talk.send(TEXT, 409)
    assert refused["code"] == "not_allowed"
    assert refused["errors"][0]["hint"].endswith("There are: order.")
    for wrong, field, words in (
        (template(components=[]), "content.components",
         "The template needs a value for its variable 1 of the body."),
        (template(language="de"), "content.language", "The template order is not there in de."),
        (template("offer", components=[]), "content.name", "The template offer (en) is paused."),
        (template("none"), "content.name", "There is no template none."),
    ):  # fmt: skip
        said = await talk.send(wrong, 422)
        assert (said["errors"][0]["field"], said["detail"]) == (field, words)
    sent = await talk.send(template())
    assert sent["content"]["body"] == "Hello Nora, your order is ready."
    assert (await owner.get(f"/v1/messages/{sent['id']}"))["content"] == sent["content"]


async def test_m_18_connecting_reads_the_templates_and_tells_when_it_could_not(
    closed: tuple[Talk, str],
) -> None:
    talk, path = closed
    owner, channels = talk.desk.owner, talk.desk.container.desk.channels
    connecting = path.replace("/templates", "/connect")
    report = await owner.post(connecting, None, 200)
    assert report["ok"] is True
    assert report["steps"][-1] == {
        "name": "Message templates",
        "passed": True,
        "detail": "2 were read, 1 of them approved.",
    }
    assert len(await owner.get(path)) == 2
    channels["paper"].listed = "The token may not read them."  # type: ignore[attr-defined]
    report = await owner.post(connecting, None, 200)
    assert (report["ok"], report["inbox"]["state"]) == (True, "connected")
    assert (report["steps"][-1]["passed"], report["steps"][-1]["detail"]) == (
        False,
        "The token may not read them.",
    )
    assert len(await owner.get(path)) == 2


async def test_a_batch_is_checked_in_the_same_way(closed: tuple[Talk, str]) -> None:
    talk, path = closed
    await talk.desk.owner.post(f"{path}/sync", None, 200)
    messages = [template(), template(components=[])]
    body = {"agent_email": talk.desk.owner.email, "messages": messages}
    refused = await talk.desk.owner.post(f"{talk.path}/messages/batch", body, 422)
    assert refused["errors"][0]["field"] == "content.components"
    messages.pop()
    made = await talk.desk.owner.post(f"{talk.path}/messages/batch", body)
    assert made["items"][0]["content"]["body"] == "Hello Nora, your order is ready."


async def test_a_key_answers_the_same_when_the_template_is_gone(closed: tuple[Talk, str]) -> None:
    """G6."""
    talk, path = closed
    channel: Any = talk.desk.container.desk.channels["paper"]
    await talk.desk.owner.post(f"{path}/sync", None, 200)
    whole = template()
    whole["content"]["body"] = "as it was"
    sent = await talk.send(whole, key="k")
    channel.listed = (OFFER,)
    assert await talk.desk.owner.post(f"{path}/sync", None, 200) == [OFFER.model_dump(mode="json")]
    assert (await talk.send(whole, 422))["errors"][0]["field"] == "content.name"
    assert await talk.send(whole, key="k") == sent


async def test_a_provider_that_refuses_leaves_those_of_the_last_time(closed: tuple[Talk, str]) -> None:
    talk, path = closed
    channel: Any = talk.desk.container.desk.channels["paper"]
    before = await talk.desk.owner.post(f"{path}/sync", None, 200)
    channel.listed = "The token has ended."
    refused = await talk.desk.owner.post(f"{path}/sync", None, 409)
    assert (refused["code"], refused["detail"]) == (
        "templates_not_read",
        "The token has ended. Connect the inbox again, then try once more.",
    )
    assert await talk.desk.owner.get(path) == before


async def test_a_channel_without_templates_says_so(closed: tuple[Talk, str]) -> None:
    owner = closed[0].desk.owner
    inbox = await owner.inbox()
    refused = await owner.post(f"/v1/inboxes/{inbox['id']}/templates/sync", None, 422)
    assert refused["code"] == "unsupported_by_channel"
    assert await owner.get(f"/v1/inboxes/{inbox['id']}/templates") == []
