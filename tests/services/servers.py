"""Servers inside the tests' own process: many are started and stopped, so none dawdles at its end."""

import asyncio
from types import ModuleType
from typing import Any

import uvicorn.server

_SECONDS = 0.005


class _Asyncio(ModuleType):
    """asyncio as it is, but what a server would wait before it looks again is short."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    @staticmethod
    async def sleep(seconds: float) -> None:
        await asyncio.sleep(min(seconds, _SECONDS))


def stop_quickly() -> None:
    """Let servers of this process see within five milliseconds that they shall stop.

    uvicorn looks ten times a second, and once told waits as long again before it goes on; what it then waits
    for (answers under way, tasks) is as before. A fifth of a second for each of a thousand desks.
    """
    uvicorn.server.asyncio = _Asyncio("asyncio")  # type: ignore[attr-defined]
