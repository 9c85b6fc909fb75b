"""Templates in a message: offered when nothing else may be sent, and checked before they are."""

from uuid import UUID

from frontdesk.domain.content import Content, Template, Text
from frontdesk.domain.errors import NotAllowed
from frontdesk.domain.template import APPROVED, MessageTemplate, choose, fill
from frontdesk.features.conversations import policy
from frontdesk.ports.channel import Capabilities
from frontdesk.store import templates
from frontdesk.store.tx import ReadTx

_NAMED = 10
MARKETING = "marketing"


def needs_look(permit: policy.Permit, content: Content) -> bool:
    """Whether a message needs to be checked against the templates of its inbox."""
    return isinstance(content, Template) or not permit.free


def checked(tx: ReadTx, account_id: UUID, inbox_id: UUID, permit: policy.Permit, content: Content) -> Content:
    """The content to send: a template filled in, anything else as it is.

    Templates of an inbox that were never synced are the provider's to check.

    Raises:
        NotAllowed: Only templates may be sent now; the hint names those there are.
        Invalid: There is no such template, or a variable has no value.
    """
    known = templates.of_inbox(tx, account_id, inbox_id)
    try:
        policy.check_permit(permit, content)
    except NotAllowed as error:
        names = sorted({each.name for each in offered(known)}) if permit.templates else []
        if not names:
            raise
        more = " …" if len(names) > _NAMED else "."
        hint = f"{error.hint or ''} There are: {', '.join(names[:_NAMED])}{more}".strip()
        raise NotAllowed(error.message, field=error.field, hint=hint) from None
    if not isinstance(content, Template) or not known:
        return content
    template = choose(known, content)
    if not permit.marketing and (template.category or "").lower() == MARKETING:
        raise NotAllowed(
            "The customer wants no more marketing by this channel.",
            field="content.name",
            hint="Send a template of another category, or wait until they ask for it again.",
        )
    return fill(template, content)


def as_text(permit: policy.Permit, capabilities: Capabilities, content: Template) -> Text | None:
    """What a template says, as text, where free text may be sent now; None where not, or words would be lost.

    A template that fills in more than its body (a picture above, a button below) stays one.
    """
    body = content.body
    if not permit.free or not body or len(body) > capabilities.max_text:
        return None
    if any(str(each.get("type", "")).lower() != "body" for each in content.components):
        return None
    return Text(body=body) if "text" in capabilities.kinds_out else None


def offered(known: list[MessageTemplate]) -> list[MessageTemplate]:
    """Those that may be sent."""
    return [each for each in known if each.status == APPROVED]
