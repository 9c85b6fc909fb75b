"""A Redis without persistence, one for each worker of the run, emptied for every test."""

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest
import redis

from tests.services.processes import die_with_parent, free_port, listens, wait_until


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The URL of a running server: `FRONTDESK_TEST_REDIS`, or one that we start."""
    given = os.environ.get("FRONTDESK_TEST_REDIS")
    if given:
        yield given
        return
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("needs Redis: apt-get install redis-server, or set FRONTDESK_TEST_REDIS to a URL")
    port = free_port()
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - nothing between fork and exec takes a lock
    )
    wait_until(lambda: listens(port), what="Redis accepting connections")
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait()


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The URL of an empty Redis."""
    with redis.Redis.from_url(redis_server) as client:
        client.flushdb()
    return redis_server
