"""The client of S3: made at first use, so a desk without S3 loads none of it; its errors in our words."""

import asyncio
import contextlib
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from frontdesk.backends.s3.place import S3Place
from frontdesk.domain.errors import Busy

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

MISSING = frozenset({"NoSuchKey", "404", "NotFound"})
BEHIND_END = "InvalidRange"
_CONNECT_SECONDS = 5
_READ_SECONDS = 30


class Refused(Busy):
    """S3 answered with an error. `reason` is S3's own word for it."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The file store refused: {reason}.")
        self.reason = reason


class Opening:
    """Opens one client at first use and closes it.

    Credentials are those of the environment: variables, profile, or the role of the machine.
    """

    def __init__(self, place: S3Place) -> None:
        self._place, self._lock, self._stack = place, asyncio.Lock(), AsyncExitStack()
        self._client: S3Client | None = None

    async def get(self) -> "S3Client":
        """The client."""
        async with self._lock:
            if self._client is None:
                self._client = await self._open()
            return self._client

    async def close(self) -> None:
        """Close the client, if there is one."""
        await self._stack.aclose()
        self._client = None

    async def _open(self) -> "S3Client":
        config, session = await asyncio.to_thread(_load)
        options: dict[str, Any] = {
            "connect_timeout": _CONNECT_SECONDS,
            "read_timeout": _READ_SECONDS,
            "max_pool_connections": 32,
            "retries": {"mode": "standard", "max_attempts": 3},
            # Servers other than Amazon's do not know the newer checksums.
            "request_checksum_calculation": "when_required",
            "response_checksum_validation": "when_required",
        }
        region = self._place.region
        if self._place.endpoint is not None:
            options["s3"] = {"addressing_style": "path"}
            region = region or "us-east-1"
        making = session.create_client(
            "s3", region_name=region, endpoint_url=self._place.endpoint, config=config(**options)
        )
        client: S3Client = await self._stack.enter_async_context(making)
        return client


def _load() -> tuple[Any, Any]:
    """The library, which takes long to load; answers its config class and a session."""
    from aiobotocore.config import AioConfig  # noqa: PLC0415 - a desk without S3 does not need it
    from aiobotocore.session import get_session  # noqa: PLC0415

    return AioConfig, get_session()


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Say S3's errors in our words.

    Raises:
        Refused: S3 answered with an error.
        Busy: It was not reached, or the connection broke.
    """
    from aiohttp import ClientError as BrokenLine  # noqa: PLC0415 - as above
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError  # noqa: PLC0415

    try:
        yield
    except ClientError as error:
        raise Refused(str(error.response.get("Error", {}).get("Code", "unknown"))) from None
    except (BotoCoreError, HTTPClientError, BrokenLine, OSError) as error:
        raise Busy(f"The file store was not reached: {type(error).__name__}.") from None
