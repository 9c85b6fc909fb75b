"""The channels this desk knows: those that ship with it, and those that other packages announce.

A package announces one by an entry point of the group `frontdesk.channels` that leads to its channel object.
"""

from importlib import import_module, util
from importlib.metadata import entry_points

from frontdesk.ports.channel import Channel

GROUP = "frontdesk.channels"
_SHIPPED = ("frontdesk.channels.webchat.channel", "frontdesk.channels.whatsapp.channel")


def load() -> dict[str, Channel]:
    """All channels by slug; a shipped one is not replaced by an announced one."""
    found: dict[str, Channel] = {}
    for name in _SHIPPED:
        if util.find_spec(name.rpartition(".")[0]) is None:
            continue
        channel: Channel = import_module(name).channel
        if hasattr(channel, "slug"):
            found[channel.slug] = channel
    for point in entry_points(group=GROUP):
        announced: Channel = point.load()
        found.setdefault(announced.slug, announced)
    return found
