"""Mails in our words: text, HTML, files, addresses, ids, and what breaks the rules."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.channels.email.inbound import parse_mail
from frontdesk.channels.email.reading import read, readers
from frontdesk.domain.content import Email
from frontdesk.domain.errors import Malformed
from frontdesk.domain.inbound import Address, MessageReceived, StatusReported
from frontdesk.domain.message import DeliveryStatus
from frontdesk.domain.neutral import neutral
from frontdesk.ports.channel import RawRequest
from tests.channels.email.mails import mail, multipart

PNG = base64.b64encode(b"\x89PNG-not-really").decode()


def message_of(raw: bytes) -> MessageReceived:
    [event] = parse_mail(raw)
    assert isinstance(event, MessageReceived)
    return event


def content_of(raw: bytes) -> Email:
    content = message_of(raw).content
    assert isinstance(content, Email)
    return content


def request(body: bytes, kind: str) -> RawRequest:
    return RawRequest("POST", "https://desk.example/", {}, {"content-type": kind}, body)


def test_a_plain_mail() -> None:
    """S3-16."""
    raw = mail(
        "Hello",
        Subject="=?utf-8?q?Pedido_n=C2=BA_?= =?utf-8?q?7?=",
        Date="Wed, 2 Mar 2016 12:00:00 +0100",
        Cc="Bo <bo@customer.example>, cy@customer.example",
    )
    message = message_of(raw)
    assert message.source_id == "m1@customer.example"
    assert message.party.addresses == (Address("email", "ana@customer.example"),)
    assert message.party.name == "Ana Ruiz"
    assert message.at == datetime(2016, 3, 2, 11, tzinfo=UTC)
    assert message.content == Email(
        subject="Pedido nº 7",
        text="Hello",
        to=("help@desk.example",),
        cc=("bo@customer.example", "cy@customer.example"),
    )


def test_text_html_an_inline_image_and_a_file() -> None:
    """M-17: attachments keep name, kind and size; the text is the plain part."""
    html = "Content-Type: text/html; charset=utf-8\r\n\r\n<p>Hola <img src='cid:pic@x'></p>"
    image = (
        "Content-Type: image/png\r\nContent-ID: <pic@x>\r\nContent-Disposition: inline; filename=pic.png\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{PNG}"
    )
    file = (
        "Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment; filename*=utf-8''Rechnung%20M%C3%A4rz.pdf\r\n\r\n{PNG}"
    )
    raw = multipart("mixed", "Content-Type: text/plain\r\n\r\nHola", html, image, file)
    content = content_of(raw)
    assert (content.text, content.html) == ("Hola", '<p>Hola <img src="cid:pic@x"></p>')
    assert [(each.filename, each.mime, each.size) for each in content.attachments] == [
        ("pic.png", "image/png", 15),
        ("Rechnung März.pdf", "application/pdf", 15),
    ]
    assert message_of(raw).extra["content_ids"] == {"part:2": "pic@x"}


@pytest.mark.parametrize(
    ("charset", "content", "text"),
    [
        ("iso-8859-1", "ñ".encode("latin-1"), "ñ"),
        ("iso-8859-1", b"\x93quoted\x94", "“quoted”"),
        ("ks_c_5601-1987", "한".encode("cp949"), "한"),
        ("gb2312", "汉".encode("gb18030"), "汉"),
        ("no-such-charset", "é".encode(), "é"),
        ("unicode_escape", b"\\x41", "\\x41"),
        ("hex", b"zz", "zz"),
    ],
)
def test_text_in_the_charset_that_was_meant(charset: str, content: bytes, text: str) -> None:
    """M-17: a codec that unpacks or runs things is none."""
    raw = mail("", Content_Type=f"text/plain; charset={charset}", Content_Transfer_Encoding="8bit") + content
    assert content_of(raw).text == text


@pytest.mark.parametrize(
    "sender",
    [
        "=?utf-8?q?agent=40desk.example?= <eve@evil.example>",
        "=?utf-8?q?agent=40desk.example_=3Cagent=40desk.example=3E?= <eve@evil.example>",
        '"agent@desk.example" <eve@evil.example>',
        "=?utf-8?b?" + base64.b64encode(b"agent@desk.example\x00").decode() + "?= <eve@evil.example>",
    ],
)
def test_an_address_in_an_encoded_word_is_a_display_name(sender: str) -> None:
    """Refusal 62."""
    message = message_of(mail(From=sender))
    assert message.party.addresses == (Address("email", "eve@evil.example"),)
    assert "agent@desk.example" in (message.party.name or "")


def test_an_encoded_word_alone_is_no_address() -> None:
    """Refusal 62."""
    message = message_of(mail(From="=?utf-8?q?agent=40desk.example?="))
    assert Address("email", "agent@desk.example") not in message.party.addresses


@pytest.mark.parametrize(
    ("headers", "automatic"),
    [
        ({}, False),
        ({"Auto_Submitted": "no"}, False),
        ({"Auto_Submitted": "auto-replied"}, True),
        ({"Precedence": "bulk"}, True),
        ({"List_Id": "<news.example>"}, True),
        ({"X_Autoreply": "yes"}, True),
        ({"Return_Path": "<>"}, True),
        ({"From": "MAILER-DAEMON@mx.example"}, True),
        ({"From": "noreply@shop.example"}, True),
    ],
)
def test_mails_of_machines_are_known(headers: dict[str, str], automatic: bool) -> None:
    """Refusal 57."""
    read = message_of(mail(**headers))
    assert (read.extra.get("automatic", False), read.context.by_machine) == (automatic, automatic)


def test_ids_are_read_in_order_with_and_without_an_at() -> None:
    """M-17: several ids in In-Reply-To, references of third parties."""
    raw = mail(In_Reply_To="<a@x>\r\n <b@y>", References="<root@x> <no-at-sign> <a@x>")
    told = neutral(message_of(raw))["extra"]
    assert told["in_reply_to"] == ["a@x", "b@y"]
    assert told["references"] == ["root@x", "no-at-sign", "a@x"]


def test_the_same_mail_without_an_id_has_the_same_id_each_time() -> None:
    """G3."""
    raw = mail(Message_ID="")
    assert message_of(raw).source_id == message_of(raw).source_id
    assert str(message_of(raw).source_id).startswith("sha256:")


@given(st.binary(max_size=2000), st.binary(max_size=200))
def test_any_bytes_are_one_mail(body: bytes, head: bytes) -> None:
    """G9."""
    assert len(parse_mail(head + b"\r\n\r\n" + body)) == 1
    assert (
        len(parse_mail(mail(Content_Type="multipart/mixed; boundary=x") + head + b"\r\n--x\r\n" + body)) == 1
    )


def form(**fields: str) -> tuple[bytes, str]:
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        for name, text in fields.items()
    ]
    return ("".join(parts) + "--b--\r\n").encode(), "multipart/form-data; boundary=b"


def test_inbound_parse_of_fields() -> None:
    """M-17: SendGrid's form with the mail taken apart."""
    body, kind = form(
        headers="From: Ana <ana@customer.example>\r\nTo: help@desk.example\r\nMessage-ID: <m2@x>",
        subject="Hé",
        text="Hello",
        html="<p>Hello</p>",
        envelope='{"to": ["in@desk.example"], "from": "ana@customer.example"}',
        SPF="pass",
    )
    [event] = read(request(body, kind))
    assert isinstance(event, MessageReceived)
    assert event.source_id == "m2@x"
    assert event.content == Email(subject="Hé", text="Hello", html="<p>Hello</p>", to=("help@desk.example",))
    assert (event.extra["recipient"], event.extra["spf"]) == ("in@desk.example", "pass")


def test_inbound_parse_of_the_whole_mail() -> None:
    """M-17: SendGrid's form with "raw" chosen says what the mail says."""
    raw = mail("Whole", Subject="S")
    body, kind = form(email=raw.decode(), envelope="{}")
    [event] = read(request(body, kind))
    assert isinstance(event, MessageReceived)
    assert event.content == content_of(raw)


@pytest.mark.parametrize(
    ("body", "kind"), [(b"", "multipart/form-data"), (b"x", "text/css"), (b"{", "application/json")]
)
def test_what_is_no_mail_is_refused(body: bytes, kind: str) -> None:
    """G9."""
    with pytest.raises(Malformed):
        read(request(body, kind))


@pytest.mark.parametrize(
    ("name", "status", "word"),
    [
        ("processed", DeliveryStatus.SENT, "queued"),
        ("deferred", DeliveryStatus.SENT, "deferred"),
        ("delivered", DeliveryStatus.DELIVERED, "delivered"),
        ("open", DeliveryStatus.READ, "opened"),
        ("click", DeliveryStatus.READ, "clicked"),
        ("bounce", DeliveryStatus.FAILED, "bounced"),
        ("dropped", DeliveryStatus.FAILED, "failed"),
        ("spamreport", DeliveryStatus.DELIVERED, "complained"),
    ],
)
def test_sendgrids_events_are_statuses(name: str, status: DeliveryStatus, word: str) -> None:
    """S3-15."""
    body = (
        f'[{{"event": "{name}", "sg_message_id": "abc.filter1.2", "email": "a@b.c", "timestamp": 1456916400,'
        '"sg_event_id": "e1", "frontdesk_delivery": "01990000-0000-7000-8000-000000000001"}]'
    ).encode()
    [event] = read(request(body, "application/json"))
    assert isinstance(event, StatusReported)
    assert (event.source_id, event.status, event.provider_status) == ("abc", status, word)
    assert str(event.delivery_id) == "01990000-0000-7000-8000-000000000001"
    assert event.at == datetime(2016, 3, 2, 11, tzinfo=UTC)


def test_the_reader_of_replies() -> None:
    """M-17."""
    said: list[Any] = list(readers["reply"](request(b"Yes\n\n> no", "text/plain")))
    assert said == [{"event": "reply", "text": "Yes"}]
