"""Mails through the whole desk, by SendGrid and by SMTP and IMAP: threads, bounces, faults, nothing twice."""

import asyncio
import base64
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from frontdesk.channels.email import imap, smtp
from frontdesk.channels.email.channel import EmailChannel
from frontdesk.channels.email.config import EmailConfig
from frontdesk.ports.channel import Collected
from frontdesk.simulators.base import Fault, FaultKind, PhoneMessage
from frontdesk.simulators.email import MailSimulator, mail_servers, serve, verification_key
from frontdesk.simulators.email.state import Business, Phone
from tests.channels.email.mail_servers import HOST, certificate
from tests.contract.line import DeskLine, beside
from tests.desk import running_desk, until

API_KEY, INBOUND_KEY = "SG.a-key-for-tests", "a-word-that-nobody-guesses"
ADDRESS = "help@rill.example"
BY_SENDGRID = {
    "address": ADDRESS,
    "sender_name": "Rill Bikes",
    "outgoing": "sendgrid",
    "sendgrid_api_key": API_KEY,
    "sendgrid_event_key": verification_key(API_KEY),
    "inbound_key": INBOUND_KEY,
}


@dataclass(frozen=True, slots=True)
class Line(DeskLine):
    """A desk, the simulated mail of the world, and a customer's mailbox."""

    business: Business
    phone: Phone

    async def does(self, **action: Any) -> str:
        """The customer writes; the id of the mail on their device."""
        return await self.acts(self.phone.id, action)

    @override
    async def conversation(self) -> str:
        """The newest conversation."""
        return str((await self.conversations())[0]["id"])

    @property
    def came(self) -> list[PhoneMessage]:
        """The mails of the company in the customer's mailbox."""
        return [message for message in self.phone.messages if message.sender == "business"]

    def own(self, message_id: str) -> dict[str, Any]:
        """A mail of the customer's, as its header says."""
        found = self.phone.find(message_id)
        assert found is not None
        body: dict[str, Any] = found.body
        return body


@asynccontextmanager
async def by_sendgrid(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    mails = MailSimulator(seed=11, retry_seconds=(0.05, 0.1, 0.2, 0.5))
    async with beside(mails, url, folder, monkeypatch) as (desk, origin):
        inbox = await desk.owner.inbox("email", "E-mail", BY_SENDGRID)
        business = mails.register(ADDRESS, "Rill Bikes", inbox["hook_url"], API_KEY, INBOUND_KEY)
        phone = mails.add_phone("clara@mail.example", "Clara Nord")
        report = await desk.owner.post(f"/v1/inboxes/{inbox['id']}/connect", status=200)
        assert report["ok"], report
        yield Line(desk, mails, origin, business, phone)


@asynccontextmanager
async def by_smtp(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    server, client = certificate(folder)

    async def to_loopback(host: str, port: int, timeout_seconds: float) -> socket.socket:
        assert (host, timeout_seconds > 0) == (HOST, True)
        made = socket.socket()
        made.setblocking(False)
        await asyncio.get_running_loop().sock_connect(made, ("127.0.0.1", port))
        return made

    for module in (smtp, imap):
        monkeypatch.setattr(module, "connected_socket", to_loopback)
        monkeypatch.setattr(module, "tls_context", lambda: client)
    looks: list[Mapping[str, Any]] = []

    async def collect(config: EmailConfig, cursor: Mapping[str, Any]) -> Collected:
        looks.append(cursor)
        return await really_collect(config, cursor)

    really_collect = imap.collect
    monkeypatch.setattr(imap, "collect", collect)
    monkeypatch.setattr(EmailChannel, "collects", lambda *_: 0.1)
    mails = MailSimulator(seed=12)
    async with serve(mails) as origin, mail_servers(mails.network, server) as ports:
        business = mails.register(ADDRESS, "Rill Bikes", password="a-password")
        phone = mails.add_phone("clara@mail.example", "Clara Nord")
        config = {
            "address": ADDRESS,
            "sender_name": "Rill Bikes",
            "smtp_host": HOST,
            "smtp_port": ports.submission,
            "smtp_username": ADDRESS,
            "smtp_password": "a-password",
            "imap_host": HOST,
            "imap_port": ports.imaps,
            "imap_password": "a-password",
        }
        async with running_desk(url, folder / "data") as desk:
            inbox = await desk.owner.inbox("email", "E-mail", config)
            report = await desk.owner.post(f"/v1/inboxes/{inbox['id']}/connect", status=200)
            assert report["ok"], report
            await until(lambda: any(looks), seconds=30, what="the second look: only what comes then is new")
            yield Line(desk, mails, origin, business, phone)


async def thread_is_kept(line: Line) -> None:
    """A mail becomes a conversation, its answer is in its thread, and the answer to that too."""
    first = await line.does(type="text", subject="Order 7", text="Is my bike ready?")
    (heard,) = await line.has(1)
    assert (heard["content"]["subject"], heard["content"]["text"].strip()) == ("Order 7", "Is my bike ready?")
    assert heard["author"]["name"] == "Clara Nord"
    made = await line.say(kind="text", body="It is! <See you> & bye")

    async def source_id() -> Any:
        return line.came and (await line.desk.owner.get(f"/v1/messages/{made}"))["source_id"]

    sent = await until(source_id, seconds=30, what="the answer")
    (came,) = line.came
    assert (came.shown, came.body["subject"]) == ("It is! <See you> & bye", "Re: Order 7")
    assert came.body["references"] == [line.own(first)["message_id"]]
    assert came.body["message_id"] == sent
    second = await line.does(type="text", text="Thank you!", reply_to=came.id)
    assert line.own(second)["references"] == [*came.body["references"], came.body["message_id"]]
    told = await line.has(3)
    assert len(await line.conversations()) == 1
    assert told[2]["content"]["text"].startswith("Thank you!")


async def test_s2_02_s2_19_s3_16_m_17_a_thread_by_sendgrid_with_its_ticks(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S3-15 too: accepted, delivered and opened are told by signed events."""
    async with by_sendgrid(database_url, tmp_path / "data", monkeypatch) as line:
        await thread_is_kept(line)
        made = await line.say(kind="text", body="One more thing")
        await line.reaches(made, "delivered")
        line.provider.network.carrier.read(line.phone, None)
        await line.reaches(made, "read")
        (delivery,) = await line.desk.owner.get(f"/v1/messages/{made}/deliveries")
        assert delivery["attempts"] == 1
        assert len(line.provider.state.sends) == 2


async def test_g3_g8_storms_of_mails_and_events_lose_and_double_nothing(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Doubled, at once, out of order, and each preceded by one that is not proved."""
    storms = ("hook_duplicate", "hook_concurrent", "hook_reorder", "hook_bad_signature")
    async with by_sendgrid(sqlite_url, tmp_path / "data", monkeypatch) as line:
        line.provider.faults.set(
            [Fault(kind=FaultKind(storm), probability=0.4, seed=n) for n, storm in enumerate(storms)]
        )
        for n in range(8):
            await line.does(type="text", subject=f"Order {n}", text=str(n))
        told = await line.has(8)
        assert sorted(int(message["content"]["text"]) for message in told) == list(range(8))
        made = await line.say(kind="text", body="Once")
        await line.reaches(made, "delivered")
        assert [message.shown for message in line.came] == ["Once"]


async def test_s3_15_m_17_what_becomes_of_a_send_is_told_by_events(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G7: an answer that is lost is settled by its event; one that comes late changes nothing."""
    async with by_sendgrid(sqlite_url, tmp_path / "data", monkeypatch) as line:
        await line.does(type="text", subject="Order 7", text="Hi")
        await line.has(1)
        for kind in (FaultKind.STATUS_FIRST, FaultKind.ACCEPT_RESET, FaultKind.ACCEPT_ERROR):
            line.provider.faults.set([Fault(kind=kind, count=1)])
            await line.reaches(await line.say(kind="text", body=kind.value), "delivered")
        line.provider.faults.set([Fault(kind=FaultKind.RATE_LIMIT, count=1, seconds=1)])
        await line.reaches(await line.say(kind="text", body="later"), "delivered")
        assert [message.shown for message in line.came] == [
            "status_first", "accept_reset", "accept_error", "later",
        ]  # fmt: skip
        line.phone.is_full = True
        failed = await line.reaches(await line.say(kind="text", body="Never"), "failed")
        assert (failed["failure"]["code"], len(line.came)) == ("5.2.2", 4)
        line.business.api_key = "SG.another"
        refused = await line.reaches(await line.say(kind="text", body="Never"), "failed")
        assert refused["failure"]["code"] == "http_401"


PIXEL = b"\x89PNG\r\n\x1a\n" + bytes(64)


async def test_s3_14_s3_18_all_fields_of_a_mail_reach_those_who_get_it(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To, subject, text, HTML, Cc, Bcc, Reply-To, a file, and a picture that the HTML shows in place."""
    async with by_sendgrid(sqlite_url, tmp_path / "data", monkeypatch) as line:
        ben, eve = (line.provider.add_phone(f"{name}@mail.example") for name in ("ben", "eve"))
        await line.does(type="text", subject="Order 7", text="Hi")
        await line.has(1)
        files = [("p.png", PIXEL, "image/png"), ("bill.txt", b"12 EUR", "text/plain")]
        ids = [
            (await line.desk.http.post("/v1/attachments", files={"file": file})).json()["id"]
            for file in files
        ]
        made = await line.say(
            kind="email",
            subject="Your bill",
            text="See <below>",
            html='<p style="color: red">See <img src="cid:p1@rill"></p>',
            cc=[ben.id],
            bcc=[eve.id],
            reply_to="billing@rill.example",
            attachments=[{"attachment_id": ids[0], "content_id": "p1@rill"}, {"attachment_id": ids[1]}],
        )
        await line.reaches(made, "delivered")
        for phone in (line.phone, ben, eve):
            came = phone.messages[-1]
            assert (came.body["to"], came.body["cc"]) == ([line.phone.id], [ben.id])
            assert (came.body["subject"], came.shown) == ("Your bill", "See <below>")
            assert (came.body["from"], came.body["reply_to"]) == (ADDRESS, "billing@rill.example")
            look = line.provider.state.look(came)
            assert [file.filename for file in look.files] == ["bill.txt"]
            page = line.provider.state.files[look.html or ""].content.decode()
            assert f'src="data:image/png;base64,{base64.b64encode(PIXEL).decode()}"' in page


async def test_refusal_57_no_machine_and_no_inbox_of_ours_is_answered_by_itself(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M-17: an absent reader's answer, and a mail between two of our inboxes, end where they came."""
    async with by_sendgrid(sqlite_url, tmp_path / "data", monkeypatch) as line:
        config = {**BY_SENDGRID, "address": "shop@rill.example"}
        greeting = {"default": "Hello! How can we help?"}
        other = await line.desk.owner.inbox("email", "Shop", config, greeting=greeting)
        line.provider.register("shop@rill.example", "Rill Shop", other["hook_url"], "SG.shop", INBOUND_KEY)
        line.phone.is_away = True
        await line.does(type="text", subject="Order 7", text="Hi")
        await line.has(1)
        made = await line.say(kind="email", text="Hello", cc=["shop@rill.example"])
        await line.reaches(made, "delivered")
        told = await line.has(4)
        assert sorted(
            (message["direction"], message["content"]["text"].splitlines()[0]) for message in told
        ) == [
            ("incoming", "Hello"),
            ("incoming", "Hi"),
            ("incoming", "I am away and will read your mail when I am back."),
            ("outgoing", "Hello"),
        ]
        assert (len(line.provider.state.sends), line.provider.hooks.underway) == (1, 0)


async def test_s2_02_s3_16_m_17_a_thread_by_smtp_and_imap_with_every_way_it_can_go_wrong(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Greylisted: healed. Cut after the mail was given: unknown, never repeated (G4). Bounced: failed."""
    async with by_smtp(sqlite_url, tmp_path, monkeypatch) as line:
        await thread_is_kept(line)
        line.provider.faults.set([Fault(kind=FaultKind.RATE_LIMIT, count=1)])
        await line.reaches(await line.say(kind="text", body="greylisted"), "sent")
        line.provider.faults.set([Fault(kind=FaultKind.ACCEPT_RESET, count=1)])
        await line.reaches(await line.say(kind="text", body="cut"), "unknown")
        await line.reaches(await line.say(kind="text", body="after"), "sent")
        assert [message.shown for message in line.came][1:] == ["greylisted", "cut", "after"]
        line.provider.faults.set([Fault(kind=FaultKind.FAIL_LATER, count=1, code=550)])
        bounced = await line.reaches(await line.say(kind="text", body="bounced"), "failed")
        assert bounced["failure"]["code"] == "5.0.0"
        line.phone.is_blocked = True
        blocked = await line.reaches(await line.say(kind="text", body="blocked"), "failed")
        assert blocked["failure"]["code"] == "5.7.1"
        assert len(line.came) == 4
