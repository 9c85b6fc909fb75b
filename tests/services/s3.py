"""An S3 server for tests: moto's, in a thread of this process, over real HTTP."""

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

BUCKET = "desk"


@dataclass(frozen=True, slots=True)
class S3Server:
    """A running server with an empty bucket "desk"."""

    url: str

    def address(self, place: str) -> str:
        """What to set for a bucket and prefix of this server."""
        return f"s3://{place}?endpoint={self.url}&region=us-east-1"


@contextlib.contextmanager
def s3_server() -> Iterator[S3Server]:
    """A server while inside."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        httpx2.put(f"{url}/{BUCKET}").raise_for_status()
        yield S3Server(url)
    finally:
        server.stop()
