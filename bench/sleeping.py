"""A whole desk whose provider sleeps for ten seconds in every send: what those who write feel of it (S2-12).

`python -m bench.sleeping PORT`, with the settings of a set-up desk in the environment.
"""

import asyncio
import sys

from frontdesk.channels.webchat.channel import WebChat
from frontdesk.ports.channel import Connection, Outbound, Sent
from frontdesk.runtime.server import run
from frontdesk.runtime.sources import load

SLEEP_SECONDS = 10.0


async def _sleep(_self: WebChat, _outbound: Outbound, _connection: Connection) -> Sent:
    await asyncio.sleep(SLEEP_SECONDS)
    return Sent(source_id=None, delivered=True)


if __name__ == "__main__":
    setattr(WebChat, "send", _sleep)  # noqa: B010 - a type checker would rightly mind
    run(load({"host": "127.0.0.1", "port": int(sys.argv[1])}).settings)
