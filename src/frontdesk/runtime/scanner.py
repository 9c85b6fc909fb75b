"""Who looks into files for viruses: chosen by the settings' address."""

from frontdesk.backends.clamd import Clamd
from frontdesk.backends.scan_hook import ScanHook
from frontdesk.ports.scanner import Scanner


def scanner_at(address: str | None) -> Scanner | None:
    """The scanner at an address, or none. Nothing is opened before its first use.

    Raises:
        ValueError: The address is none; the text says how one looks.
    """
    if address is None:
        return None
    if address.startswith("clamd://"):
        return Clamd(address)
    return ScanHook(address)
