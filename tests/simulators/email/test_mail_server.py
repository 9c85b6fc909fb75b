"""The mail server against the standard library's clients: SMTP with and without STARTTLS, and IMAP."""

import asyncio
import imaplib
import smtplib
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from typing import Any, TypeVar

import pytest

from frontdesk.simulators.base import Fault, FaultKind
from frontdesk.simulators.email import MailSimulator, Ports, mail_servers
from tests.channels.email.mail_servers import certificate

OURS, PASSWORD, ANA = "help@rill.example", 'a "quoted" \\ password', "ana@mail.example"
MAIL = (
    b"From: help@rill.example\r\nTo: ana@mail.example\r\nMessage-ID: <m1@rill.example>\r\nSubject: Hi\r\n\r\n"
)
T = TypeVar("T")


@dataclass
class World:
    """A simulator with one address and one person, and its ports."""

    simulator: MailSimulator
    ports: Ports
    context: ssl.SSLContext

    def smtp(self) -> smtplib.SMTP:
        """A session that is encrypted and signed in."""
        client = smtplib.SMTP("127.0.0.1", self.ports.submission, timeout=10)
        client.starttls(context=self.context)
        client.login(OURS, PASSWORD)
        return client

    def imap(self) -> imaplib.IMAP4_SSL:
        client = imaplib.IMAP4_SSL("127.0.0.1", self.ports.imaps, ssl_context=self.context, timeout=10)
        client.login(OURS, PASSWORD)
        return client

    def writes(self, text: str, **more: Any) -> None:
        """Ana writes."""
        state = self.simulator.state
        self.simulator.network.write(state.businesses[OURS], state.phones[ANA], text, **more)

    @property
    def shown(self) -> list[str]:
        return [message.shown for message in self.simulator.state.phones[ANA].messages]


async def threaded(step: Callable[[], T]) -> T:
    return await asyncio.to_thread(step)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    server, client = certificate(tmp_path)
    client.check_hostname = False
    simulator = MailSimulator(seed=5)
    async with simulator.running(), mail_servers(simulator.network, server) as ports:
        simulator.register(OURS, "Rill", password=PASSWORD)
        simulator.add_phone(ANA, "Ana")
        yield World(simulator, ports, client)


async def test_a_mail_is_taken_line_by_line(world: World) -> None:
    """S3-14: dots at the start of lines are what they were (RFC 5321, 4.5.2)."""

    def send() -> None:
        with smtplib.SMTP_SSL("127.0.0.1", world.ports.smtps, context=world.context, timeout=10) as client:
            client.login(OURS, PASSWORD)
            client.sendmail(OURS, [ANA], MAIL + b".one\r\n..two\r\nthree\r\n")
            client.sendmail(OURS, [ANA], MAIL + b"again\r\n")

    await threaded(send)
    assert world.shown == [".one\n..two\nthree", "again"]


async def test_what_a_submission_server_asks_for(world: World) -> None:
    """No password before TLS, no mail before the password, no sender but one's own."""

    def talk() -> list[int]:
        with smtplib.SMTP("127.0.0.1", world.ports.submission, timeout=10) as client:
            codes = [client.docmd("AUTH PLAIN AHgAeQ==")[0], client.docmd("NONSENSE")[0]]
            client.starttls(context=world.context)
            codes.append(client.mail(OURS)[0])
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.login(OURS, "wrong")
            client.login(OURS, PASSWORD)
            codes.append(client.rcpt(ANA)[0])
            codes.append(client.mail("boss@elsewhere.example")[0])
            codes += [client.mail(OURS)[0], client.rcpt("nobody@mail.example")[0], client.docmd("DATA")[0]]
            return codes

    assert await threaded(talk) == [530, 502, 530, 503, 553, 250, 550, 503]
    assert world.shown == []


async def test_faults_before_and_after_a_mail_is_taken(world: World) -> None:
    def tries() -> list[Any]:
        found: list[Any] = []
        kinds = (FaultKind.RATE_LIMIT, FaultKind.SERVER_ERROR, FaultKind.ERROR, FaultKind.RESET)
        world.simulator.faults.set([Fault(kind=kind, count=1) for kind in (*kinds, FaultKind.ACCEPT_RESET)])
        for _ in range(6):
            client = world.smtp()
            try:
                client.sendmail(OURS, [ANA], MAIL + b"Hello\r\n")
                found.append("taken")
            except smtplib.SMTPRecipientsRefused as error:
                found.append(error.recipients[ANA][0])
            except (smtplib.SMTPServerDisconnected, OSError):
                found.append("cut")
            client.close()
        return found

    assert await threaded(tries) == [451, 421, 550, "cut", "cut", "taken"]
    assert world.shown == ["Hello", "Hello"]
    assert [send.answer for send in world.simulator.state.sends] == ["accept_reset", "250"]


async def test_imap_shows_marks_and_finds_mails(world: World) -> None:
    """RFC 3501: a look that leaves no trace, one that does, sets of numbers, and a second mail meanwhile."""
    world.writes("One", subject="First")

    def read() -> None:
        client = world.imap()
        assert client.select("INBOX") == ("OK", [b"1"])
        [validity] = client.response("UIDVALIDITY")[1]
        assert client.search(None, "UNSEEN") == ("OK", [b"1"])
        _, [(head, raw), _] = client.uid("FETCH", "1:*", "(UID RFC822.SIZE BODY.PEEK[])")
        assert (message_from_bytes(raw)["Subject"], head.split(b" (")[0]) == ("First", b"1")
        assert client.search(None, "UNSEEN") == ("OK", [b"1"])
        client.fetch("1", "(RFC822)")
        assert client.search(None, "UNSEEN") == ("OK", [b""])
        assert client.store("1", "-FLAGS", r"(\Seen)") == ("OK", [b"1 (UID 1 FLAGS ())"])
        client._simple_command("NOOP")
        assert validity
        assert client.status("INBOX", "(MESSAGES)")[1] == [
            b"INBOX (MESSAGES 1 UIDNEXT 2 UIDVALIDITY %s UNSEEN 1)" % validity
        ]
        client.logout()

    await threaded(read)
    world.writes("Two", subject="Second")

    def look() -> None:
        client = world.imap()
        assert client.select("INBOX", readonly=True) == ("OK", [b"2"])
        assert client.uid("SEARCH", "2:*")[1] == [b"2"]
        assert client.store("1", "+FLAGS", r"(\Seen)")[0] == "NO"
        with pytest.raises(imaplib.IMAP4.error, match="ENVELOPE cannot be fetched"):
            client.fetch("1", "(ENVELOPE)")
        assert client.select("Elsewhere")[0] == "NO"
        client.logout()

    await threaded(look)


async def test_imap_refuses_a_wrong_password(world: World) -> None:
    def sign_in() -> None:
        client = imaplib.IMAP4_SSL("127.0.0.1", world.ports.imaps, ssl_context=world.context, timeout=10)
        with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
            client.login(OURS, "wrong")
        client.shutdown()

    await threaded(sign_in)


async def test_m_17_a_mail_that_bounces_later_comes_back_as_a_report(world: World) -> None:
    world.simulator.faults.set([Fault(kind=FaultKind.FAIL_LATER, count=1, code=552)])

    def send() -> None:
        with world.smtp() as client:
            client.sendmail(OURS, [ANA], MAIL + b"Hello\r\n")

    await threaded(send)
    (kept,) = world.simulator.state.businesses[OURS].mailbox.mails.values()
    report = message_from_bytes(kept.raw)
    assert (report.get_content_type(), report.get_param("report-type")) == (
        "multipart/report", "delivery-status",
    )  # fmt: skip
    parts: Any = report.get_payload()
    about = parts[1].get_payload()
    assert (about[1]["Action"], about[1]["Status"]) == ("failed", "5.0.0")
    assert "Message-ID: <m1@rill.example>" in parts[2].get_payload()
    assert world.shown == []


async def test_refusal_57_who_is_away_answers_people_and_no_machine(world: World) -> None:
    """RFC 3834: marked as automatic, and none to what is marked so."""
    world.simulator.state.phones[ANA].is_away = True

    def send() -> None:
        with world.smtp() as client:
            client.sendmail(OURS, [ANA], MAIL + b"Hello\r\n")
            client.sendmail(OURS, [ANA], b"Auto-Submitted: auto-generated\r\n" + MAIL + b"Hello\r\n")

    await threaded(send)
    (kept,) = world.simulator.state.businesses[OURS].mailbox.mails.values()
    reply = message_from_bytes(kept.raw)
    assert (reply["Auto-Submitted"], reply["In-Reply-To"], reply["Subject"]) == (
        "auto-replied", "<m1@rill.example>", "Re: Hi",
    )  # fmt: skip
