"""The product's own API with a store that only says yes to appends: what HTTP, token and body cost alone (N).

`python -m bench.nostore PORT`, with the settings of a set-up desk in the environment.
"""

import asyncio
import sys

from frontdesk.kit.clock import utc_now
from frontdesk.runtime.container import build
from frontdesk.runtime.listening import listen
from frontdesk.runtime.server import serving
from frontdesk.runtime.sources import load
from frontdesk.store.drafts import Appended, Draft, Outcome
from frontdesk.store.engine import open_store


async def _main(port: int) -> None:
    settings = load({"port": port}).settings
    store = await open_store(settings.database_url)

    async def append(draft: Draft) -> Outcome:
        return Appended(draft.id, 1, 1, utc_now(), draft.delivery_id)

    store.append = append  # type: ignore[method-assign]
    container = build(settings, store, port=port)
    listener = listen("127.0.0.1", port)
    async with container.desk.hub.running(), serving(container, listener, settings):
        await asyncio.Event().wait()


if __name__ == "__main__":
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main(int(sys.argv[1])))
