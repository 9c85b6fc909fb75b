"""The master key: from the settings, else made once and kept in the data folder for its owner's eyes."""

import os
import secrets
from pathlib import Path

from frontdesk.kit.crypto import Vault
from frontdesk.runtime.settings import Settings

FILE = "secret.key"


def vault_of(settings: Settings) -> Vault:
    """The vault that seals and signs for this desk."""
    if settings.secret_key is not None:
        return Vault(settings.secret_key.get_secret_value().encode())
    return Vault(_kept(settings.data_dir / FILE))


def _kept(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_bytes().strip()
    key = secrets.token_urlsafe(32).encode()
    try:
        os.write(file, key)
        os.fsync(file)
    finally:
        os.close(file)
    return key
