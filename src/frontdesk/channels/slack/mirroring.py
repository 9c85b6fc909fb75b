"""Conversations shown to agents in threads of their channel.

Slack has no key by which it takes the same message once. Each post carries ours in its metadata instead, and
one of unknown outcome is looked for there. Source: docs.slack.dev, "chat.postMessage", "Message metadata",
"conversations.history" and "conversations.replies" (`include_all_metadata`) (2026).
"""

from datetime import timedelta
from typing import Any

from frontdesk.channels.slack.markup import escaped
from frontdesk.channels.slack.outcome import failure_of, is_ok
from frontdesk.channels.slack.payloads import Raw, part, parts, word
from frontdesk.channels.slack.places import message_id, split_message
from frontdesk.channels.slack.web import Web
from frontdesk.kit.http import HttpFailed, Response
from frontdesk.ports.channel import Failed
from frontdesk.ports.mirror import MirrorFailed, Post, ThreadGone

METADATA = "frontdesk_mirror"
"""The type of the metadata that these posts carry; it settles no delivery."""
_GONE = frozenset({"thread_not_found", "message_not_found"})
_SKEW = timedelta(minutes=2)
"""Slack's clock may be as far from ours."""
_PAGE, _PAGES = 200, 5


async def post(web: Web, channel: str, message: Post, thread: str | None) -> str:
    """Post into a thread, or begin one; what the thread is called.

    Raises:
        ThreadGone: There is no such thread.
        MirrorFailed: It was not taken, or nobody knows.
    """
    told = await _called(web, "chat.postMessage", _body(channel, message, _root(thread)), is_form=False)
    ts = word(told.get("ts"))
    if ts is None:
        raise MirrorFailed("Slack's answer names no message.")
    return thread or message_id(channel, ts)


async def find_post(web: Web, channel: str, message: Post, thread: str | None) -> str | None:
    """The thread in which a post of this key stands: the one it was meant for, or one that it began.

    Raises:
        MirrorFailed: Slack does not tell now.
    """
    root = _root(thread)
    if root is not None:
        try:
            if await _search(web, "conversations.replies", {"channel": channel, "ts": root}, message):
                return thread
        except ThreadGone:
            pass
    found = await _search(web, "conversations.history", {"channel": channel}, message)
    return message_id(channel, found) if found else None


def _root(thread: str | None) -> str | None:
    found = split_message(thread) if thread is not None else None
    return found[1] if found else None


def _body(channel: str, message: Post, root: str | None) -> dict[str, Any]:
    lines = [f"*{escaped(message.subject)}*"] if root is None and message.subject else []
    head = f"*{escaped(message.head)}*"
    lines.append(f"{head}: {escaped(message.text)}" if message.text else head)
    links = list(message.links)
    if root is None and message.url and message.url not in {url for _, url in links}:
        links.append(("Open at the desk", message.url))
    lines += [f"<{url}|{escaped(label)}>" for label, url in links]
    key = {"event_type": METADATA, "event_payload": {"key": str(message.key)}}
    body: dict[str, Any] = {"channel": channel, "text": "\n".join(lines), "metadata": key}
    body |= {"unfurl_links": False, "unfurl_media": False}
    return body | ({"thread_ts": root} if root is not None else {})


async def _search(web: Web, method: str, where: dict[str, str], message: Post) -> str | None:
    """The `ts` of our post among what was written since it came to be."""
    oldest = f"{(message.at - _SKEW).timestamp():.6f}"
    fields = {**where, "oldest": oldest, "include_all_metadata": "true", "limit": str(_PAGE)}
    for _ in range(_PAGES):
        told = await _called(web, method, fields, is_form=True)
        for each in parts(told.get("messages")):
            metadata = part(each.get("metadata"))
            key = part(metadata.get("event_payload")).get("key")
            if metadata.get("event_type") == METADATA and key == str(message.key):
                return word(each.get("ts"))
        cursor = word(part(told.get("response_metadata")).get("next_cursor"))
        if cursor is None:
            return None
        fields["cursor"] = cursor
    return None


async def _called(web: Web, method: str, body: dict[str, Any], *, is_form: bool) -> Raw:
    """What Slack answered when it did it. Raises MirrorFailed, ThreadGone."""
    try:
        answer: Response = await (web.ask(method, body) if is_form else web.call(method, body))
    except HttpFailed as failure:
        raise MirrorFailed(f"Slack did not answer: {failure}"[:500]) from failure
    if is_ok(answer):
        return answer.json_object()
    if answer.json_object().get("error") in _GONE:
        raise ThreadGone("The thread is not there any more.")
    told = failure_of(answer, None)
    if isinstance(told, Failed):
        raise MirrorFailed(told.message, retry_at=told.retry_at, auth_expired=told.auth_expired)
    raise MirrorFailed(told.message)
