"""The places that secrets can be referred to in: environment, files, and those that other packages announce.

A package announces one by an entry point of the group `frontdesk.secrets` that leads to a function without
arguments, which answers the place (`ports/secrets.py`). Its name is the PLACE of `secret://PLACE/NAME`.
"""

from frontdesk.backends.environment import Environment
from frontdesk.backends.secret_files import SecretFiles
from frontdesk.ports.secrets import SecretStore
from frontdesk.runtime.announced import announced
from frontdesk.runtime.settings import Settings

GROUP = "frontdesk.secrets"


def secret_stores(settings: Settings) -> dict[str, SecretStore]:
    """All places by name; those that ship with the desk are not replaced."""
    shipped: dict[str, SecretStore] = {
        "env": Environment(settings.secrets.env),
        "file": SecretFiles(settings.secrets.folder),
    }
    return {point.name: point.load()() for point in announced(GROUP)} | shipped
