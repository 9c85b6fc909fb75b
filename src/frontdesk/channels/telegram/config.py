"""The settings of a Telegram inbox, as BotFather gives them."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from frontdesk.ports.channel import ChannelConfig

_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{10,128}")
_PROOF = re.compile(r"[A-Za-z0-9_-]{1,256}")


def _is_token(value: SecretStr) -> SecretStr:
    """The token stands in the path of every request, so nothing else may stand in it."""
    if not _TOKEN.fullmatch(value.get_secret_value()):
        msg = "must be as BotFather gives it: digits, a colon, letters"
        raise ValueError(msg)
    return value


def _is_proof(value: SecretStr) -> SecretStr:
    if not _PROOF.fullmatch(value.get_secret_value()):
        msg = "may hold up to 256 letters, digits, _ and - only"
        raise ValueError(msg)
    return value


class TelegramConfig(ChannelConfig):
    """What Telegram must know of us, and we of Telegram.

    Only the name is needed to save; without the secret token every hook is refused, without the bot's token
    every send.
    """

    bot_username: str = Field(
        pattern=r"^@?[A-Za-z0-9_]{3,64}$",
        title="Bot username",
        description="As chosen with @BotFather, such as acme_bot. Customers open https://t.me/acme_bot.",
    )
    bot_token: Annotated[SecretStr, AfterValidator(_is_token)] | None = Field(
        default=None,
        title="Bot token",
        description="@BotFather, /mybots, API Token. Whoever has it can speak as the bot.",
    )
    secret_token: Annotated[SecretStr, AfterValidator(_is_proof)] | None = Field(
        default=None,
        title="Secret token",
        description="Any word you choose (letters, digits, _ and -). Telegram repeats it in every hook; "
        "without it every hook is refused.",
    )

    @property
    def link(self) -> str:
        """Where a customer starts the bot."""
        return f"https://t.me/{self.bot_username.removeprefix('@')}"
