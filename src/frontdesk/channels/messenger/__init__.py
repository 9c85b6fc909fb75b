"""Meta's Messenger Platform, which carries two channels: Messenger (`channel`) and Instagram (`instagram`).

One folder, because it is one platform: the same hooks, the same Send API, the same proof, by the same page.
"""

from frontdesk.channels.messenger.channel import channel

__all__ = ["channel"]
