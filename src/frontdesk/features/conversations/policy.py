"""May this be sent now, and what may be sent at all? The one answer for people, programs and bots.

Asks only what a channel says it can do, never which channel it is. A refusal says what helps.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from frontdesk.domain.consent import OptOutKind
from frontdesk.domain.content import (
    MEDIA_KINDS,
    Audio,
    Content,
    Document,
    Email,
    Image,
    Interactive,
    Template,
    Text,
    Video,
)
from frontdesk.domain.errors import Invalid, NotAllowed, UnsupportedByChannel
from frontdesk.domain.pace import Use
from frontdesk.domain.spelling import recipient
from frontdesk.features.conversations.limits import is_spent
from frontdesk.features.conversations.standing import NONE, Standing
from frontdesk.ports.channel import Capabilities


@dataclass(frozen=True, slots=True)
class Permit:
    """Whether free messages may be sent now, and why not.

    Attributes:
        free: Anything the channel can do may be sent.
        templates: Templates may be sent.
        window_closes_at: Until when free messages may be sent; None where there is no window or none is open.
        reason: Why free messages may not be sent.
        cure: What can be done about it.
        marketing: Whether templates may be marketing.
        quiet_until: When the quiet hours end in which it is now: people are warned, nothing else goes.
    """

    free: bool
    templates: bool
    window_closes_at: datetime | None = None
    reason: str | None = None
    cure: str | None = None
    marketing: bool = True
    quiet_until: datetime | None = None


ANSWERING = timedelta(hours=1)
"""What is sent so soon after the customer wrote is an answer: quiet hours do not hold it back."""


def can_send(
    capabilities: Capabilities,
    last_incoming_at: datetime | None,
    now: datetime,
    *,
    standing: Standing = NONE,
    automatic: bool = False,
) -> Permit:
    """May something be sent to a customer who last wrote at `last_incoming_at`?

    Args:
        capabilities: What the channel can do.
        last_incoming_at: When the customer last wrote.
        now: The present.
        standing: What the customer does not want, when the inbox is quiet, and what is used of its limits.
        automatic: Whether no person writes it: then quiet hours forbid it, and so does an opt-out of such.
    """
    quiet = standing.quiet.until(now) if standing.quiet else None
    is_answer = last_incoming_at is not None and now - last_incoming_at <= ANSWERING
    unasked = last_incoming_at is None or (automatic and not is_answer)
    forbidden = _unwanted(standing.opt_outs, automatic=automatic, unasked=unasked) or _spent(standing.uses)
    if forbidden is None and automatic and quiet is not None and not is_answer:
        forbidden = ("It is quiet hours in this inbox.", f"Send it after {quiet:%Y-%m-%dT%H:%M}Z.")
    marketing = not _NO_MARKETING & standing.opt_outs
    permit = _in_window(capabilities, last_incoming_at, now)
    if quiet is None and marketing and forbidden is None:
        return permit
    permit = replace(permit, marketing=marketing, quiet_until=quiet)
    if forbidden is None:
        return permit
    return replace(permit, free=False, templates=False, reason=forbidden[0], cure=forbidden[1])


_NO_MARKETING = frozenset({OptOutKind.MARKETING, OptOutKind.UNASKED})
_COME_BACK = (
    "They can write a word such as START to hear from you again. If they told you so in another way, take "
    "them off the register of opt-outs."
)


def _unwanted(opt_outs: frozenset[OptOutKind], *, automatic: bool, unasked: bool) -> tuple[str, str] | None:
    """Why nothing may be sent to somebody who opted out, and what helps."""
    if OptOutKind.ALL in opt_outs:
        return ("The customer has opted out: nothing may be sent to this address.", _COME_BACK)
    if unasked and OptOutKind.UNASKED in opt_outs:
        return (
            "The customer wants nothing at this address that does not answer them.",
            "Wait until they write. If they changed their mind, take them off the register of opt-outs.",
        )
    if automatic and OptOutKind.AUTOMATIC in opt_outs:
        return (
            "The customer wants no automatic messages at this address.",
            "A person may write to them. If they changed their mind, take them off the register of opt-outs.",
        )
    return None


def _spent(uses: tuple[Use, ...]) -> tuple[str, str] | None:
    """Why nothing more may be sent today, and what helps. Who waits for a pace is not forbidden to write."""
    for use in uses:
        if use.is_spent_cap and use.free_at is not None:
            cure = f"Send it after {use.free_at:%Y-%m-%dT%H:%M}Z, or raise the limit in the inbox's settings."
            return is_spent(use), cure
    return None


def _in_window(capabilities: Capabilities, last_incoming_at: datetime | None, now: datetime) -> Permit:
    window = capabilities.window_seconds
    if window is None:
        return Permit(free=True, templates=capabilities.templates)
    closes = None if last_incoming_at is None else last_incoming_at + timedelta(seconds=window)
    if closes is not None and now < closes:
        return Permit(free=True, templates=capabilities.templates, window_closes_at=closes)
    hours = round(window / 3600)
    cure = "Send an approved template, or wait until the customer writes."
    if closes is None:
        reason = "The customer has not written yet, so only templates may be sent."
    else:
        reason = f"More than {hours} hours have passed since the customer's last message."
    return Permit(
        free=False,
        templates=capabilities.templates,
        window_closes_at=closes,
        reason=reason,
        cure=cure if capabilities.templates else "Wait until the customer writes.",
    )


def check_permit(permit: Permit, content: Content) -> None:
    """Raise NotAllowed, with the cure, when this may not be sent now."""
    if permit.free or (permit.templates and isinstance(content, Template)):
        return
    raise NotAllowed(permit.reason or "This may not be sent now.", field="content.kind", hint=permit.cure)


def check_content(capabilities: Capabilities, content: Content) -> None:
    """Refuse what the channel could never send: kinds, lengths.

    Raises:
        UnsupportedByChannel: The channel has no such kind.
        Invalid: A text is longer than the channel takes.
    """
    if content.kind not in capabilities.kinds_out or (
        content.kind == "reaction" and not capabilities.reactions
    ):
        known = ", ".join(sorted(capabilities.kinds_out))
        raise UnsupportedByChannel(
            f"This channel cannot send a message of kind {content.kind}.",
            field="content.kind",
            hint=f"It can send: {known}.",
        )
    for field, text in _texts(content):
        if text is not None and len(text) > capabilities.max_text:
            raise Invalid(
                f"The text has {len(text)} characters; this channel takes {capabilities.max_text}.",
                field=f"content.{field}",
                hint="Shorten it or send it in parts.",
            )
    if isinstance(content, Email):
        _check_recipients(content)
    if content.kind in MEDIA_KINDS and content.media.attachment_id is None:  # type: ignore[union-attr]
        raise Invalid(
            "A file is sent by its attachment_id.",
            field="content.media.attachment_id",
            hint="Upload it first with POST /v1/attachments.",
        )


def _check_recipients(mail: Email) -> None:
    """Refuse a mail to what is no address; each is named by its place (S2-04)."""
    for name, people in (("to", mail.to), ("cc", mail.cc), ("bcc", mail.bcc)):
        for n, each in enumerate(people):
            recipient(each, field=f"content.{name}.{n}")
    if mail.reply_to is not None:
        recipient(mail.reply_to, field="content.reply_to")


def check_hold(capabilities: Capabilities, content: Content, seconds: int) -> None:
    """Refuse to hold what is seen at once.

    Raises:
        Invalid: The channel shows messages at once, or it is a reaction.
    """
    if seconds and (capabilities.undo_seconds is None or content.kind == "reaction"):
        raise Invalid(
            "This is seen at once, so it cannot be held back.", field="hold_seconds", hint="Leave it out."
        )


NOTE_KINDS = frozenset({"text", "image", "audio", "video", "document"})
"""What people keep among themselves."""


def check_subtype(content: Content, subtype: str | None, canned_response_id: UUID | None) -> None:
    """Refuse a subtype that does not fit what it is said of.

    Raises:
        Invalid: A canned response without its id, or the id without the subtype; a template without a name.
    """
    if (subtype == "canned_response") != (canned_response_id is not None):
        raise Invalid(
            "A canned response is named by canned_response_id and told by subtype canned_response.",
            field="canned_response_id",
        )
    if subtype == "template" and not isinstance(content, Template):
        raise Invalid("A template message needs content of kind template with its name.", field="content")


def check_note(content: Content) -> None:
    """Raise UnsupportedByChannel for what cannot be a note."""
    if content.kind not in NOTE_KINDS:
        raise UnsupportedByChannel(
            f"A note cannot be of kind {content.kind}.",
            field="content.kind",
            hint=f"It can be: {', '.join(sorted(NOTE_KINDS))}.",
        )


def check_file(capabilities: Capabilities, kind: str, mime: str | None, size: int | None) -> None:
    """Refuse a file that the channel could never send.

    Raises:
        Invalid: The type or the size is not the channel's.
    """
    allowed = capabilities.media_mimes.get(kind)
    if allowed and mime is not None and mime.partition(";")[0].strip().lower() not in allowed:
        raise Invalid(
            f"This channel does not take {mime} as {kind}.",
            field="content.media.attachment_id",
            hint=f"It takes {', '.join(sorted(allowed))}; other files go as a document.",
        )
    most = capabilities.media_max_bytes.get(kind)
    if most is not None and size is not None and size > most:
        raise Invalid(
            f"The file has {size} bytes; this channel takes {most} as {kind}.",
            field="content.media.attachment_id",
        )


def _texts(content: Content) -> list[tuple[str, str | None]]:
    match content:
        case Text():
            return [("body", content.body)]
        case Image() | Video() | Document() | Audio():
            return [("caption", content.caption)]
        case Interactive():
            return [("body", content.body)]
        case Email():
            return [("text", content.text)]
        case _:
            return []
