"""aiogram, driven from outside: a process with packages of its own, one JSON line in, one JSON line out.

aiogram asks for an older Pydantic than the desk uses, so `make test` installs it into a folder of its own
(`scripts/setup.py`) and this file is run as a program there. It imports nothing of ours.
"""

import asyncio
import base64
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import AiogramError
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup, ReactionTypeEmoji
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

KINDS = ("message", "edited_message", "callback_query", "message_reaction", "my_chat_member")
MADE: dict[str, Callable[..., Any]] = {
    "button": lambda text, pressed: InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text=text, callback_data=pressed)]]
    ),
    "emoji": lambda emoji: [ReactionTypeEmoji(emoji=emoji)],
    "file": lambda name, content: BufferedInputFile(content.encode(), name),
}
"""What a caller may ask for in place of a value: `{"made": "emoji", "of": ["👍"]}`."""


class Sdk:
    """One bot of aiogram's with its dispatcher behind aiogram's own web handler."""

    def __init__(self) -> None:
        self.session = AiohttpSession()
        self.bot: Any = None
        self.runner: Any = None
        self.heard: list[dict[str, Any]] = []

    async def open(self, api: str, token: str, secret: str) -> str:
        """Start over with this server and bot; the address of its hook."""
        await self.stop_hearing()
        self.heard = []
        self.session.api = TelegramAPIServer.from_base(api)
        self.bot = Bot(token, session=self.session)
        dispatcher = Dispatcher()
        for kind in KINDS:
            dispatcher.observers[kind].register(self._hear(kind))
        app = web.Application()
        handler = SimpleRequestHandler(dispatcher, self.bot, handle_in_background=False, secret_token=secret)
        handler.register(app, path="/hook")
        self.runner = web.AppRunner(app, access_log=None)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self.runner.addresses[0][1]}/hook"

    async def stop_hearing(self) -> None:
        """Take no more hooks."""
        if self.runner is not None:
            await self.runner.cleanup()

    def _hear(self, kind: str) -> Callable[[Any], Awaitable[None]]:
        async def hear(event: Any) -> None:
            self.heard.append({kind: plain(event)})

        return hear

    async def call(self, method: str, fields: dict[str, Any]) -> Any:
        """A method of the bot's."""
        return plain(await getattr(self.bot, method)(**{name: made(each) for name, each in fields.items()}))

    async def download(self, file_id: str) -> str:
        """A file's bytes, by the SDK's two steps."""
        stream = await self.bot.download(file_id)
        return base64.b64encode(stream.read()).decode()

    async def answer(self, asked: dict[str, Any]) -> Any:
        """What a line asks for."""
        match asked.pop("do"):
            case "open":
                return await self.open(**asked)
            case "heard":
                return self.heard
            case "download":
                return await self.download(**asked)
            case _:
                return await self.call(**asked)


def made(value: Any) -> Any:
    return MADE[value["made"]](*value["of"]) if isinstance(value, dict) and "made" in value else value


def plain(told: Any) -> Any:
    return told.model_dump(mode="json", exclude_none=True) if hasattr(told, "model_dump") else told


async def main() -> None:
    """Answer line by line until there are no more."""
    sdk = Sdk()
    while line := await asyncio.to_thread(sys.stdin.readline):
        try:
            told = {"result": await sdk.answer(json.loads(line))}
        except AiogramError as error:
            told = {
                "error": type(error).__name__,
                "text": str(error),
                "wait": getattr(error, "retry_after", None),
            }
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
    await sdk.stop_hearing()
    await sdk.session.close()


if __name__ == "__main__":
    asyncio.run(main())
