"""Our message as a mail: text beside HTML with its styles inlined, files, and the header that keeps a thread.

Source: RFC 2046 (alternatives), 3834 (Auto-Submitted), 5322. What would break a header is refused.
"""

import html as html_escape
import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP as _SMTP
from email.utils import format_datetime

import css_inline

from frontdesk.channels.email import markup, tokens
from frontdesk.channels.email.config import EmailConfig
from frontdesk.channels.email.headers import parsed_addresses
from frontdesk.domain import content as c
from frontdesk.domain.errors import UnsupportedByChannel
from frontdesk.domain.subject import first_words, reply_subject
from frontdesk.kit.hypertext import cleaned
from frontdesk.kit.spool import whole
from frontdesk.ports.channel import Connection, OutboundFile, OutboundMessage

KINDS_OUT = frozenset({"text", "email", "image", "audio", "video", "document"})
MAX_FIRST_WORDS = 60
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
NO_SUBJECT = "(no subject)"
MAX_REFERENCES = 10
_MAX_ID = 250
_CONTENT_ID = re.compile(r"[A-Za-z0-9.!#$%*+/=?^_`{|}~@-]{1,200}")
_POLICY = _SMTP.clone(max_line_length=998)
"""No shorter lines: ids and tokens would be broken into encoded words."""
_STYLE = "body{font-family:sans-serif;font-size:14px;line-height:1.5;color:#1f2328}p{margin:0 0 1em}"
_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail before it is written down: what both ways of sending need."""

    message_id: str
    sender: str
    sender_name: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    reply_to: str
    subject: str
    text: str
    html: str
    files: tuple[OutboundFile, ...]
    headers: tuple[tuple[str, str], ...]

    @property
    def recipients(self) -> tuple[str, ...]:
        """Everybody it goes to, once each."""
        return tuple(dict.fromkeys((*self.to, *self.cc, *self.bcc)))

    def shows(self, file: OutboundFile) -> bool:
        """Whether the HTML shows a file in place, naming it by its content id (RFC 2392)."""
        given = file.content_id
        return (
            given is not None and _CONTENT_ID.fullmatch(given) is not None and f'"cid:{given}"' in self.html
        )


def draft_of(message: OutboundMessage, config: EmailConfig, connection: Connection, now: datetime) -> Draft:
    """The mail that says a message.

    Raises:
        UnsupportedByChannel: A mail cannot say it, or a header of it would be forged.
    """
    if message.content.kind not in KINDS_OUT:
        raise UnsupportedByChannel(
            f"a mail cannot say content of kind {message.content.kind}", field="content.kind"
        )
    if message.to.scheme != "email":
        raise UnsupportedByChannel(
            f"a mail cannot reach an address of scheme {message.to.scheme}", field="to"
        )
    mail = message.content if isinstance(message.content, c.Email) else None
    token = tokens.token_of(
        config.reply_secret.get_secret_value(), connection.inbox_id, message.message_id, now
    )
    text, html = _said(message.content)
    return Draft(
        tokens.message_id_of(token, config.address),
        config.address,
        _one_line(config.sender_name or connection.name, "sender_name"),
        tuple(map(_address, mail.to)) if mail and mail.to else (_address(message.to.value),),
        tuple(map(_address, mail.cc)) if mail else (),
        tuple(map(_address, mail.bcc)) if mail else (),
        _address(mail.reply_to)
        if mail and mail.reply_to
        else tokens.reply_address(token, config.address) or config.address,
        _subject(message, mail),
        text,
        html,
        message.files or ((message.file,) if message.file else ()),
        (*_thread_headers(message), *_machine_headers(message), *_leave_headers(message, mail)),
    )


def _subject(message: OutboundMessage, mail: c.Email | None) -> str:
    if mail is not None and mail.subject:
        return _one_line(mail.subject, "content.subject")
    earlier = next((each.subject for each in message.earlier if each.subject), None)
    if earlier:
        return reply_subject(_one_line(" ".join(earlier.split()), "content.subject"))
    first = next((each.own_words for each in reversed(message.earlier) if each.own_words), None)
    if first:
        return reply_subject(_subject_from(first))
    return NO_SUBJECT if message.earlier else _subject_from(_said(message.content)[0])


def _subject_from(words: str) -> str:
    """A subject for a mail that was given none: its first words."""
    shown = first_words(_CONTROL.sub(" ", words), MAX_FIRST_WORDS)
    return f"Notification: {shown}" if shown else NO_SUBJECT


def _thread_headers(message: OutboundMessage) -> tuple[tuple[str, str], ...]:
    ids = [each.source_id for each in message.earlier if _is_id(each.source_id)]
    nearest = message.reply_to_source_id if _is_id(message.reply_to_source_id or "") else None
    nearest = nearest or (ids[0] if ids else None)
    if nearest is None:
        return ()
    before = [one for one in reversed(ids) if one != nearest]
    kept = [*before[:1], *before[1:][-MAX_REFERENCES:], nearest]
    return (("In-Reply-To", f"<{nearest}>"), ("References", " ".join(f"<{one}>" for one in kept)))


def _machine_headers(message: OutboundMessage) -> tuple[tuple[str, str], ...]:
    """That no person wrote it, so that no machine answers (RFC 3834, 5; MS-OXCMAIL, 2.2.3.2.14)."""
    if not message.automatic:
        return ()
    how = "auto-replied" if message.earlier else "auto-generated"
    return (("Auto-Submitted", how), ("X-Auto-Response-Suppress", "DR, RN, NRN, OOF, AutoReply"))


def _leave_headers(message: OutboundMessage, mail: c.Email | None) -> tuple[tuple[str, str], ...]:
    """How its reader leaves, by one click where the desk is reached by https (RFC 2369, 3.2; RFC 8058).

    A mail to several has no such link: each of them could take another off.
    """
    others = (*mail.to[1:], *mail.cc, *mail.bcc) if mail is not None else ()
    if message.leave_url is None or others:
        return ()
    headers = (("List-Unsubscribe", f"<{message.leave_url}>"),)
    if not message.leave_url.startswith("https://"):
        return headers
    return (*headers, ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))


def _is_id(source_id: str) -> bool:
    """Whether a provider's id can stand in a header as a message id."""
    return (
        "@" in source_id
        and source_id.isprintable()
        and not set(source_id) & set(" <>")
        and len(source_id) < _MAX_ID
    )


def _said(content: c.Content) -> tuple[str, str]:
    """What it says as text and as HTML."""
    match content:
        case c.Text():
            return content.body, inlined(_paragraphs(content.body))
        case c.Email():
            html = content.html
            text = content.text or (markup.text_of(html) if html else "")
            return text, inlined(cleaned(html) if html else _paragraphs(text))
        case _:
            caption = getattr(content, "caption", None) or ""
            return caption, inlined(_paragraphs(caption))


def _paragraphs(text: str) -> str:
    blocks = html_escape.escape(text, quote=False).replace("\r\n", "\n").split("\n\n")
    return "".join(
        f"<p>{block.strip(chr(10)).replace(chr(10), '<br>')}</p>" for block in blocks if block.strip()
    )


def inlined(body: str) -> str:
    """A whole HTML document whose styles stand on its elements, as mail programs need them."""
    head = f"<head><meta charset='utf-8'><style>{_STYLE}</style></head>"
    return _inliner.inline(f"<!DOCTYPE html><html>{head}<body>{body}</body></html>")


def _address(raw: str) -> str:
    """One bare address.

    Raises:
        UnsupportedByChannel: It is none, or holds what would begin a new header.
    """
    found = parsed_addresses(_one_line(raw, "to"))
    if len(found) != 1 or not found[0][1].isascii() or any(each in found[0][1] for each in ' ,;<>"\\'):
        raise UnsupportedByChannel("not an address that a mail can go to", field="to")
    return found[0][1]


def _one_line(text: str, field: str) -> str:
    if any(character < " " or character == "\x7f" for character in text):
        raise UnsupportedByChannel("a header cannot hold control characters or new lines", field=field)
    return text


def written(draft: Draft, now: datetime) -> bytes:
    """The mail as it goes over SMTP. Bcc is in no header."""
    mail = EmailMessage(policy=_POLICY)
    mail["Message-ID"] = f"<{draft.message_id}>"
    mail["Date"] = format_datetime(now)
    mail["From"] = MailAddress(draft.sender_name, addr_spec=draft.sender)
    mail["To"] = ", ".join(draft.to)
    if draft.cc:
        mail["Cc"] = ", ".join(draft.cc)
    mail["Reply-To"] = draft.reply_to
    mail["Subject"] = draft.subject
    for name, value in draft.headers:
        mail[name] = value
    mail.set_content(draft.text or "\n")
    mail.add_alternative(draft.html, subtype="html")
    _enclose(mail, draft)
    return mail.as_bytes()


def _enclose(mail: EmailMessage, draft: Draft) -> None:
    """Put the files in: those that the HTML shows beside it, the others after all."""
    page = mail.get_body(("html",))
    for file in sorted(draft.files, key=draft.shows, reverse=True):
        name = " ".join((file.filename or "file").split())
        if page is not None and draft.shows(file):
            content_id = f"<{file.content_id}>"
            page.add_related(
                whole(file.content), *_kind(file), filename=name, disposition="inline", cid=content_id
            )
        else:
            mail.add_attachment(whole(file.content), *_kind(file), filename=name)


def _kind(file: OutboundFile) -> tuple[str, str]:
    """A file's type in two words; one that would be taken for a structure is bytes."""
    main, _, sub = file.mime.partition(";")[0].partition("/")
    return (main, sub) if sub and main not in ("multipart", "message") else ("application", "octet-stream")
