"""Mails that were made to break programs: each is read, says what it can, and costs what its size allows."""

import base64
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from frontdesk.channels.email import tokens
from frontdesk.channels.email.inbound import parse_mail
from frontdesk.channels.email.reading import file_in, read
from frontdesk.channels.email.threading import Proofs
from frontdesk.domain.content import Email, content_adapter
from frontdesk.domain.inbound import MessageReceived
from frontdesk.ports.channel import RawRequest
from tests.channels.email.inbox import ADDRESS, CONFIG, INBOUND_KEY, REPLY_SECRET
from tests.channels.email.mails import mail, multipart
from tests.channels.email.test_story import FORM, raw_form
from tests.desk import RunningDesk, until

SECONDS = 10
"""Far more than any of them needs; before there were bounds they took minutes."""
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
INBOX = UUID("01990000-0000-7000-8000-00000000000b")
PROOFS = Proofs(REPLY_SECRET, INBOX, NOW)


def read_one(raw: bytes) -> MessageReceived:
    """The one message of a mail; it fits the store."""
    began = time.monotonic()
    [found] = parse_mail(raw, PROOFS, ADDRESS)
    assert time.monotonic() - began < SECONDS
    assert isinstance(found, MessageReceived)
    content_adapter.validate_json(content_adapter.dump_json(found.content))
    told = [found.source_id or "", found.thread_key, found.party.name or "", *map(str, found.answers)]
    assert "\x00" not in "".join(told).encode().decode()
    return found


def content_of(raw: bytes) -> Email:
    content = read_one(raw).content
    assert isinstance(content, Email)
    return content


def nested(depth: int, kind: str = "mixed") -> bytes:
    parts = "".join(
        f"--b{n}\r\nContent-Type: multipart/{kind}; boundary=b{n + 1}\r\n\r\n" for n in range(depth)
    )
    deepest = f"--b{depth}\r\nContent-Type: text/plain\r\n\r\nfrom the deep\r\n"
    return mail(parts + deepest, Content_Type=f"multipart/{kind}; boundary=b0")


@pytest.mark.parametrize("depth", [5, 28, 31, 100, 3000])
@pytest.mark.parametrize("kind", ["mixed", "alternative"])
def test_what_is_nested_too_deeply_is_a_text(depth: int, kind: str) -> None:
    """S3-16: whatever its depth, it is one message, and its words are there."""
    text = content_of(nested(depth, kind)).text
    assert text is not None
    assert text == "from the deep" if depth < 30 else text.startswith("--b0\r\nContent-Type: multipart/")


def test_mails_within_mails_are_a_file() -> None:
    inner = "Content-Type: message/rfc822\r\n\r\nFrom: a@x.example\r\n" * 2000
    [file] = content_of(mail(inner, Content_Type="message/rfc822")).attachments
    assert (file.mime, file.filename) == ("message/rfc822", "message.eml")


@pytest.mark.parametrize(
    "body",
    [
        "begin 644 a\n" * 100_000,
        "begin 644 a\n  \nend\n" * 20_000,
        "=?a?q?b?c" * 60_000,
        "On Mon wrote\n" * 50_000,
    ],
    ids=["begun", "uuencoded", "words", "attributions"],
)
def test_a_text_costs_what_its_size_allows(body: str) -> None:
    assert content_of(mail(body)).text is not None


@pytest.mark.parametrize(
    "headers",
    [
        {"Date": "(" * 100_000},
        {"Date": "Mon, 1 Jan 2024 10:00:00 +0000 " + " " * 200_000 + "x"},
        {"Subject": "=?a?q?b?c" * 60_000},
        {"Subject": "=?utf-8?q?=41?= " * 50_000},
        {"From": "=?utf-8?q?=41?= " * 50_000 + "<ana@customer.example>"},
        {"To": "a@x.example, " * 100_000},
        {"References": "<a@x " * 200_000},
        {"X_A": "b\r\nX-A: b" * 100_000},
    ],
    ids=["date", "zone", "words cut", "words", "name", "recipients", "references", "lines"],
)
def test_a_header_costs_what_its_size_allows(headers: dict[str, str]) -> None:
    content_of(mail(**headers))


def test_of_a_thousand_references_the_nearest_count() -> None:
    """M-17: what is answered is found, wherever a list of ids was cut."""
    ours = tokens.message_id_of(tokens.token_of(REPLY_SECRET, INBOX, INBOX, NOW), ADDRESS)
    ids = [*(f"{n}@x.example" for n in range(1000)), ours]
    found = read_one(mail(References="\r\n ".join(f"<{each}>" for each in ids)))
    assert (len(found.answers), found.answers[0].message_id) == (50, INBOX)
    assert found.answers[1].source_id == "999@x.example"


def test_a_forged_token_in_the_address_answers_nothing() -> None:
    """Refusals 60 and 61: neither a made-up one nor one of another inbox."""
    other = tokens.token_of(REPLY_SECRET, UUID(int=7), INBOX, NOW)
    for token in ("a" * 50, other, other.upper()):
        to = ADDRESS.replace("@", f"+{token}@")
        assert read_one(mail(To=to, In_Reply_To=f"<{token}.fd@desk.example>")).answers == ()


@pytest.mark.parametrize(
    ("date", "at"),
    [
        ("Fri, 31 Dec 2999 23:59:59 +0000", None),
        ("Tue, 03 Nov 2026 12:00:00 +0000", None),
        ("Sun, 01 Nov 2026 18:00:00 +0000", NOW + timedelta(hours=6)),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
        ("Mon, 99 Foo 20xx 99:99:99 +9999", None),
    ],
)
def test_a_date_that_is_still_to_come_is_none(date: str, at: datetime | None) -> None:
    assert read_one(mail(Date=date)).at == at


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        ("klingon", b"h\xe9llo", "h\xe9llo"),
        ("zlib", b"plain", "plain"),
        ("utf-7", b"a +2AA- b", "a \ufffd b"),
        ("utf-16", b"\xff\xfeh\x00i\x00\x00\xd8", "hi\ufffd"),
        ("unicode_escape", b"\\ud800\\x00", "\\ud800\\x00"),
    ],
)
def test_a_broken_charset_gives_text_that_can_be_kept(charset: str, body: bytes, text: str) -> None:
    assert content_of(mail("", Content_Type=f"text/plain; charset={charset}") + body).text == text


def test_what_no_store_takes_is_left_out_of_ids_and_subjects() -> None:
    found = read_one(mail(Message_ID="<a\x00b@x.example>", Subject="=?utf-7?q?+2AA-?= =?utf-8?q?=00a?="))
    assert isinstance(found.content, Email)
    assert (found.source_id, found.content.subject) == ("ab@x.example", "\ufffda")


def test_a_large_file_and_winmail_dat_are_files_as_they_came() -> None:
    """S3-16: megabytes in base64, and what one program makes of its files (TNEF)."""
    large, tnef = bytes(range(256)) * 12_000, b"\x78\x9f\x3e\x22" + bytes(2000)
    parts = [
        f"Content-Type: {kind}; name={name}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(content).decode()
        for kind, name, content in (
            ("application/pdf", "a.pdf", large),
            ("application/ms-tnef", "winmail.dat", tnef),
        )
    ]
    raw = multipart("mixed", *parts)
    files = content_of(raw).attachments
    assert [(file.filename, file.size) for file in files] == [
        ("a.pdf", len(large)),
        ("winmail.dat", len(tnef)),
    ]
    request = RawRequest("IMAP", "", {}, {"content-type": "message/rfc822"}, raw)
    assert [file_in(request, file.source_media_id or "").content for file in files] == [large, tnef]


@pytest.mark.parametrize("sign", ["&", "&x;", "&#", "&amp;", "<b>", "<a "])
def test_html_costs_what_its_size_allows(sign: str) -> None:
    """Of a million signs that cost their square, what is cut off is only the page's; see its text."""
    content = content_of(mail("Hello " + sign * (900_000 // len(sign)), Content_Type="text/html"))
    assert (content.text or "").startswith("Hello")
    assert len(content.html or "") < 2_000_000


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\nhello", b"\x00" * 1000, b"Subject:", b"\xff\xfe: \xff"])
def test_a_mail_that_lacks_everything_is_a_message_of_nobody(raw: bytes) -> None:
    found = read(RawRequest("IMAP", "", {}, {"content-type": "message/rfc822"}, raw), PROOFS, ADDRESS)
    assert [each.party.addresses[0].value for each in found if isinstance(each, MessageReceived)] == [
        "unknown@sender.invalid"
    ]


async def test_one_mail_to_two_inboxes_is_in_both_and_nasty_ones_hold_up_none(desk: RunningDesk) -> None:
    """G9, M-17: an id is known within its inbox only; whatever comes between, the next mail is there."""
    urls = []
    for name in ("help", "sales"):
        inbox = await desk.owner.inbox("email", name, {**CONFIG, "address": f"{name}@desk.example"})
        urls.append(f"/hooks/email/{inbox['id']}?key={INBOUND_KEY}")
    same = mail("To both", To="help@desk.example, sales@desk.example")
    bad = [
        nested(3000),
        mail("x", Message_ID="<n1@x>", Date="Fri, 31 Dec 2999 23:59:59 +0000"),
        b"\x00" * 100,
    ]
    for url in urls:
        for raw in (same, *bad, same, mail("The last", Message_ID="<last@x.example>")):
            assert (await desk.http.post(url, content=raw_form(raw), headers=FORM)).status_code == 200

    async def all_came() -> Any:
        found = (await desk.owner.get("/v1/conversations", limit=50))["items"]
        came = [each["preview"]["text"] for each in found]
        return came if came.count("The last") == 2 else None

    came = await until(all_came, seconds=30, what="the last mail of each inbox")
    assert (came.count("To both"), came.count("x")) == (2, 2)
