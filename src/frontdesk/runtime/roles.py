"""The roles that one process may play, and what a worker is."""

import asyncio
from enum import StrEnum
from typing import Protocol

import structlog

log = structlog.get_logger("frontdesk.runtime")

_AGAIN_SECONDS = 1.0


class Role(StrEnum):
    """`frontdesk up` plays all; `frontdesk run api` and `frontdesk run worker` play one."""

    API = "api"
    WORKER = "worker"


class Worker(Protocol):
    """Background work. Replaceable at any moment: what it held is claimed by another after its lease."""

    name: str

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until `stopping` is set and what was begun is done."""


async def keep_running(worker: Worker, stopping: asyncio.Event) -> None:
    """Run a worker until it is told to stop; one that fails is started again after a second."""
    while not stopping.is_set():
        try:
            await worker.run(stopping)
            return
        except Exception:  # the edge of the process: one worker's fault ends no other's work
            log.exception("worker_failed", worker=worker.name)
            await asyncio.sleep(_AGAIN_SECONDS)
