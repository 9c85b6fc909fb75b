"""How failures are told to a person: what is wrong, by name, and the cure. Never a stack trace for them."""

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from frontdesk.domain.errors import DeskError, Invalid
from frontdesk.runtime.sources import SettingsRefused

IMPOSSIBLE, BAD_INPUT = 1, 2
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


@contextmanager
def explained() -> Iterator[None]:
    """Turn errors that a person can cure into a sentence and an exit code."""
    try:
        yield
    except SettingsRefused as refused:
        for problem in refused.problems:
            print(f"frontdesk: {problem}", file=sys.stderr)
        sys.exit(BAD_INPUT)
    except DeskError as error:
        print(f"frontdesk: {said(error)}", file=sys.stderr)
        sys.exit(BAD_INPUT if isinstance(error, Invalid) else IMPOSSIBLE)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(IMPOSSIBLE)
    except OSError as error:
        if error.filename is None and error.errno not in _NO_ROOM:
            raise
        if error.filename is None:
            print(f"frontdesk: The output cannot be written: {error.strerror}.", file=sys.stderr)
            sys.exit(IMPOSSIBLE)
        print(f"frontdesk: {error.filename}: {error.strerror}. Name another place.", file=sys.stderr)
        sys.exit(BAD_INPUT)


def said(error: DeskError) -> str:
    """An error in one line."""
    field = f"{error.field}: " if error.field else ""
    return f"{field}{error.message}" + (f" {error.hint}" if error.hint else "")
