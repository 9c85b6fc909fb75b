"""The master key: from the settings, else made once and kept in the data folder for its owner's eyes.

The file has one key a line: today's first, then earlier ones that still open what they sealed.
"""

import os
import secrets
from pathlib import Path

from frontdesk.domain.errors import Invalid
from frontdesk.kit.crypto import Vault
from frontdesk.runtime.settings import Settings

FILE = "secret.key"


def vault_of(settings: Settings) -> Vault:
    """The vault that seals and signs for this desk."""
    named = settings.retired_secret_keys
    retired = [] if named is None else [each.strip().encode() for each in named.get_secret_value().split(",")]
    if settings.secret_key is not None:
        return Vault(settings.secret_key.get_secret_value().encode(), retired)
    first, *earlier = _kept(settings.data_dir / FILE)
    return Vault(first, [*earlier, *retired])


def renew(settings: Settings) -> None:
    """Put a new key before those of the key file. Nobody else may run, for keys are read at start.

    Raises:
        Invalid: The key is said in the settings.
    """
    if settings.secret_key is not None:
        raise Invalid(
            "The master key is said in the settings, so it is changed there.",
            field="secret_key",
            hint="Name the earlier one in retired_secret_keys; see docs/operations.md.",
        )
    path = settings.data_dir / FILE
    keys = [secrets.token_urlsafe(32).encode(), *_kept(path)]
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
        file.write(b"\n".join(keys) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _kept(path: Path) -> list[bytes]:
    """The keys of the file, today's first; made if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_bytes().split() or [b""]
    key = secrets.token_urlsafe(32).encode()
    try:
        os.write(file, key)
        os.fsync(file)
    finally:
        os.close(file)
    return [key]
