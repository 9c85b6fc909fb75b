"""Folders of one's own for a while, gone afterwards; of a process that was killed, once somebody sweeps.

Whoever has such a folder holds a lock on it, and the system takes the lock back with the process. So a folder
that can be locked is provably nobody's. Where folders cannot be locked (Windows, some network file systems),
none is swept.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

_PREFIX = "scratch-"


@contextmanager
def own_folder(parent: Path | None) -> Iterator[Path]:
    """A new folder, gone afterwards with all that is in it.

    Args:
        parent: Where it is made; None: where the system keeps temporary files.
    """
    path, lock = _made(parent)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def sweep(parent: Path) -> int:
    """Remove the folders whose processes were killed; how many. Others may come and go meanwhile."""
    swept = 0
    for path in parent.glob(f"{_PREFIX}*"):
        try:
            lock = _lock(path)
        except OSError:  # somebody's, or nobody can know
            continue
        shutil.rmtree(path, ignore_errors=True)
        os.close(lock)
        swept += not path.exists()
    return swept


def _made(parent: Path | None) -> tuple[Path, int | None]:
    """A new folder and the lock on it; None where folders cannot be locked, and so none is swept."""
    while True:
        path = Path(mkdtemp(prefix=_PREFIX, dir=parent)).absolute()
        try:
            return path, _lock(path)
        except (BlockingIOError, FileNotFoundError):  # swept before it was locked
            continue
        except OSError:
            return path, None


if sys.platform == "win32":

    def _lock(path: Path) -> int:
        raise OSError(f"{path} cannot be locked on this system")
else:
    import fcntl

    def _lock(path: Path) -> int:
        """Lock a folder. Raises OSError: somebody has it, it is gone, or it cannot be locked."""
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.path.samestat(os.fstat(lock), path.stat()):
                raise FileNotFoundError(path)
        except BaseException:
            os.close(lock)
            raise
        return lock
