"""Pressed buttons, shortcuts, forms and slash commands in our words. Pure.

Source: docs.slack.dev, "Interaction payloads" and "Slash commands" (2026).
"""

from frontdesk.channels.slack.content import read_action
from frontdesk.channels.slack.parties import place_of
from frontdesk.channels.slack.payloads import Raw, cut, part, parts, read_ts, word
from frontdesk.channels.slack.places import message_id, person
from frontdesk.domain import content as c
from frontdesk.domain import inbound as i
from frontdesk.domain.foreign import known
from frontdesk.domain.message import NO_CONTEXT, MessageContext


def read_interaction(body: Raw) -> list[i.InboundEvent]:
    """What somebody pressed, chose or submitted."""
    kind, user = word(body.get("type")) or "interaction", part(body.get("user"))
    sender = word(user.get("id"))
    team = word(part(body.get("team")).get("id")) or word(user.get("team_id"))
    if sender is None:
        return [i.Ignored(reason=f"{kind} of nobody", account_ref=team)]
    party = i.Party((person(team, sender),), cut(user.get("name")) or cut(user.get("username")))
    if kind == "block_actions":
        return [_acted(body, action, party, team) for action in parts(body.get("actions"))]
    view = part(body.get("view"))
    payload = cut(body.get("callback_id")) or cut(view.get("callback_id"))
    form = part(part(view.get("state")).get("values"))
    content = c.Interactive(type="other", id=payload, title=payload or kind, form=form or None)
    return [_told(body, kind, party, team, content, payload)]


def read_command(form: Raw) -> i.InboundEvent:
    """A slash command: what was typed, answered in a direct message."""
    team, user = word(form.get("team_id")), word(form.get("user_id"))
    command, text = cut(form.get("command")) or "/", form.get("text") or ""
    if user is None:
        return i.Ignored(reason="a command of nobody", account_ref=team)
    main = person(team, user)
    return i.MessageReceived(
        account_ref=team,
        extra=known(
            event="callback",
            slack_type="slash_command",
            team=team,
            chat=word(form.get("channel_id")),
            sender=user,
            payload=command,
            text=text or None,
        ),
        source_id=_own_id("command", word(form.get("trigger_id"))),
        party=i.Party((main,), cut(form.get("user_name"))),
        thread_key=f"{main.scheme}:{main.value}",
        content=c.Text(body=f"{command} {text}".strip()[: c.MAX_TEXT]),
    )


def _acted(body: Raw, action: Raw, party: i.Party, team: str | None) -> i.InboundEvent:
    payload = cut(action.get("value")) or cut(action.get("action_id"))
    own = f"{word(action.get('action_ts')) or word(body.get('trigger_id')) or ''}/{action.get('action_id')}"
    return _told(body, "block_actions", party, team, read_action(action), payload, own)


def _told(  # noqa: PLR0917 - the parts of one interaction
    body: Raw,
    kind: str,
    party: i.Party,
    team: str | None,
    content: c.Content,
    payload: str | None,
    own: str | None = None,
) -> i.InboundEvent:
    message, container = part(body.get("message")), part(body.get("container"))
    channel = word(part(body.get("channel")).get("id")) or word(container.get("channel_id"))
    target = word(message.get("ts")) or word(body.get("message_ts")) or word(container.get("message_ts"))
    root = word(message.get("thread_ts")) or target
    place = place_of(team, channel or "", None, root if channel else None, party)
    context = NO_CONTEXT
    if channel and target:
        context = MessageContext(reply_to_source_id=message_id(channel, target))
    at = next((each.get("action_ts") for each in parts(body.get("actions"))), body.get("action_ts"))
    return i.MessageReceived(
        at=read_ts(at),
        account_ref=team,
        extra=known(
            event="callback",
            slack_type=kind,
            team=team,
            chat=channel,
            thread=word(message.get("thread_ts")),
            target=target,
            sender=party.addresses[0].value.rpartition("/")[2],
            payload=payload,
        ),
        source_id=_own_id(kind, own or word(body.get("trigger_id"))),
        party=party,
        thread_key=place.thread_key,
        content=content,
        context=context,
        answer_to=place.answer_to,
    )


def _own_id(kind: str, own: str | None) -> str | None:
    return f"{kind}:{own}" if own else None
