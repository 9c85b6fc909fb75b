"""The whole way: a phone writes by Telegram, the desk has it, the answer reaches the phone once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from frontdesk.simulators.base import Fault, FaultKind
from frontdesk.simulators.telegram import TelegramSimulator
from frontdesk.simulators.telegram.conduct import Conduct
from frontdesk.simulators.telegram.state import Business, Phone
from tests.contract.line import DeskLine, beside
from tests.desk import until

TOKEN, SECRET = "5500:a-token-for-tests", "a-word-of-our-own"
CONFIG = {"bot_username": "rill_bikes_bot", "bot_token": TOKEN, "secret_token": SECRET}


@dataclass(frozen=True, slots=True)
class Line(DeskLine):
    """A desk, Telegram, and a customer's phone."""

    bot: Business
    phone: Phone
    inbox: str

    async def does(self, **action: Any) -> str:
        """The customer does something; the id of the message."""
        return await self.acts(self.phone.id, action)

    @property
    def shown(self) -> list[str]:
        """What the phone shows of the bot, in words."""
        return [message.shown for message in self.phone.messages if message.sender == "business"]


@asynccontextmanager
async def open_line(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    telegram = TelegramSimulator(seed=11, retry_seconds=(0.05, 0.1, 0.2, 0.5))
    async with beside(telegram, url, folder, monkeypatch) as (desk, origin):
        inbox = await desk.owner.inbox("telegram", "Telegram", CONFIG)
        bot = telegram.register(TOKEN, "rill_bikes_bot", "Rill Bikes")
        phone = telegram.add_phone("70001234", "Ida Brandt")
        line = Line(desk, telegram, origin, bot, phone, str(inbox["id"]))
        report = await desk.owner.post(f"/v1/inboxes/{line.inbox}/connect", status=200)
        assert report["ok"], report
        yield line


async def test_s2_02_s2_19_a_phone_writes_and_its_answer_reaches_it_once(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S2-02, S2-19, S0-48: text, edit, reaction, button and reply, both ways."""
    async with open_line(database_url, tmp_path / "data", monkeypatch) as line:
        first = await line.does(type="text", text="Is my bike ready?")
        (message,) = await line.has(1)
        assert (message["content"]["body"], message["author"]["name"]) == ("Is my bike ready?", "Ida Brandt")
        choices = [{"id": "m", "title": "Morning"}, {"id": "e", "title": "Evening"}]
        made = await line.say(kind="interactive", type="buttons", body="It is! When?", buttons=choices)
        sent = await line.reaches(made, "sent")
        assert line.shown == ["It is! When?"]
        assert [send.id for send in line.provider.state.sends] == [sent["source_id"].partition(":")[2]]
        await line.does(type="button_reply", id="e", title="Evening")
        told = await line.has(3)
        assert (told[2]["content"]["title"], told[2]["reply_to"]["id"]) == ("Evening", made)
        await line.does(type="edit", message_id=first, text="Is my blue bike ready?")
        await line.does(type="reaction", message_id=sent["source_id"].partition(":")[2], emoji="👍")
        told = await line.has(4)
        assert told[0]["content"]["body"] == "Is my blue bike ready?"
        (reacted,) = (await line.desk.owner.get(f"/v1/messages/{made}"))["reactions"]
        assert reacted["emoji"] == "👍"
        hearted = await line.say(kind="reaction", emoji="❤", target_id=told[0]["id"])
        await line.reaches(hearted, "sent")
        assert line.phone.messages[0].reactions == {"business": "❤"}


@pytest.mark.parametrize("kind", ["image", "voice", "video", "document", "sticker", "location"])
async def test_every_kind_comes_with_its_file(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """S0-48."""
    async with open_line(sqlite_url, tmp_path / "data", monkeypatch) as line:
        place = {"latitude": 41.5, "longitude": 2.25, "name": "Rill", "address": "1 Mill Lane"}
        await line.does(type=kind, **(place if kind == "location" else {}))
        (message,) = await line.has(1)
        content = message["content"]
        assert content["kind"] == {"voice": "audio"}.get(kind, kind)
        if kind == "location":
            assert (content["name"], content["location_type"]) == ("Rill", "place")
            return

        async def is_stored() -> bool:
            shown = await line.desk.owner.get(f"/v1/messages/{message['id']}")
            return bool(shown["content"]["media"].get("state") == "stored")

        await until(is_stored, seconds=30, what="the file")


async def test_s2_06_a_bot_that_was_never_started_fails_with_what_helps_and_is_not_tried_again(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S2-06."""
    async with open_line(database_url, tmp_path / "data", monkeypatch) as line:
        await line.does(type="text", text="Hi")
        await line.has(1)
        line.phone.started = []
        made = await line.say(kind="text", body="Hello")
        failed = await line.reaches(made, "failed")
        assert "start the bot first" in failed["failure"]["message"]
        assert "https://t.me/rill_bikes_bot" in failed["failure"]["message"]
        (delivery,) = await line.desk.owner.get(f"/v1/messages/{made}/deliveries")
        assert delivery["attempts"] == 1
        line.phone.started, line.phone.is_blocked = [line.bot.id], True
        blocked = await line.reaches(await line.say(kind="text", body="Hello?"), "failed")
        assert "blocked the bot" in blocked["failure"]["message"]
        assert line.shown == []


async def test_g4_a_send_whose_answer_is_lost_is_shown_and_never_repeated(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_line(database_url, tmp_path / "data", monkeypatch) as line:
        await line.does(type="text", text="Hi")
        await line.has(1)
        line.provider.faults.set([Fault(kind=FaultKind.ACCEPT_RESET, count=1)])
        lost = await line.say(kind="text", body="Hello")
        after = await line.say(kind="text", body="Still there?")
        await line.reaches(lost, "unknown")
        await line.reaches(after, "sent")
        assert line.shown == ["Hello", "Still there?"]


async def test_a_rate_limit_is_waited_for_and_the_message_sent_once(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_line(sqlite_url, tmp_path / "data", monkeypatch) as line:
        await line.does(type="text", text="Hi")
        await line.has(1)
        line.provider.faults.set([Fault(kind=FaultKind.RATE_LIMIT, count=1, seconds=1)])
        await line.reaches(await line.say(kind="text", body="Hello"), "sent")
        assert line.shown == ["Hello"]


async def test_g3_g8_storms_of_hooks_lose_and_double_nothing(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Doubled, at once, out of order, and each preceded by one with a wrong secret."""
    storms = ("hook_duplicate", "hook_concurrent", "hook_reorder", "hook_bad_signature")
    async with open_line(database_url, tmp_path / "data", monkeypatch) as line:
        await line.does(type="text", text="0")
        await line.has(1)
        line.provider.faults.set(
            [Fault(kind=FaultKind(storm), probability=0.4, seed=n) for n, storm in enumerate(storms)]
        )
        for n in range(1, 30):
            await line.does(type="text", text=str(n))
        told = await line.has(30)
        assert sorted(int(message["content"]["body"]) for message in told) == list(range(30))


async def test_a_customer_who_blocks_the_bot_is_told_of(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_line(sqlite_url, tmp_path / "data", monkeypatch) as line:
        await line.does(type="text", text="Hi")
        await line.has(1)
        conduct = Conduct(line.provider.network, None)  # type: ignore[arg-type]
        conduct.change(line.phone, {"is_blocked": True})

        async def told() -> bool:
            items = (await line.desk.owner.get("/v1/channel-notices"))["items"]
            return any(item["kind"] == "my_chat_member" for item in items)

        await until(told, what="the notice")


async def test_s2_11_a_deleted_inbox_is_disconnected_and_its_hook_refused(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S2-11: connecting registered the hook, deleting takes it back; one of somebody else's stays."""
    async with open_line(database_url, tmp_path / "data", monkeypatch) as line:
        second = await line.desk.owner.inbox("telegram", "Second", CONFIG)
        hook = line.bot.hook_url
        assert hook is not None
        assert hook.endswith(line.inbox)
        for inbox, left in ((second["id"], hook), (line.inbox, None)):
            answer = await line.desk.http.delete(f"/v1/inboxes/{inbox}")
            assert (answer.status_code, line.bot.hook_url) == (204, left)
        late = await line.desk.http.post(hook, json={}, headers={"X-Telegram-Bot-Api-Secret-Token": SECRET})
        assert late.status_code == 404
