"""Running desks for tests; the product is loaded only by tests that ask for one. See tests/desk.py."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.desk import RunningDesk


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> "AsyncIterator[RunningDesk]":
    """A running desk over a fresh database, with an account and its owner, on each engine."""
    from tests.desk import running_desk  # noqa: PLC0415

    async with running_desk(database_url, tmp_path / "data") as running:
        yield running


@pytest.fixture
async def empty_desk(database_url: str, tmp_path: Path) -> "AsyncIterator[RunningDesk]":
    """A running desk that nobody owns yet, on each engine."""
    from tests.desk import running_desk  # noqa: PLC0415

    async with running_desk(database_url, tmp_path / "data", owned=False) as running:
        yield running
