"""`frontdesk doctor`: what is wrong, and the cure."""

import asyncio
import sys
from typing import TYPE_CHECKING

from frontdesk.cli.options import Database, DataDir, Host, Port, settings_of

if TYPE_CHECKING:
    from frontdesk.runtime.settings import Settings


def doctor(
    *, host: Host = None, port: Port = None, data_dir: DataDir = None, database: Database = None
) -> None:
    """Look at the settings, the machine, the database, the port, the public address and every inbox."""
    settings = settings_of(host=host, port=port, data_dir=data_dir, database=database)
    print("well  settings: nothing unknown, nothing impossible")
    if asyncio.run(_examine(settings)):
        sys.exit(1)


async def _examine(settings: "Settings") -> int:
    from frontdesk.runtime import diagnosis  # noqa: PLC0415 - help needs none of it

    ill = 0
    async for finding in diagnosis.examine(settings):
        print(f"{'well' if finding.is_well else 'ILL '}  {finding.name}: {finding.evidence}")
        if not finding.is_well:
            ill += 1
            if finding.cure:
                print(f"      → {finding.cure}")
    print("Everything is well." if not ill else f"{ill} to cure.")
    return ill
