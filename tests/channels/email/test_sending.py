"""Our messages as mails: what is written, what is refused, what SendGrid and mail servers make of them."""

import json
import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from frontdesk.channels.email import channel, compose, smtp, tokens
from frontdesk.channels.email.config import EmailConfig
from frontdesk.domain import content as c
from frontdesk.domain.errors import UnsupportedByChannel
from frontdesk.domain.inbound import Address
from frontdesk.kit.http import ConnectFailed, OutcomeUnknown, Response
from frontdesk.ports.channel import Earlier, Failed, OutboundFile, OutboundMessage, Sent, Unknown
from frontdesk.testing import RecordingHttp, check_channel
from tests.channels.email.inbox import ADDRESS, CONFIG, DELIVERY, MESSAGE, REPLY_SECRET, connection, outgoing

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
PDF = OutboundFile(content=b"%PDF-x", mime="application/pdf", filename="Rechnung März.pdf")


def written(message: OutboundMessage, **changes: Any) -> EmailMessage:
    place = connection(**changes)
    assert isinstance(place.config, EmailConfig)
    raw = compose.written(compose.draft_of(message, place.config, place, NOW), NOW)
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_a_text_is_a_mail_of_text_and_html() -> None:
    """S3-18: an alternative in HTML with its styles on the elements."""
    mail = written(outgoing(c.Text(body="Hello <Ana>\nhow are you?\n\nLea")))
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == ["Hello <Ana>", "how are you?", "", "Lea"]
    page = html.get_content()
    assert '<p style="margin: 0 0 1em;">Hello &lt;Ana&gt;<br>how are you?</p>' in page
    assert "<style" not in page


def test_the_header_carries_a_signed_token() -> None:
    """M-17."""
    mail = written(outgoing(c.Text(body="Hi")))
    message_id = str(mail["Message-ID"]).strip("<>")
    token = tokens.in_message_id(message_id)
    assert token is not None
    assert tokens.message_of(REPLY_SECRET, connection().inbox_id, token, NOW) == MESSAGE
    assert message_id.endswith("@desk.example")
    assert str(mail["Reply-To"]) == f"help+{token}@desk.example"
    assert str(mail["From"]) == f"Rill <{ADDRESS}>"
    assert str(mail["To"]) == "ana@customer.example"


def test_an_answer_names_what_it_answers_and_keeps_the_subject() -> None:
    """S3-16, M-17: References hold the root, ids of third parties and the last."""
    earlier = (
        Earlier("c3@customer.example"),
        Earlier("o2@desk.example", "Re: Order 7"),
        Earlier("c1@x", "Order 7"),
    )
    mail = written(outgoing(c.Text(body="Hi"), earlier=earlier))
    assert str(mail["Subject"]) == "Re: Order 7"
    assert str(mail["In-Reply-To"]) == "<c3@customer.example>"
    assert str(mail["References"]) == "<c1@x> <o2@desk.example> <c3@customer.example>"


def test_an_answer_to_one_message_names_that() -> None:
    mail = written(outgoing(c.Text(body="Hi"), earlier=(Earlier("b@x"), Earlier("a@x")), reply_to="a@x"))
    assert (str(mail["In-Reply-To"]), str(mail["References"])) == ("<a@x>", "<b@x> <a@x>")


LONG = "Your bicycle is ready and waits for you at the shop in the Rue du Port until Friday evening."


@pytest.mark.parametrize(
    ("content", "subject"),
    [
        (c.Text(body="Your bike\r\nis ready."), "Notification: Your bike is ready."),
        (c.Text(body=LONG), "Notification: Your bicycle is ready and waits for you at the shop in the…"),
        (c.Text(body="x" * 5000), f"Notification: {'x' * 59}…"),
        (c.Email(html="<p>Your <b>bike</b></p>"), "Notification: Your bike"),
        (c.Email(subject="Bike", text=LONG), "Bike"),
        (c.Email(), compose.NO_SUBJECT),
        (c.Text(body=" \x07\x00 ".replace("\x00", "")), compose.NO_SUBJECT),
    ],
)
def test_s2_04_a_mail_without_a_subject_has_one_of_its_first_words(content: c.Content, subject: str) -> None:
    assert str(written(outgoing(content))["Subject"]) == subject


def test_s2_04_what_follows_keeps_the_subject_that_was_made() -> None:
    """Programs that show mails put together those of one subject; an answer to none has none."""
    earlier = (Earlier("o2@x", None, "And a bell."), Earlier("o1@x", None, LONG))
    mail = written(outgoing(c.Text(body="Bye"), earlier=earlier))
    assert (
        str(mail["Subject"])
        == "Re: Notification: Your bicycle is ready and waits for you at the shop in the…"
    )
    mail = written(outgoing(c.Text(body="Bye"), earlier=(Earlier("c1@x"),)))
    assert str(mail["Subject"]) == compose.NO_SUBJECT


def test_all_fields_of_a_mail() -> None:
    """S3-14."""
    content = c.Email(
        subject="Fälligkeit",
        text="Hello",
        html="<p style='color:red' onclick='x()'>Hello<script>x()</script></p>",
        to=("ana@customer.example", "ben@customer.example"),
        cc=("cy@customer.example",),
        bcc=("dee@customer.example",),
        reply_to="billing@desk.example",
    )
    mail = written(outgoing(content, files=(PDF,)))
    assert str(mail["Subject"]) == "Fälligkeit"
    assert str(mail["To"]) == "ana@customer.example, ben@customer.example"
    assert (str(mail["Cc"]), mail["Bcc"], str(mail["Reply-To"])) == (
        "cy@customer.example",
        None,
        "billing@desk.example",
    )
    [file] = mail.iter_attachments()
    assert isinstance(file, EmailMessage)
    assert (file.get_filename(), file.get_content_type(), file.get_content()) == (
        PDF.filename,
        PDF.mime,
        PDF.content,
    )
    html = mail.get_body(("html",))
    assert html is not None
    assert "onclick" not in html.get_content()
    assert "<script" not in html.get_content()


@pytest.mark.parametrize(
    "content",
    [
        c.Email(subject="Hi\r\nBcc: eve@evil.example", text="x"),
        c.Email(subject="Hi", text="x", to=("ana@customer.example\r\nBcc: eve@evil.example",)),
        c.Email(subject="Hi", text="x", cc=("ana@customer.example, eve@evil.example",)),
        c.Email(subject="Hi", text="x", reply_to="not an address"),
    ],
    ids=["subject", "to", "two in one", "reply-to"],
)
async def test_what_would_forge_a_header_is_refused(content: c.Email) -> None:
    """Refusal 47."""
    http = RecordingHttp()
    result = await channel.send(outgoing(content), connection(http))
    assert isinstance(result, Failed)
    assert not result.retryable
    assert http.requests == []


def test_a_file_name_cannot_begin_a_header() -> None:
    """Refusal 47."""
    file = OutboundFile(content=b"x", mime="text/plain", filename="a\r\nBcc: eve@evil.example")
    mail = written(outgoing(c.Document(media=c.Media()), file=file))
    assert mail["Bcc"] is None
    [part] = mail.iter_attachments()
    assert part["Bcc"] is None


def test_what_a_mail_cannot_say_is_refused() -> None:
    for message in (
        outgoing(c.Location(latitude=1, longitude=2)),
        outgoing(c.Text(body="x"), to=Address("phone", "+34600000000")),
    ):
        with pytest.raises(UnsupportedByChannel):
            written(message)


def answer(status: int, body: Any = None, **headers: str) -> Response:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(
        status, told, json.dumps(body).encode() if body is not None else b"", "https://api.sendgrid.com"
    )


async def test_the_request_to_sendgrid() -> None:
    """S3-14."""
    http = RecordingHttp(answer(202, x_message_id="sg1"))
    content = c.Email(subject="Hi", text="Hello", cc=("cy@customer.example",), bcc=("dee@customer.example",))
    result = await channel.send(outgoing(content, files=(PDF,), earlier=(Earlier("c1@x"),)), connection(http))
    [request] = http.requests
    assert (request.method, request.url) == ("POST", "https://api.sendgrid.com/v3/mail/send")
    body = request.json
    assert isinstance(result, Sent)
    assert result.more_source_ids == ("sg1",)
    assert body["headers"] == {
        "Message-ID": f"<{result.source_id}>",
        "In-Reply-To": "<c1@x>",
        "References": "<c1@x>",
    }
    assert body["personalizations"] == [
        {
            "to": [{"email": "ana@customer.example"}],
            "cc": [{"email": "cy@customer.example"}],
            "bcc": [{"email": "dee@customer.example"}],
        }
    ]
    assert [part["type"] for part in body["content"]] == ["text/plain", "text/html"]
    assert body["attachments"][0]["filename"] == "Rechnung März.pdf"
    assert body["custom_args"] == {"frontdesk_delivery": str(DELIVERY)}
    assert "SG." not in repr(result)


@pytest.mark.parametrize(("earlier", "how"), [((), "auto-generated"), ((Earlier("c1@x"),), "auto-replied")])
def test_what_no_person_wrote_says_so(earlier: tuple[Earlier, ...], how: str) -> None:
    """Refusal 57: no machine answers it; delivery reports still come."""
    mail = written(outgoing(c.Text(body="We read it soon."), earlier=earlier, automatic=True))
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == (how, "DR, RN, NRN, OOF, AutoReply")


LEAVE = "https://desk.example/leave/token"


@pytest.mark.parametrize(
    ("url", "content", "header", "one_click"),
    [
        (None, c.Text(body="Hi"), None, None),
        (LEAVE, c.Text(body="Hi"), f"<{LEAVE}>", "List-Unsubscribe=One-Click"),
        ("http://desk.example/leave/token", c.Text(body="Hi"), "<http://desk.example/leave/token>", None),
        (LEAVE, c.Email(text="Hi", to=("a@x.example",)), f"<{LEAVE}>", "List-Unsubscribe=One-Click"),
        (LEAVE, c.Email(text="Hi", to=("a@x.example", "b@x.example")), None, None),
        (LEAVE, c.Email(text="Hi", cc=("a@x.example",)), None, None),
        (LEAVE, c.Email(text="Hi", bcc=("a@x.example",)), None, None),
    ],
)
def test_what_nobody_asked_for_says_how_to_leave(
    url: str | None, content: c.Content, header: str | None, one_click: str | None
) -> None:
    """RFC 8058; a mail to several has no link, for each could take another off."""
    mail = written(outgoing(content, leave_url=url))
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (header, one_click)


SHOWN = OutboundFile(content=b"PNG", mime="image/png", filename="p.png", content_id="pic@desk")
UNNAMED = OutboundFile(content=b"GIF", mime="image/gif", filename="q.gif", content_id="other@desk")
PAGE = c.Email(subject="Hi", html='<p>Look: <img src="cid:pic@desk"></p>')


GOLDEN = Path(__file__).with_name("answer.eml")


def test_an_answer_is_written_as_it_always_was() -> None:
    """S3-18: golden MIME. Only what is random or signed is put aside: boundaries and tokens."""
    content = c.Email(
        text="Hello Ana,\nyes <today>.",
        html="<h1>Hello Ana,</h1><p>yes &lt;today&gt;. <img src='cid:pic@desk'></p>",
        cc=("cy@customer.example",),
    )
    place = connection()
    assert isinstance(place.config, EmailConfig)
    message = outgoing(content, files=(SHOWN, PDF), earlier=(Earlier("a@x", "Größe?"),))
    raw = compose.written(compose.draft_of(message, place.config, place, NOW), NOW).decode()
    names = dict.fromkeys(re.findall(r'boundary="([^"]+)"', raw))
    for n, name in enumerate(names, 1):
        raw = raw.replace(name, f"boundary-{n}")
    told = re.sub(r"[a-z2-7]{50}", "token", raw).replace("\r\n", "\n")
    assert told == GOLDEN.read_text(encoding="utf-8")


def test_a_picture_that_the_html_names_is_shown_in_place() -> None:
    """S3-18: related to the HTML (RFC 2387); a file that nothing names is beside the mail."""
    mail = written(outgoing(PAGE, files=(UNNAMED, SHOWN)))
    html = mail.get_body(("html",))
    assert html is not None
    assert '<img src="cid:pic@desk">' in html.get_content()
    kinds = [
        (part.get_content_type(), part["Content-ID"], part.get_content_disposition()) for part in mail.walk()
    ]
    assert kinds == [
        ("multipart/mixed", None, None),
        ("multipart/alternative", None, None),
        ("text/plain", None, None),
        ("multipart/related", None, None),
        ("text/html", None, None),
        ("image/png", "<pic@desk>", "inline"),
        ("image/gif", None, "attachment"),
    ]


async def test_sendgrid_is_told_which_picture_is_shown_in_place() -> None:
    http = RecordingHttp(answer(202))
    await channel.send(outgoing(PAGE, files=(UNNAMED, SHOWN)), connection(http))
    beside, shown = http.requests[0].json["attachments"]
    assert (beside["disposition"], "content_id" in beside) == ("attachment", False)
    assert (shown["disposition"], shown["content_id"]) == ("inline", "pic@desk")


@pytest.mark.parametrize("content_id", ["a b", "x>\r\nBcc: eve@x.example", "é", ""])
def test_a_content_id_that_would_break_a_header_is_none(content_id: str) -> None:
    file = OutboundFile(content=b"PNG", mime="image/png", content_id=content_id)
    mail = written(outgoing(c.Email(html=f'<img src="cid:{content_id}">'), files=(file,)))
    [part] = mail.iter_attachments()
    assert (part["Content-ID"], mail["Bcc"]) == (None, None)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (answer(401, {"errors": [{"message": "bad key"}]}), ("http_401", False, True)),
        (answer(400, {"errors": [{"message": "bad from"}]}), ("http_400", False, False)),
        (answer(429, {}, x_ratelimit_reset="1800000000"), ("http_429", True, False)),
        (ConnectFailed("refused"), ("not_reached", True, False)),
    ],
)
async def test_what_sendgrids_answers_mean(outcome: Any, expected: tuple[str, bool, bool]) -> None:
    """S3-19: a refusal is a failure."""
    result = await channel.send(outgoing(c.Text(body="Hi")), connection(RecordingHttp(outcome)))
    assert isinstance(result, Failed)
    assert (result.code, result.retryable, result.auth_expired) == expected


@pytest.mark.parametrize("outcome", [answer(500), OutcomeUnknown("reset")])
async def test_what_sendgrid_may_have_taken_is_unknown(outcome: Any) -> None:
    """G2."""
    result = await channel.send(outgoing(c.Text(body="Hi")), connection(RecordingHttp(outcome)))
    assert isinstance(result, Unknown)


async def test_it_keeps_the_rules_of_the_port() -> None:
    await check_channel(channel, CONFIG, outgoing(c.Text(body="Hi")))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "169.254.169.254", "[::1]", "10.0.0.1", "0x7f000001"]
)
async def test_a_mail_server_inside_is_refused_before_connecting(host: str) -> None:
    """Refusal 36."""
    if host.startswith("["):
        host = host.strip("[]")
    place = connection(outgoing="smtp", smtp_host=host)
    result = await channel.send(outgoing(c.Text(body="Hi")), place)
    assert isinstance(result, Failed)
    assert result.code == "not_reached"
    assert not result.retryable


async def test_without_a_server_nothing_is_sent() -> None:
    result = await channel.send(outgoing(c.Text(body="Hi")), connection(outgoing="smtp"))
    assert result == smtp.NOT_CONFIGURED
