"""Bring your own channel: a signed hook in, a signed webhook out. One object: `channel`.

See docs/channel-api.md.
"""

from frontdesk.channels.api.channel import channel

__all__ = ["channel"]
