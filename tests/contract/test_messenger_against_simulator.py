"""The whole way on Messenger and Instagram: a phone writes, the desk has it, the answer reaches it once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from frontdesk.simulators.base import Fault, FaultKind, sample
from frontdesk.simulators.messenger import INSTAGRAM, MESSENGER, PlatformSimulator
from frontdesk.simulators.messenger.platforms import Platform
from frontdesk.simulators.messenger.state import Business, Phone
from tests.contract.line import DeskLine, beside
from tests.desk import until

PAGE, PERSON = "104410001", "7300990011"
CONFIG = {
    "page_id": PAGE,
    "access_token": "EAAP-for-tests",
    "app_secret": "an-app-secret",
    "verify_token": "a-verify-token",
}
APP = {"app_id": "5500"}
both = pytest.mark.parametrize("platform", [MESSENGER, INSTAGRAM], ids=lambda platform: platform.slug)


@dataclass(frozen=True, slots=True)
class Line(DeskLine):
    """A desk, Meta, and a customer's phone."""

    page: Business
    phone: Phone

    async def does(self, **action: Any) -> str:
        """The customer does something; the id of the message."""
        return await self.acts(PERSON, action)

    async def reads(self) -> None:
        """The customer reads everything."""
        async with self.desk.client() as http:
            answer = await http.post(f"{self.origin}/play/phones/{PERSON}/read", json={})
        assert answer.status_code == 200, answer.text

    async def window(self, state: str) -> None:
        """Open or close the window."""
        async with self.desk.client() as http:
            answer = await http.patch(f"{self.origin}/play/phones/{PERSON}", json={"window": state})
        assert answer.status_code == 200, answer.text

    @property
    def shown(self) -> list[str]:
        """What the phone shows of the page, in words."""
        return [message.shown for message in self.phone.messages if message.sender == "business"]


@asynccontextmanager
async def open_line(
    platform: Platform, url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Line]:
    meta = PlatformSimulator(platform, seed=11, retry_seconds=(0.05, 0.1, 0.2, 0.5))
    async with beside(meta, url, folder, monkeypatch) as (desk, origin):
        inbox = await desk.owner.inbox(platform.slug, platform.name, CONFIG)
        hook = f"{desk.url}/hooks/{platform.slug}/{inbox['id']}"
        page = meta.register(
            PAGE,
            CONFIG["access_token"],
            CONFIG["app_secret"],
            "",
            None,
            origin,
            "Rill Bikes",
            username="rillbikes",
            subscribed_fields=(),
            **APP,
        )
        line = Line(desk, meta, origin, page, meta.add_phone(PERSON, "Hanna Weiss"))
        await _set_up(line, hook, str(inbox["id"]))
        yield line


async def _set_up(line: Line, hook: str, inbox_id: str) -> None:
    """The owner's part: the app's hook, which answers Meta's challenge, and the desk's connecting."""
    path = f"{line.origin}/v25.0/{APP['app_id']}/subscriptions"
    body = {"object": line.provider.platform.object, "callback_url": hook, "verify_token": "another"}
    token = {"access_token": f"{APP['app_id']}|{CONFIG['app_secret']}"}
    async with line.desk.client() as http:
        refused = await http.post(path, params=token, json=body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, 2200)
        taken = await http.post(path, params=token, json=body | {"verify_token": CONFIG["verify_token"]})
        assert taken.json() == {"success": True}
    assert line.page.subscribed_fields == ()
    report = await line.desk.owner.post(f"/v1/inboxes/{inbox_id}/connect", status=200)
    assert report["ok"], report
    assert "messages" in line.page.subscribed_fields


@both
async def test_s0_18_what_a_phone_does_reaches_the_desk_and_the_answer_the_phone(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: Platform
) -> None:
    """S0-18: text, quick reply, reaction, unsend, story, files both ways, and read marks to ticks."""
    async with open_line(platform, sqlite_url, tmp_path / "data", monkeypatch) as line:
        first = await line.does(type="text", text="Is my bike ready?")
        (message,) = await line.has(1)
        assert message["content"]["body"] == "Is my bike ready?"
        assert message["author"]["name"] == "Hanna Weiss"
        choices = [{"id": "m", "title": "Morning"}, {"id": "e", "title": "Evening"}]
        asked = await line.say(kind="interactive", type="buttons", body="It is! When?", buttons=choices)
        sent = await line.reaches(asked, "delivered" if platform.tells_delivery else "sent")
        assert line.shown == ["It is! When?"]
        (choice, _) = line.provider.state.look(line.phone.messages[-1]).choices
        await line.does(**choice.action)
        told = await line.has(3)
        assert (told[2]["content"]["title"], told[2]["content"]["id"]) == ("Morning", "m")

        await line.does(type="reaction", message_id=sent["source_id"], emoji="👍")
        told = await line.has(4)
        (reacted,) = (await line.desk.owner.get(f"/v1/messages/{asked}"))["reactions"]
        assert reacted["emoji"] == "👍"
        await _answer_in_kind(line, told[0]["id"])
        await _files_both_ways(line)
        await line.does(type="revoke", message_id=first)

        async def is_gone() -> bool:
            return bool((await line.messages())[0]["deleted_at"])

        await until(is_gone, what="the unsend")

        more = [await line.say(kind="text", body=body) for body in ("One", "Two")]
        for each in more:
            await line.reaches(each, "delivered" if platform.tells_delivery else "sent")
        await line.reads()
        for each in (asked, *more):
            await line.reaches(each, "read")
        count = len(await line.messages())
        await line.does(type="page_reply", text="By hand")
        told = await line.has(count + 1)
        assert (told[-1]["direction"], told[-1]["content"]["body"]) == ("outgoing", "By hand")
        assert len(line.provider.state.sends) == len({send.id for send in line.provider.state.sends}) == 5


async def _answer_in_kind(line: Line, first: str) -> None:
    """A heart where Meta has one for businesses; an edit where it tells of them, a story where there are."""
    if line.provider.platform.takes_reactions:
        await line.reaches(await line.say(kind="reaction", emoji="❤", target_id=first), "sent")
        assert line.phone.messages[0].reactions == {"business": "❤"}
        await line.does(type="story_reply", text="Love this one!")
        await line.does(type="story_mention")
        told = await line.has(7)
        assert [each["content"]["kind"] for each in told[-2:]] == ["text", "text"]
        assert told[-1]["content"]["body"].startswith(f"{line.origin}/cdn/")
    else:
        await line.does(type="edit", message_id=line.phone.messages[0].id, text="Is my blue bike ready?")

        async def is_edited() -> bool:
            return bool((await line.messages())[0]["content"]["body"] == "Is my blue bike ready?")

        await until(is_edited, what="the edit")


async def _files_both_ways(line: Line) -> None:
    """Each kind of file comes and is stored; a picture goes out with its words."""
    kinds = ("image", "voice", "video", *(() if line.provider.platform.takes_reactions else ("document",)))
    before = len(await line.messages())
    for kind in kinds:
        await line.does(type=kind)
    told = (await line.has(before + len(kinds)))[before:]
    assert [each["content"]["kind"] for each in told] == [
        {"voice": "audio"}.get(kind, kind) for kind in kinds
    ]

    async def are_stored() -> bool:
        found = [await line.desk.owner.get(f"/v1/messages/{each['id']}") for each in told]
        return all(each["content"]["media"].get("state") == "stored" for each in found)

    await until(are_stored, seconds=30, what="the files")
    picture = sample("image")
    files = {"file": (picture.filename, picture.content, picture.mime)}
    answer = await line.desk.owner.http.post("/v1/attachments", files=files)
    assert answer.status_code == 201, answer.text
    path = f"/v1/conversations/{await line.conversation()}/messages"
    media = {"attachment_id": answer.json()["id"]}
    body = {"content": {"kind": "image", "caption": "Like new", "media": media}}
    made = await line.desk.owner.post(path, body)
    await line.reaches(made["id"], "delivered" if line.provider.platform.tells_delivery else "sent")
    await until(lambda: line.shown[-1:] == ["Like new"], seconds=30, what="the caption")
    drawn, words = [each for each in line.phone.messages if each.sender == "business"][-2:]
    (file,) = line.provider.state.look(drawn).files
    assert line.provider.state.files[str(file.id)].content == picture.content
    assert words.shown == "Like new"


@both
async def test_g3_g4_g8_trouble_on_the_way_loses_and_doubles_nothing(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: Platform
) -> None:
    """G3, G4, G8: hooks doubled, at once, out of order, wrongly signed; answers lost, late and refused."""
    storms = ("hook_duplicate", "hook_concurrent", "hook_reorder", "hook_batch", "hook_bad_signature")
    async with open_line(platform, sqlite_url, tmp_path / "data", monkeypatch) as line:
        await line.does(type="text", text="0")
        await line.has(1)
        line.provider.faults.set(
            [Fault(kind=FaultKind(storm), probability=0.4, seed=n) for n, storm in enumerate(storms)]
        )
        for n in range(1, 12):
            await line.does(type="text", text=str(n))
        told = await line.has(12)
        assert sorted(int(message["content"]["body"]) for message in told) == list(range(12))

        line.page.subscribed_fields = ("messages",) if platform is MESSENGER else ()
        line.provider.faults.set([Fault(kind=FaultKind.ACCEPT_RESET, count=1)])
        lost = await line.say(kind="text", body="Hello")
        await line.reaches(lost, "unknown")
        line.page.subscribed_fields = ("messages", "message_echoes")
        line.provider.faults.set([Fault(kind=FaultKind.STATUS_FIRST, count=1)])
        await line.reaches(await line.say(kind="text", body="Still there?"), "sent")
        line.provider.faults.set([Fault(kind=FaultKind.RATE_LIMIT, count=1, seconds=1)])
        await line.reaches(await line.say(kind="text", body="Yes?"), "sent")
        await line.reaches(lost, "unknown")
        assert line.shown == ["Hello", "Still there?", "Yes?"]

        await line.window("closed")
        refused = await line.reaches(await line.say(kind="text", body="Too late"), "failed")
        assert refused["failure"]["code"] == "window_closed"
        assert "24 hours" in refused["failure"]["message"]
        await line.does(type="text", text="I am back")
        line.phone.is_blocked = True
        gone = await line.reaches(await line.say(kind="text", body="Welcome"), "failed")
        assert gone["failure"]["code"] == "unreachable"
        assert len(await line.has(18)) == 18
        assert line.shown == ["Hello", "Still there?", "Yes?"]
