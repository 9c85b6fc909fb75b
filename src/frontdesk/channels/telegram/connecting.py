"""Connecting an inbox: is the token good, is the secret there, does Telegram call our hook?"""

from typing import Any

from frontdesk.channels.telegram.bot import Bot
from frontdesk.channels.telegram.config import TelegramConfig
from frontdesk.channels.telegram.inbound import WANTED
from frontdesk.kit.http import HttpFailed
from frontdesk.ports.channel import ConnectionReport

Step = tuple[str, bool, str]


async def connect(bot: Bot | None, config: TelegramConfig, hook_url: str | None) -> ConnectionReport:
    """Each step with its proof or its cure; what depends on a failed step is not tried."""
    secret = config.secret_token is not None
    cure = "Choose any word of letters and digits and save it here; Telegram repeats it in every hook."
    given = ("Secret token", secret, "It is set." if secret else cure)
    if bot is None:
        return _report(("Bot token", False, "Copy it from @BotFather, /mybots, API Token."), given)
    me = await _me(bot, config)
    if not me[1] or not secret:
        return _report(me, given)
    hook = await _hook(bot, config, hook_url)
    return _report(me, given, hook, *([await _health(bot, hook_url)] if hook[1] else []))


async def disconnect(bot: Bot, hook_url: str | None) -> None:
    """Delete our hook; one of another program's stays."""
    state, _ = await _told(bot, "getWebhookInfo")
    if hook_url is not None and isinstance(state, dict) and state.get("url") == hook_url:
        await _told(bot, "deleteWebhook")


def _report(*steps: Step) -> ConnectionReport:
    return ConnectionReport(ok=all(passed for _, passed, _ in steps), steps=steps)


async def _told(bot: Bot, method: str, body: dict[str, Any] | None = None) -> tuple[Any, str]:
    """The result of a call, or None and why not."""
    try:
        told = (answer := await bot.call(method, body)).json_object()
    except HttpFailed as failure:
        return None, f"Telegram was not reached: {bot.hidden(failure)}"
    if told.get("ok") is True and told.get("result") is not None:
        return told["result"], ""
    return None, bot.hidden(told.get("description") or f"Telegram answered {answer.status_code}").rstrip(
        "."
    ) + "."


async def _me(bot: Bot, config: TelegramConfig) -> Step:
    name, (me, why) = "Bot token", await _told(bot, "getMe")
    if not isinstance(me, dict):
        return (name, False, f"{why} Copy the token from @BotFather again.")
    told, wanted = str(me.get("username", "")), config.bot_username.removeprefix("@")
    if told.lower() != wanted.lower():
        return (name, False, f"The token is of @{told}, not of @{wanted}: correct one of them.")
    return (name, True, f"{me.get('first_name', told)}, @{told}")


async def _hook(bot: Bot, config: TelegramConfig, hook_url: str | None) -> Step:
    name = "Hook"
    if hook_url is None or config.secret_token is None:
        return (name, False, "The desk has no address that Telegram could call.")
    secret = config.secret_token.get_secret_value()
    body = {"url": hook_url, "secret_token": secret, "allowed_updates": list(WANTED)}
    done, why = await _told(bot, "setWebhook", body)
    if done is True:
        return (name, True, f"Telegram calls {hook_url}.")
    return (
        name,
        False,
        f"{why.replace(secret, '…')} Telegram must reach {hook_url} from the internet by https.",
    )


async def _health(bot: Bot, hook_url: str | None) -> Step:
    """What Telegram last met at our address; an old error heals by itself with the next update."""
    name, (state, why) = "Hook as Telegram sees it", await _told(bot, "getWebhookInfo")
    if not isinstance(state, dict):
        return (name, False, why)
    if state.get("url") != hook_url:
        return (name, False, "Another program took over the bot: it registered a hook of its own.")
    waiting, error = state.get("pending_update_count", 0), state.get("last_error_message")
    return (name, True, f"{waiting} updates wait." + (f" Last error: {error}" if error else ""))
