"""Telegram in a box: the Bot API, its updates to the hook, and the customers' phones, over real HTTP.

It is built of `simulators.base`; it knows Telegram's wire format from the Bot API's pages and nothing of the
desk: no channel, store or feature is imported here.
"""

from frontdesk.simulators.base import serve
from frontdesk.simulators.telegram.app import TelegramSimulator
from frontdesk.simulators.telegram.state import Settings

__all__ = ["Settings", "TelegramSimulator", "serve"]
