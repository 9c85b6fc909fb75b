"""Mail servers over real sockets: what their answers mean, and a folder read without loss or doubles."""

import asyncio
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest

from frontdesk.channels.email import channel, imap, smtp
from frontdesk.domain.content import Email, Text
from frontdesk.ports.channel import CollectFailed, Connection, Failed, Sent, Unknown
from tests.channels.email.inbox import connection, outgoing
from tests.channels.email.mail_servers import HOST, ImapServer, SmtpServer, certificate, listening


@pytest.fixture
def server_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The servers' certificate; the channel trusts it, and finds them on loopback."""
    server, client = certificate(tmp_path)

    async def to_loopback(host: str, port: int, timeout_seconds: float) -> socket.socket:
        assert host == HOST
        made = socket.socket()
        made.setblocking(False)
        await asyncio.get_running_loop().sock_connect(made, ("127.0.0.1", port))
        return made

    for module in (smtp, imap):
        monkeypatch.setattr(module, "connected_socket", to_loopback)
        monkeypatch.setattr(module, "tls_context", lambda: client)
    return server


def by_smtp(port: int) -> Connection:
    return connection(
        outgoing="smtp",
        smtp_host=HOST,
        smtp_port=port,
        smtp_security="tls",
        smtp_username="u",
        smtp_password="p",
    )


def by_imap(port: int, **more: Any) -> Connection:
    return connection(imap_host=HOST, imap_port=port, imap_password="secret", **more)


async def test_a_mail_is_handed_over(server_side: ssl.SSLContext) -> None:
    """S3-14: every recipient is named to the server, Bcc in no header."""
    server = SmtpServer()
    content = Email(subject="Hi", text="Hello", cc=("cy@customer.example",), bcc=("dee@customer.example",))
    async with listening(server.serve, server_side) as port:
        result = await channel.send(outgoing(content), by_smtp(port))
    assert isinstance(result, Sent)
    [mail] = server.mails
    assert f"Message-ID: <{result.source_id}>".encode() in mail
    assert b"dee@customer.example" not in mail
    assert [line.split("<")[1].split(">")[0] for line in server.recipients] == [
        "ana@customer.example", "cy@customer.example", "dee@customer.example",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "answer", "retryable", "auth_expired"),
    [
        ("RCPT", "550 5.1.1 no such user", False, False),
        ("RCPT", "450 4.2.0 come later", True, False),
        ("MAIL", "451 4.3.0 busy", True, False),
        ("BODY", "554 5.7.1 spam", False, False),
        ("BODY", "452 4.3.1 full", True, False),
        ("AUTH", "535 5.7.8 wrong", False, True),
    ],
)
async def test_what_a_servers_refusal_means(
    server_side: ssl.SSLContext, command: str, answer: str, retryable: bool, auth_expired: bool
) -> None:
    """4yz may succeed later, 5yz will not (RFC 5321, 4.2.1)."""
    server = SmtpServer({command: answer})
    async with listening(server.serve, server_side) as port:
        result = await channel.send(outgoing(Text(body="Hi")), by_smtp(port))
    assert isinstance(result, Failed)
    assert (result.code, result.retryable, result.auth_expired) == (answer[:3], retryable, auth_expired)
    assert server.words[-2:] == ["QUIT", "END"], "S2-11: the session is left, also after an error"


@pytest.mark.parametrize(("command", "kind"), [("RCPT", Failed), ("BODY", Unknown)])
async def test_a_connection_cut_before_and_after_the_mail(
    server_side: ssl.SSLContext, command: str, kind: type
) -> None:
    """G2: what may have been taken is never sent again by itself."""
    server = SmtpServer({command: None})
    async with listening(server.serve, server_side) as port:
        result = await channel.send(outgoing(Text(body="Hi")), by_smtp(port))
    assert type(result) is kind
    assert not isinstance(result, Failed) or result.retryable


async def test_a_folder_is_read_from_now_on_and_each_mail_once(server_side: ssl.SSLContext) -> None:
    """G1, G3: the first look skips what was there; the cursor goes from mail to mail; nothing is changed."""
    server = ImapServer({1: b"From: a@b.c\r\n\r\nold"})
    async with listening(server.serve, server_side) as port:
        place = by_imap(port)
        first = await channel.collect(place, {})
        assert (first.requests, first.cursor) == ((), {"validity": 7, "uid": 1})
        assert (await channel.collect(place, first.cursor)).requests == ()
        server.mails |= {2: b"From: a@b.c\r\n\r\ntwo", 5: b"From: a@b.c\r\n\r\nfive"}
        second = await channel.collect(place, first.cursor)
        again = await channel.collect(place, first.cursor)
        third = await channel.collect(place, second.cursor)
    assert [each.body for each in second.requests] == [server.mails[2], server.mails[5]]
    assert again == second
    assert (second.cursor, third.requests) == ({"validity": 7, "uid": 5}, ())
    assert set(server.selected) == {'EXAMINE "INBOX"'}


async def test_a_folder_made_anew_is_read_anew(server_side: ssl.SSLContext) -> None:
    server = ImapServer({1: b"From: a@b.c\r\n\r\none"}, validity=8)
    async with listening(server.serve, server_side) as port:
        found = await channel.collect(by_imap(port), {"validity": 7, "uid": 900})
    assert [each.body for each in found.requests] == [server.mails[1]]
    assert found.cursor == {"validity": 8, "uid": 1}


async def test_many_mails_are_read_in_portions(
    server_side: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "AT_ONCE", 2)
    monkeypatch.setattr(imap, "MAX_MAIL_BYTES", 100)
    server = ImapServer({1: b"a", 2: b"b" * 101, 3: b"c"})
    async with listening(server.serve, server_side) as port:
        first = await channel.collect(by_imap(port), {"validity": 7, "uid": 0})
        second = await channel.collect(by_imap(port), first.cursor)
    assert ([each.body for each in first.requests], first.cursor["uid"], first.more) == ([b"a"], 2, True)
    assert ([each.body for each in second.requests], second.cursor["uid"], second.more) == ([b"c"], 3, False)


async def test_a_wrong_password_says_so(server_side: ssl.SSLContext) -> None:
    server = ImapServer(password="another")
    async with listening(server.serve, server_side) as port:
        with pytest.raises(CollectFailed) as failed:
            await channel.collect(by_imap(port), {})
    assert failed.value.auth_expired
    assert server.words[-2:] == ["LOGIN", "LOGOUT"], "S2-11: the session is left, also after an error"


async def test_a_mailbox_inside_is_refused_before_connecting() -> None:
    """Refusal 36."""
    with pytest.raises(CollectFailed) as failed:
        await channel.collect(connection(imap_host="127.0.0.1", imap_password="x"), {})
    assert "not on the public internet" in failed.value.message
    assert not failed.value.auth_expired


async def test_connecting_checks_both_ways(server_side: ssl.SSLContext) -> None:
    mailbox = ImapServer({1: b"x"})
    async with (
        listening(SmtpServer().serve, server_side) as out,
        listening(mailbox.serve, server_side) as port,
    ):
        place = connection(
            outgoing="smtp",
            smtp_host=HOST,
            smtp_port=out,
            smtp_security="tls",
            imap_host=HOST,
            imap_port=port,
            imap_password="secret",
        )
        report = await channel.connect(place)
    assert report.ok
    assert [name for name, _, _ in report.steps] == ["Sending by SMTP", "Receiving by IMAP"]
