"""The Web API's methods about messages and reactions.

Source: docs.slack.dev, "chat.postMessage", "chat.update", "chat.delete", "reactions.add", "reactions.remove",
"reactions.get", "conversations.history", "conversations.replies" (2026).
"""

from typing import Any

from starlette.responses import JSONResponse

from frontdesk.simulators.base import Answer, PhoneMessage, Spoiler
from frontdesk.simulators.slack.calls import Call, Method
from frontdesk.simulators.slack.emoji import sign_of
from frontdesk.simulators.slack.errors import SlackError, refuse
from frontdesk.simulators.slack.network import Network

MAX_TEXT = 40_000
_MAX_BLOCKS = 50
_OF_REACTION = ("channel", "timestamp")


class Chat:
    """Messages of the app, and its reactions."""

    def __init__(self, network: Network) -> None:
        self._network, self._state = network, network.state
        self._spoiler = Spoiler(network.engine, refuse)

    def methods(self) -> dict[str, Method]:
        """By name."""
        return {
            "chat.postMessage": self.post,
            "chat.update": self.update,
            "chat.delete": self.delete,
            "reactions.add": self.add_reaction,
            "reactions.remove": self.remove_reaction,
            "reactions.get": self.show_reactions,
            "conversations.history": self.history,
            "conversations.replies": self.replies,
        }

    async def post(self, call: Call) -> Answer:
        """A message to a channel, a thread or a person."""
        thread = call.args.get("thread_ts") or None
        spoilt = await self._spoiler.before(
            call.app.id, self._network.nearest(call.args.get("channel"), thread)
        )
        if spoilt is not None:
            return spoilt
        channel = self._network.place(call.args.get("channel"))
        fields = _checked(call)
        accepted, body = self._network.post(call.app, channel, fields, thread, call.args.get("username"))
        answer = {"ok": True, "channel": channel, "ts": body["ts"], "message": body}
        return await self._spoiler.after(accepted, JSONResponse(answer), call.request)

    def update(self, call: Call) -> dict[str, Any]:
        """Other words for a message of the app's."""
        channel, target = call.target(self._network, ("channel", "ts"))
        self._own(call, target, "cant_update_message")
        fields = _checked(call)
        self._network.change(call.app, channel, target, fields, call.app.bot_user)
        told = {"channel": channel, "ts": target.id, "text": target.body["text"]}
        return told | {"message": target.body}

    def delete(self, call: Call) -> dict[str, Any]:
        """A message of the app's goes."""
        channel, target = call.target(self._network, ("channel", "ts"))
        self._own(call, target, "cant_delete_message")
        self._network.delete(call.app, channel, target)
        return {"channel": channel, "ts": target.id}

    def _own(self, call: Call, target: PhoneMessage, error: str) -> None:
        if target.body.get("bot_id") != call.app.bot_id:
            raise SlackError(error)

    def add_reaction(self, call: Call) -> dict[str, Any]:
        """The app puts an emoji on a message."""
        return self._react(call, is_added=True)

    def remove_reaction(self, call: Call) -> dict[str, Any]:
        """The app takes its emoji off."""
        return self._react(call, is_added=False)

    def _react(self, call: Call, *, is_added: bool) -> dict[str, Any]:
        name = call.text("name").strip(":")
        if sign_of(name) is None:
            raise SlackError("invalid_name")
        channel, target = call.target(self._network, _OF_REACTION)
        self._network.react(call.app, channel, target, call.app.bot_user, name, is_added=is_added)
        return {}

    def show_reactions(self, call: Call) -> dict[str, Any]:
        """A message with its reactions."""
        channel, target = call.target(self._network, _OF_REACTION)
        return {"type": "message", "channel": channel, "message": target.body}

    def history(self, call: Call) -> dict[str, Any]:
        """What was written in a channel, the newest first; of threads only their beginning."""
        channel = self._network.place(call.args.get("channel"))
        roots = [each for each in self._state.history(channel) if each.get("thread_ts") in {None, each["ts"]}]
        return _page(call, [each for each in roots if each["ts"] >= call.text("oldest")][::-1])

    def replies(self, call: Call) -> dict[str, Any]:
        """A thread, the oldest first."""
        channel = self._network.place(call.args.get("channel"))
        ts = call.text("ts")
        thread = [each for each in self._state.history(channel) if ts in {each["ts"], each.get("thread_ts")}]
        if not thread:
            raise SlackError("thread_not_found")
        since = [each for each in thread if ts == each["ts"] or each["ts"] >= call.text("oldest")]
        return _page(call, since)


def _page(call: Call, messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Messages with a cursor to those that follow; metadata only for who asks for it."""
    cursor, limit = call.text("cursor"), _limit(call)
    start = int(cursor) if cursor.isdigit() and len(cursor) < 9 else 0
    shown = messages[start : start + limit]
    if call.text("include_all_metadata").lower() not in {"true", "1"}:
        shown = [{name: each[name] for name in each if name != "metadata"} for each in shown]
    has_more = len(messages) > start + limit
    after = {"next_cursor": str(start + limit) if has_more else ""}
    return {"messages": shown, "has_more": has_more, "response_metadata": after}


def _limit(call: Call) -> int:
    given = call.text("limit")
    return max(1, min(int(given), 1000)) if given.isdigit() and len(given) < 5 else 100


def _checked(call: Call) -> dict[str, Any]:
    """What a message says. Raises SlackError."""
    text, blocks = call.text("text"), call.nested("blocks", "invalid_blocks_format")
    metadata = call.nested("metadata", "invalid_metadata_format")
    if not text.strip() and not blocks and not call.args.get("attachments"):
        raise SlackError("no_text")
    if len(text) > MAX_TEXT:
        raise SlackError("msg_too_long")
    fields: dict[str, Any] = {"text": text}
    if blocks:
        fields["blocks"] = _blocks(blocks)
    if metadata:
        is_known = isinstance(metadata, dict) and metadata.get("event_type")
        if not is_known or not isinstance(metadata.get("event_payload"), dict):
            raise SlackError("invalid_metadata_format")
        fields["metadata"] = metadata
    return fields


def _blocks(blocks: Any) -> list[dict[str, Any]]:
    """Blocks with the ids that Slack gives them."""
    if not isinstance(blocks, list) or len(blocks) > _MAX_BLOCKS:
        raise SlackError("invalid_blocks")
    for block in blocks:
        if not isinstance(block, dict) or not block.get("type"):
            raise SlackError("invalid_blocks")
        for element in block.get("elements") or []:
            _check_words(element)
    return [{"block_id": f"b{at}", **block} for at, block in enumerate(blocks)]


def _check_words(element: Any) -> None:
    """Words on what can be pressed have at most 75 characters, a value 2000, an option's 150."""
    if not isinstance(element, dict):
        raise SlackError("invalid_blocks")
    parts = [element, *(element.get("options") or [])]
    for part in parts:
        words = part.get("text") if isinstance(part, dict) else None
        longest = 2000 if part is element else 150
        if not isinstance(part, dict) or len(str(part.get("value") or "")) > longest:
            raise SlackError("invalid_blocks")
        if isinstance(words, dict) and not 0 < len(str(words.get("text") or "")) <= 75:
            raise SlackError("invalid_blocks")
