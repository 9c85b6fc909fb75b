"""Agents follow and answer customers of several platforms from threads of a Slack channel."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect

from frontdesk.features.inboxes.inboxes import Inboxes
from frontdesk.features.mirroring import answering
from frontdesk.kit.http import HttpClient
from frontdesk.ports.channel import Connection
from frontdesk.runtime import container
from frontdesk.simulators import slack, telegram, twilio_sms
from frontdesk.simulators.base import Fault, FaultKind
from frontdesk.simulators.slack.state import Channel
from frontdesk.store import jobs, mirrors
from frontdesk.store.tx import ReadTx, Row
from tests.desk import RunningDesk, running_desk, until

APP, DESK, HELP = "A0RILLBIKES", Channel("C0DESK", "rill-desk"), Channel("C0HELP", "help")
SLACK = {
    "app_id": APP,
    "bot_token": "xoxb-not-a-real-token",
    "signing_secret": "a-signing-secret",
    "channel": HELP.id,
    "agents_channel": DESK.id,
}
BOT = "5500:a-token-for-tests"
TELEGRAM = {"bot_username": "rill_bikes_bot", "bot_token": BOT, "secret_token": "a-word-of-our-own"}
NORA, OTIS, IDA, MAYA = "70001234", "+15005550100", "U0IDA", "U0MAYA"
SMS = {"account_sid": "AC" + "0" * 31 + "1", "auth_token": "an-auth-token", "sender": "+15005550006"}


def inboxes_at(origins: Mapping[str, str]) -> type[Inboxes]:
    """Inboxes whose providers are these simulators, by channel."""

    class InboxesElsewhere(Inboxes):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._elsewhere = {slug: HttpClient.for_origin(origin) for slug, origin in origins.items()}

        def connection_for(self, row: Row, sealed: Mapping[str, bytes]) -> Connection:
            found, at = super().connection_for(row, sealed), row.channel
            return replace(found, http=self._elsewhere[at], base_url=origins[at])

        async def close(self) -> None:
            await super().close()
            for client in self._elsewhere.values():
                await client.aclose()

    return InboxesElsewhere


@dataclass(slots=True)
class Office:
    """A desk, three platforms, a customer on each, and an agent in Slack."""

    desk: RunningDesk
    slack: slack.SlackSimulator
    telegram: telegram.TelegramSimulator
    sms: twilio_sms.TwilioSimulator
    live: ClientConnection
    origins: Mapping[str, str]
    http: httpx2.AsyncClient
    heard: list[dict[str, Any]] = field(default_factory=list)

    async def does(self, channel: str, phone: str, **action: Any) -> str:
        """Somebody does something; the id of the message."""
        path = f"{self.origins[channel]}/play/phones/{quote(phone)}/messages"
        answer = await self.http.post(path, json=action)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def tells(self, text: str) -> str:
        """The customer on Telegram writes."""
        return await self.does("telegram", NORA, type="text", text=text)

    async def texts(self, text: str) -> str:
        """The customer by SMS writes."""
        return await self.does("twilio_sms", OTIS, type="text", text=text)

    async def slacks(self, text: str) -> str:
        """The customer in Slack writes."""
        return await self.does("slack", IDA, type="text", text=text)

    async def answers(self, text: str, root: str, agent: str = MAYA) -> str:
        """An agent answers in a thread."""
        return await self.does("slack", agent, type="text", text=text, reply_to=root)

    @property
    def posts(self) -> list[tuple[str | None, str]]:
        """What the app posted in the agents' channel, in order: thread and words."""
        found = self.slack.state.history(DESK.id)
        return [(each.get("thread_ts"), each["text"]) for each in found if each.get("bot_id")]

    async def posted(self, *words: str) -> list[tuple[str | None, str]]:
        """Wait until the last posts hold these words, in order."""

        def has() -> bool:
            return [word in told for word, (_, told) in zip(words[::-1], self.posts[::-1], strict=False)] == [
                True
            ] * len(words)

        await until(has, seconds=30, what=f"{words} in {self.posts}")
        return self.posts

    def root(self, words: str) -> str:
        """The thread whose beginning says this."""
        found = self.slack.state.history(DESK.id)
        return next(str(each["ts"]) for each in found if words in each["text"] and not each.get("thread_ts"))

    def reached(self) -> list[str]:
        """What the customer's phone on Telegram shows of us."""
        phone = self.telegram.state.phone(NORA)
        return [each.shown for each in phone.messages if each.sender == "business"]

    async def hear(self, count: int) -> list[tuple[str, str]]:
        """What the console's live line tells of messages: conversation and words, in order."""
        async with asyncio.timeout(30):
            while len(self.said()) < count:
                frame = json.loads(await self.live.recv())
                self.heard += [frame["event"]] if frame["type"] == "event" else []
        return self.said()

    def said(self) -> list[tuple[str, str]]:
        """The messages heard so far."""
        new = [each for each in self.heard if each["type"] in {"message.received", "message.created"}]
        return [(each["conversation_id"], each["message"]["content"]["body"]) for each in new]

    async def conversations(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.desk.owner.get("/v1/conversations"))["items"]
        return found

    async def messages(self, conversation_id: str) -> list[str]:
        path = f"/v1/conversations/{conversation_id}/messages"
        return [each["content"]["body"] for each in (await self.desk.owner.get(path))["items"]]

    async def is_still(self) -> None:
        """Wait until nothing is under way: no hook, no job, no log to show."""

        async def still() -> bool:
            waiting = await self.desk.store.read(
                lambda tx: (jobs_of(tx, self.desk.owner.account_id), mirrors.behind(tx))
            )
            simulators = (self.slack, self.telegram, self.sms)
            return waiting == ({}, []) and not any(each.hooks.underway for each in simulators)

        await until(still, seconds=30, what="stillness")


def jobs_of(tx: ReadTx, account_id: UUID) -> dict[str, int]:
    """How many jobs wait, by queue; statuses are asked for later."""
    return {queue: n for queue, n in jobs.waiting(tx, account_id).items() if queue != "ask"}


@asynccontextmanager
async def open_office(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    waits = (0.05, 0.1, 0.2, 0.5)
    rooms = slack.SlackSimulator(seed=3, retry_seconds=waits)
    bots = telegram.TelegramSimulator(seed=3, retry_seconds=waits)
    phones = twilio_sms.TwilioSimulator(seed=3)
    async with AsyncExitStack() as stack:
        at = {
            "slack": await stack.enter_async_context(slack.serve(rooms)),
            "telegram": await stack.enter_async_context(telegram.serve(bots)),
            "twilio_sms": await stack.enter_async_context(twilio_sms.serve(phones)),
        }
        monkeypatch.setattr(container, "Inboxes", inboxes_at(at))
        desk = await stack.enter_async_context(running_desk(url, folder))
        owner = desk.owner
        body = {"name": "Maya", "email": "maya@rill.example", "password": "correct horse battery staple"}
        await owner.post("/v1/users", {**body, "role": "agent"})
        inbox = await owner.inbox("slack", "Slack", SLACK)
        token, secret = SLACK["bot_token"], SLACK["signing_secret"]
        hook = inbox["hook_url"]
        rooms.register(
            APP,
            token,
            secret,
            "Rill",
            hook_url=hook,
            files_base=at["slack"],
            channel=HELP,
            agents_channel=DESK,
        )
        rooms.add_agent(MAYA, "Maya", "maya@rill.example", channel=DESK)
        rooms.add_phone(IDA, "Ida Brandt").writes_directly = True
        report = await owner.post(f"/v1/inboxes/{inbox['id']}/connect", status=200)
        assert report["ok"], report
        chat = await owner.inbox("telegram", "Telegram", TELEGRAM)
        bots.register(BOT, "rill_bikes_bot", "Rill Bikes")
        bots.add_phone(NORA, "Nora Vidal")
        assert (await owner.post(f"/v1/inboxes/{chat['id']}/connect", status=200))["ok"]
        line = await owner.inbox("twilio_sms", "SMS", SMS)
        phones.register(
            SMS["account_sid"], SMS["auth_token"], SMS["sender"], line["hook_url"], "Rill", at["twilio_sms"]
        )
        phones.add_phone(OTIS, "Otis Grey")
        await until(lambda: desk.store.read(mirrors.every), seconds=30, what="the mirror")
        live = await stack.enter_async_context(
            connect(desk.url.replace("http", "ws") + "/v1/live", proxy=None)
        )
        await live.send(json.dumps({"type": "start", "token": owner.token}))
        while json.loads(await live.recv())["type"] != "caught_up":
            pass
        yield Office(desk, rooms, bots, phones, live, at, desk.client())


async def test_s2_20_telegram_shows_in_slack_and_console_and_the_answer_from_slack_comes_once(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S2-20, G3, G8: within a second (the best of three), doubled hooks, no echo, the agent's own name."""
    async with open_office(database_url, tmp_path / "data", monkeypatch) as office:
        took = []
        for n, text in enumerate(("Is my <b>bike</b> ready?", "The *red* one", "Hello?"), start=1):
            began = time.monotonic()
            await office.tells(text)
            await asyncio.gather(office.hear(n), office.posted(text.partition("<")[0]))
            took.append(time.monotonic() - began)
        assert min(took) < 1.0, took
        (conversation,) = await office.conversations()
        first, *others = office.posts
        assert first[0] is None
        assert first[1] == (
            "*Nora Vidal · Telegram*\n*Nora Vidal*: Is my &lt;b&gt;bike&lt;/b&gt; ready?\n"
            f"<{office.desk.url}/inbox/all/{conversation['id']}|Open at the desk>"
        )
        root = office.root("ready?")
        assert others == [(root, "*Nora Vidal*: The *red* one"), (root, "*Nora Vidal*: Hello?")]
        office.slack.faults.set([Fault(kind=FaultKind.HOOK_DUPLICATE), Fault(kind=FaultKind.HOOK_CONCURRENT)])
        await office.answers("It is ready & <waiting>", root)
        await until(lambda: office.reached() == ["It is ready & <waiting>"], seconds=30, what="the answer")
        said = await office.hear(4)
        assert said[3] == (conversation["id"], "It is ready & <waiting>")
        answer = office.heard[-1] if office.heard[-1].get("message") else office.heard[-2]
        assert answer["message"]["author"]["name"] == "Maya"
        office.slack.faults.set([])
        await office.tells("Thanks")
        await office.posted("Hello?", "Thanks")
        await office.is_still()
        assert office.reached() == ["It is ready & <waiting>"]
        assert [told for _, told in office.posts][3:] == ["*Nora Vidal*: Thanks"]
        assert len(await office.conversations()) == 1
        assert len(await office.messages(conversation["id"])) == 5


async def test_s2_22_three_platforms_show_one_order(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S2-22, G4: Telegram, SMS and Slack at once; the agents' channel, the live line and the API agree."""
    async with open_office(database_url, tmp_path / "data", monkeypatch) as office:
        for write, text in ((office.tells, "T0"), (office.texts, "S0"), (office.slacks, "K0")):
            await write(text)
        await office.hear(3)
        await office.is_still()
        roots = {word: office.root(word) for word in ("T0", "S0", "K0")}
        for n in range(1, 5):
            await office.tells(f"T{n}")
            await office.texts(f"S{n}")
            await office.slacks(f"K{n}")
            for word, root in roots.items():
                await office.answers(f"{word[0]}answer{n}", root)
        said = await office.hear(27)
        await office.is_still()
        shown = [told.rpartition(": ")[2].partition("\n")[0] for _, told in office.posts]
        incoming = [body for _, body in said if "answer" not in body]
        assert shown == incoming
        assert len(incoming) == 15
        for conversation in await office.conversations():
            mine = [body for each, body in said if each == conversation["id"]]
            assert await office.messages(conversation["id"]) == mine
            assert len(mine) == 9
            root = roots[f"{mine[0][0]}0"]
            thread = [
                each
                for each in office.slack.state.history(DESK.id)
                if root in {each["ts"], each.get("thread_ts")}
            ]
            told = [each["text"].rpartition(": ")[2].partition("\n")[0] for each in thread]
            assert sorted(told) == sorted(mine)
            for kind in (True, False):
                assert [each for each in told if ("answer" in each) is kind] == [
                    each for each in mine if ("answer" in each) is kind
                ]
        phones = (
            office.telegram.state.phone(NORA),
            office.sms.state.phone(OTIS),
            office.slack.state.phone(IDA),
        )
        for letter, phone in zip("TSK", phones, strict=True):
            got = [each.shown for each in phone.messages if each.sender == "business"]
            assert got == [f"{letter}answer{n}" for n in range(1, 5)]


async def test_s2_20_posts_of_unknown_outcome_are_looked_up_and_neither_lost_nor_doubled(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S2-20, G4: lost answers (at a thread's beginning too), cuts, a limit, a server's error."""
    async with open_office(sqlite_url, tmp_path / "data", monkeypatch) as office:
        kinds = (FaultKind.ACCEPT_RESET, FaultKind.ACCEPT_RESET, FaultKind.RESET, FaultKind.RATE_LIMIT)
        for n, kind in enumerate((*kinds, FaultKind.SERVER_ERROR, FaultKind.ACCEPT_ERROR)):
            office.slack.faults.set([Fault(kind=kind, count=1, seconds=1)])
            await office.tells(f"word {n}")
            await office.posted(f"word {n}")
            await office.is_still()
        told = [words.rpartition(": ")[2].partition("\n")[0] for _, words in office.posts]
        assert told == [f"word {n}" for n in range(6)]
        assert len({root for root, _ in office.posts} - {None}) == 1


async def test_s2_20_who_may_not_answer_is_told_in_the_thread_and_nothing_there_is_a_customers(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S2-20: unmapped people, files, resolved conversations, strangers; talk beside threads is nobody's."""
    monkeypatch.setattr(answering, "FOREIGN", timedelta(seconds=0.3))
    async with open_office(sqlite_url, tmp_path / "data", monkeypatch) as office:
        office.slack.add_agent("U0OTTO", "Otto", "otto@rill.example", channel=DESK)
        office.slack.add_agent("U0VERA", "Vera", "maya@rill.example", channel=DESK, team="T0ELSEWHERE")
        await office.tells("Hi")
        await office.posted("Hi")
        root = office.root("Hi")
        (conversation,) = await office.conversations()
        await office.answers("I do not belong here", root, "U0OTTO")
        await office.posted("*Not sent*: Nobody at this desk has the e-mail address otto@rill.example.")
        await office.answers("I say that I am Maya", root, "U0VERA")
        await office.posted("*Not sent*: Only members of this workspace")
        await office.does("slack", MAYA, type="image", caption="Look", reply_to=root)
        await office.posted("*Not sent*: Only text can be sent from here.")
        await office.does("slack", MAYA, type="text", text="Lunch?")
        await office.does("slack", MAYA, type="reaction", message_id=root, emoji="👍")
        await office.does("slack", MAYA, type="command", command="/bike", text="ready?")
        lunch = next(each.id for each in office.slack.state.phone(MAYA).messages if each.shown == "Lunch?")
        await office.answers("Yes!", lunch, "U0OTTO")
        await office.desk.owner.post(f"/v1/conversations/{conversation['id']}/resolve", {}, status=200)
        await office.answers("Too late", root)
        await office.posted("*Not sent*: ")
        await until(lambda: "resolved" in office.posts[-1][1].lower(), seconds=30, what="the reason")
        await office.is_still()
        assert office.reached() == []
        assert len(await office.conversations()) <= 1
        assert [root for root, _ in office.posts[1:]] == [root] * (len(office.posts) - 1)
        assert len(office.posts) == 5
