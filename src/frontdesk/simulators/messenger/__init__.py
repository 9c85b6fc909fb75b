"""Meta's Messenger Platform in a box, for Messenger or for Instagram: Graph API, signed hooks, and phones.

It is built of `simulators.base`; it knows the platform's wire format from Meta's pages and nothing of the
desk: no channel, store or feature is imported here.
"""

from frontdesk.simulators.base import serve
from frontdesk.simulators.messenger.app import PlatformSimulator
from frontdesk.simulators.messenger.platforms import INSTAGRAM, MESSENGER
from frontdesk.simulators.messenger.state import Settings

__all__ = ["INSTAGRAM", "MESSENGER", "PlatformSimulator", "Settings", "serve"]
