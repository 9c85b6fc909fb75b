"""How Telegram writes its updates and proves them.

Source: core.telegram.org, "Telegram Bot API", setWebhook: X-Telegram-Bot-Api-Secret-Token.
"""

import json
from collections.abc import Sequence

from frontdesk.kit.http import Response
from frontdesk.simulators.base import Attempt, Hook, HookRequest
from frontdesk.simulators.telegram.state import State

ASKED_FOR_ONLY = frozenset({"message_reaction", "message_reaction_count", "chat_member"})
"""Kinds of update that come only to those who asked for them by name."""


class Wire:
    """One update a request, with the secret token in its header."""

    def __init__(self, state: State) -> None:
        self._state = state

    def body(self, hooks: Sequence[Hook], _shape: str) -> bytes:
        """The update."""
        return json.dumps(hooks[0].value, ensure_ascii=False, separators=(",", ":")).encode()

    def request(self, hook: Hook, body: bytes, attempt: Attempt) -> HookRequest | None:
        """The request to the bot's hook; None when it has none, or asked for other kinds."""
        bot = self._state.businesses.get(hook.business)
        if bot is None or not bot.hook_url:
            return None
        kind = next(name for name in hook.value if name != "update_id")
        wanted = kind in bot.allowed_updates if bot.allowed_updates else kind not in ASKED_FOR_ONLY
        if not wanted:
            return None
        headers = {"Content-Type": "application/json"}
        if bot.secret_token:
            secret = bot.secret_token if attempt.is_signed_well else f"{bot.secret_token}-"
            headers["X-Telegram-Bot-Api-Secret-Token"] = secret
        return HookRequest(bot.hook_url, headers, body)

    def is_taken(self, response: Response) -> bool:
        """Any 2xx."""
        return response.is_success
