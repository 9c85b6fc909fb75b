"""What holds for every test: its services, how memory is tidied, the time of a property test."""

import gc
from collections.abc import Generator

import pytest
from hypothesis import settings

pytest_plugins = [
    "tests.services.browser",
    "tests.services.databases",
    "tests.services.desks",
    "tests.services.redis",
    "tests.services.skips",
]

# A shared machine stalls now and then; the time-out of the test is the limit, not the time of one example.
settings.register_profile("frontdesk", deadline=None)
settings.load_profile("frontdesk")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for cycles as a running desk does: what was loaded stays, so it is not walked again and again.

    That walk was an eighth of the time, both of collecting the tests and of those of the API.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(10_000, 20, 20)
        gc.enable()


def pytest_unconfigure() -> None:
    """Let what stayed be looked through at the end, for what was never closed."""
    gc.unfreeze()
