"""Proof that Telegram sent a hook. Fails closed: no secret, no hook.

Source: core.telegram.org, "Telegram Bot API", setWebhook: the header X-Telegram-Bot-Api-Secret-Token.
"""

from frontdesk.channels.telegram.config import TelegramConfig
from frontdesk.domain.errors import SignatureInvalid
from frontdesk.kit.crypto import is_same
from frontdesk.ports.channel import RawRequest

HEADER = "x-telegram-bot-api-secret-token"


def verify_hook(request: RawRequest, config: TelegramConfig) -> None:
    """Check a hook by its secret token; the body is not looked at.

    Raises:
        SignatureInvalid: It is not proved, or there is no secret to prove it by.
    """
    secret = config.secret_token.get_secret_value() if config.secret_token else ""
    if not secret:
        raise SignatureInvalid("no secret token is set for this inbox", hint="Set the secret token.")
    if request.method.upper() != "POST" or not is_same(request.headers.get(HEADER, ""), secret):
        raise SignatureInvalid("the hook does not carry this inbox's secret token")
