"""The product as a benchmark sees it: a folder, a database, a token, inboxes, and rows by the thousand."""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from bench import seed
from bench.tools import serving
from tests.services.postgres import PostgresServer
from tests.torture.office import Office, open_office


@dataclass(slots=True)
class Desk:
    """One set-up desk, not running."""

    folder: Path
    database_url: str
    office: Office
    account: UUID
    inbox: UUID

    @property
    def engine(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.database_url.split(":", 1)[0]

    @property
    def env(self) -> dict[str, str]:
        """What the load scripts read."""
        return {"TOKENS": self.office.token, "ACCOUNTS": "1", "HOOK_PATH": self.office.hook_path}

    def fill(self, first: int, last: int, each: int = 0) -> None:
        """Conversations with messages, by SQL. The desk must not be running."""
        seed.conversations(self.database_url, self.account, self.inbox, first=first, last=last, each=each)

    @contextmanager
    def running(self, role: str = "up") -> Iterator[tuple[str, int]]:
        """Serve it; `up` runs all roles, `api` only the API. Yields the base URL and the process id."""
        words = ["up"] if role == "up" else ["run", role]
        command = [sys.executable, "-m", "frontdesk", *words, "--host", "127.0.0.1", "--port", "{port}"]
        with serving(command, ready="/health/ready", env=self.settings, log=self.folder / f"{role}.log") as (
            url,
            pid,
        ):
            self.office.url = url
            yield url, pid

    @property
    def settings(self) -> dict[str, str]:
        """The environment of its process: limits out of the way, everything else as it comes."""
        return {
            "FRONTDESK_DATA_DIR": str(self.folder),
            "FRONTDESK_DATABASE": self.database_url,
            "FRONTDESK_LIMITS__REQUESTS_PER_MINUTE": "10000000",
            "FRONTDESK_LIMITS__REQUESTS_PER_MINUTE_PER_ADDRESS": "10000000",
        }


@contextmanager
def desk(engine: str, *, conversations: int = 10_000, each: int = 0) -> Iterator[Desk]:
    """A fresh desk on a real disk, with fsync, set up through its API and filled by SQL."""
    folder = Path(tempfile.mkdtemp(prefix="frontdesk-bench-"))
    try:
        if engine == "sqlite":
            yield _opened(folder, f"sqlite:///{folder / 'desk.db'}", conversations, each)
        else:
            with PostgresServer(fsync=True) as server:
                yield _opened(folder, server.url(), conversations, each)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _opened(folder: Path, url: str, conversations: int, each: int) -> Desk:
    made = Desk(folder, url, Office("", "", "", ""), UUID(int=0), UUID(int=0))
    with made.running() as (base, _):
        made.office = asyncio.run(open_office(base, conversations=1))
        made.account, made.inbox = asyncio.run(_ids(made.office))
    if conversations:
        made.fill(1, conversations, each)
    return made


async def _ids(office: Office) -> tuple[UUID, UUID]:
    async with office.client() as client:
        account = (await client.get("/v1/account")).raise_for_status().json()["id"]
    return UUID(account), UUID(office.chat_inbox)
