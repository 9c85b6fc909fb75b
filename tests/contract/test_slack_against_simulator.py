"""The whole way: people in a Slack workspace write, the desk has it, the answer reaches the thread once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from frontdesk.simulators.base import Fault, FaultKind
from frontdesk.simulators.slack import SlackSimulator
from frontdesk.simulators.slack.state import Business, Phone
from tests.contract.line import DeskLine, beside
from tests.desk import until

APP, HELP = "A0RILLBIKES", "C0HELP"
CONFIG = {
    "app_id": APP,
    "bot_token": "xoxb-not-a-real-token",
    "signing_secret": "a-signing-secret",
    "channel": HELP,
}


@dataclass(frozen=True, slots=True)
class Line(DeskLine):
    """A desk, Slack, and two people."""

    app: Business
    ida: Phone
    olaf: Phone

    def does(self, phone: Phone, **action: Any) -> str:
        """Somebody does something; the id of the message."""
        return str(self.provider.conduct.act(phone, action))

    def answers(self, phone: Phone) -> list[str]:
        """What a phone shows of the app, in words."""
        return [each.shown for each in phone.messages if each.body.get("app_id") == APP and not each.deleted]


@asynccontextmanager
async def open_line(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    slack = SlackSimulator(seed=11, retry_seconds=(0.05, 0.1, 0.2, 0.5))
    async with beside(slack, url, folder, monkeypatch) as (desk, origin):
        inbox = await desk.owner.inbox("slack", "Slack", CONFIG)
        hook = f"{desk.url}/hooks/slack/{inbox['id']}"
        token, secret = CONFIG["bot_token"], CONFIG["signing_secret"]
        app = slack.register(APP, token, secret, "Rill Bikes", hook_url=hook, files_base=origin)
        assert await slack.prove_hook(app)
        ida, olaf = slack.add_phone("U0IDA", "Ida Brandt"), slack.add_phone("U0OLAF", "Olaf Rask")
        report = await desk.owner.post(f"/v1/inboxes/{inbox['id']}/connect", status=200)
        assert report["ok"], report
        yield Line(desk, slack, origin, app, ida, olaf)


async def test_s2_02_s2_19_a_thread_goes_both_ways_and_shows_everything_once(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S2-02, S2-19, G3: text, thread, edit, reaction, button and deletion, and nobody's echo comes back."""
    async with open_line(database_url, tmp_path / "data", monkeypatch) as line:
        asked = line.does(line.ida, type="text", text="Is my <blue> bike ready?")
        line.does(line.olaf, type="text", text="And mine?", reply_to=asked)
        told = await line.has(2)
        assert [(each["content"]["body"], each["author"]["name"]) for each in told] == [
            ("Is my <blue> bike ready?", "Ida Brandt"),
            ("And mine?", "Olaf Rask"),
        ]
        choices = [{"id": "m", "title": "Morning"}, {"id": "e", "title": "Evening"}]
        made = await line.say(kind="interactive", type="buttons", body="Both are! When?", buttons=choices)
        sent = await line.reaches(made, "delivered")
        assert line.answers(line.ida) == line.answers(line.olaf) == ["Both are! When?"]
        ts = str(sent["source_id"]).rpartition("/")[2]
        assert line.ida.find(ts) is not None
        assert line.ida.messages[-1].reply_to == asked
        line.does(line.ida, type="button_reply", id="e", title="Evening", reply_to=ts)
        told = await line.has(4)
        assert (told[3]["content"]["title"], told[3]["reply_to"]["id"]) == ("Evening", made)
        line.does(line.ida, type="edit", message_id=asked, text="Is my red bike ready?")
        line.does(line.olaf, type="reaction", message_id=ts, emoji="👍")
        told = await line.has(5)
        assert told[0]["content"]["body"] == "Is my red bike ready?"
        (reacted,) = (await line.message(made))["reactions"]
        assert reacted["emoji"] == "👍"
        hearted = await line.say(kind="reaction", emoji="❤️", target_id=told[0]["id"])
        await line.reaches(hearted, "delivered")
        assert line.ida.messages[0].reactions == line.olaf.messages[0].reactions == {"business": "❤️"}
        line.does(line.olaf, type="revoke", message_id=line.ida.messages[1].id)

        async def is_gone() -> bool:
            return bool((await line.messages())[1]["deleted_at"])

        await until(is_gone, seconds=30, what="the deletion")
        assert len(await line.conversations()) == 1
        assert [send.type for send in line.provider.state.sends] == ["text"]


async def test_files_go_both_ways_and_a_direct_message_is_its_own_conversation(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S2-19, S0-48."""
    async with open_line(sqlite_url, tmp_path / "data", monkeypatch) as line:
        line.ida.writes_directly = True
        line.does(line.ida, type="image", caption="Bent")
        line.does(line.ida, type="reaction", message_id=line.ida.messages[0].id, emoji="🙏")
        told = await line.has(2)
        assert len(await line.conversations()) == 1
        message = told[0]
        assert (message["content"]["kind"], message["content"]["caption"]) == ("image", "Bent")

        async def is_stored() -> bool:
            return bool((await line.message(message["id"]))["content"]["media"].get("state") == "stored")

        await until(is_stored, seconds=30, what="the file")
        media = (await line.message(message["id"]))["content"]["media"]
        bill = await line.desk.http.post(
            "/v1/attachments", files={"file": ("bill.txt", b"12 euros", "text/plain")}
        )
        assert bill.status_code == 201, bill.text
        assert media["size"] == line.ida.messages[0].body["files"][0]["size"]
        made = await line.say(
            kind="document", media={"attachment_id": bill.json()["id"]}, caption="Your bill"
        )
        await line.reaches(made, "delivered")
        (file,) = line.ida.messages[-1].body["files"]
        assert (file["name"], line.answers(line.ida)) == ("bill.txt", ["Your bill"])
        assert line.provider.state.files[file["id"]].content == b"12 euros"
        assert line.answers(line.olaf) == []
        line.does(line.ida, type="reaction", message_id=line.ida.messages[-1].id, emoji="👍")
        await line.has(4)
        assert [each["emoji"] for each in (await line.message(made))["reactions"]] == ["👍"]
        assert len(await line.conversations()) == 1


async def test_g3_g8_storms_of_hooks_lose_and_double_nothing(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Doubled, at once, out of order, and each preceded by one with a wrong signature."""
    storms = ("hook_duplicate", "hook_concurrent", "hook_reorder", "hook_bad_signature")
    async with open_line(sqlite_url, tmp_path / "data", monkeypatch) as line:
        root = line.does(line.ida, type="text", text="0")
        await line.has(1)
        line.provider.faults.set(
            [Fault(kind=FaultKind(storm), probability=0.4, seed=n) for n, storm in enumerate(storms)]
        )
        for n in range(1, 30):
            line.does((line.ida, line.olaf)[n % 2], type="text", text=str(n), reply_to=root)
        told = await line.has(30)
        assert sorted(int(message["content"]["body"]) for message in told) == list(range(30))
        assert len(await line.conversations()) == 1


async def test_g4_g7_a_lost_answer_is_unknown_until_slack_tells_of_the_message_and_never_repeated(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the app's own messages it stays unknown; with them its metadata settles it. A limit heals."""
    async with open_line(sqlite_url, tmp_path / "data", monkeypatch) as line:
        line.does(line.ida, type="text", text="Hi")
        await line.has(1)
        line.provider.state.settings.tells_own_messages = False
        line.provider.faults.set([Fault(kind=FaultKind.ACCEPT_RESET, count=1)])
        lost = await line.say(kind="text", body="Hello")
        after = await line.say(kind="text", body="Still there?")
        await line.reaches(lost, "unknown")
        await line.reaches(after, "delivered")
        line.provider.state.settings.tells_own_messages = True
        line.provider.faults.set([Fault(kind=FaultKind.ACCEPT_RESET, count=1)])
        settled = await line.reaches(await line.say(kind="text", body="Once more"), "delivered")
        (delivery,) = await line.desk.owner.get(f"/v1/messages/{settled['id']}/deliveries")
        assert delivery["attempts"] == 1
        line.provider.faults.set([Fault(kind=FaultKind.RATE_LIMIT, count=1, seconds=1)])
        await line.reaches(await line.say(kind="text", body="Slowly"), "delivered")
        line.provider.faults.set([Fault(kind=FaultKind.STATUS_FIRST, count=1)])
        await line.reaches(await line.say(kind="text", body="Echo first"), "delivered")
        said = ["Hello", "Still there?", "Once more", "Slowly", "Echo first"]
        assert line.answers(line.ida) == line.answers(line.olaf) == said
        assert (await line.message(lost))["status"] == "unknown"
        assert len(await line.has(6)) == 6


async def test_s2_05_an_archived_channel_fails_with_what_helps_and_is_not_tried_again(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S2-05; a member of our own workspace, whose name no event tells, is named; a slash command is heard."""
    async with open_line(sqlite_url, tmp_path / "data", monkeypatch) as line:
        line.does(line.ida, type="text", text="Hi")
        await line.has(1)
        line.provider.state.channels[HELP].is_archived = True
        failed = await line.reaches(await line.say(kind="text", body="Hello"), "failed")
        assert failed["failure"]["message"] == "The channel is archived."
        (delivery,) = await line.desk.owner.get(f"/v1/messages/{failed['id']}/deliveries")
        assert (delivery["attempts"], line.answers(line.ida)) == (1, [])
        line.does(line.provider.add_phone("U0RUTH", "Ruth Own", "T0RILL"), type="text", text="Same here")
        told = await line.has(3)
        (own,) = [each for each in told if each["content"].get("body") == "Same here"]
        assert own["author"]["name"] == "Ruth Own"
        line.does(line.olaf, type="command", command="/bike", text="ready?")
        told = await line.has(4)
        assert [each["content"].get("body") for each in told].count("/bike ready?") == 1
