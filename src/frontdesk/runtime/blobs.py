"""Where the bytes of files are kept: chosen by the settings' address."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from frontdesk.backends.local_files import LocalFiles
from frontdesk.backends.s3 import S3Blobs, place_of
from frontdesk.kit.scratch import sweep
from frontdesk.ports.blobs import Blobs
from frontdesk.runtime.settings import Settings


def blobs_of(settings: Settings) -> LocalFiles | S3Blobs:
    """The place that the settings name. Nothing is opened before its first use."""
    if settings.blobs is None:
        return LocalFiles(settings.data_dir / "files")
    if settings.blobs.startswith("s3://"):
        return S3Blobs(place_of(settings.blobs))
    return LocalFiles(Path(unquote(urlsplit(settings.blobs).path)))


@asynccontextmanager
async def open_blobs(settings: Settings) -> AsyncIterator[Blobs]:
    """The same, closed at the end."""
    blobs = blobs_of(settings)
    try:
        yield blobs
    finally:
        await blobs.close()


def scratch_of(settings: Settings) -> Path:
    """Folder for large files that live for a moment; made at need. `/tmp` is memory on many machines.

    What processes that were killed left there is swept: at every start, that is.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    sweep(settings.data_dir)
    return settings.data_dir
