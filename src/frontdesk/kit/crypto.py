"""Sealing, signing and random tokens. No word of our trade.

Envelope encryption: every sealed text has a data key of its own, wrapped by a key derived from the master
key; what it belongs to is authenticated with it, so a sealed text moved to another row does not open.
"""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12
_KEY = 32
_WRAPPED = _NONCE + _KEY + 16
_VERSION = b"\x01"


class CannotOpen(Exception):
    """The sealed text was made with another key, for another place, or was changed."""


def random_token(prefix: str = "") -> str:
    """A new secret of 256 bits, URL-safe."""
    return prefix + secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """SHA-256 of a random token: what is stored instead of it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def is_same(one: str | bytes, other: str | bytes) -> bool:
    """Compare two secrets in constant time."""
    a, b = (each.encode("utf-8", "surrogatepass") if isinstance(each, str) else each for each in (one, other))
    return hmac.compare_digest(a, b)


def _bound(parts: Sequence[str]) -> bytes:
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)


def is_hmac(given: str, secret: str, body: bytes, *, prefix: str = "sha256=") -> bool:
    """Whether this is the HMAC-SHA256 of the raw body in lower-case hex behind its prefix. Never without one.

    An empty secret proves nothing.
    """
    expected = prefix + hmac.digest(secret.encode(), body, "sha256").hex()
    return bool(secret) and is_same(given, expected)


class Vault:
    """Seals and signs with keys derived from one master key.

    Args:
        master: The instance's secret key, at least 16 bytes of randomness.
        retired: Earlier master keys, still good for opening.
    """

    def __init__(self, master: bytes, retired: Sequence[bytes] = ()) -> None:
        if len(master) < 16:
            msg = "the secret key must have at least 16 bytes"
            raise ValueError(msg)
        self._masters = (master, *retired)
        self._wrapping = [AESGCM(_derive(each, b"wrap")) for each in self._masters]
        self._signing = [_derive(each, b"sign") for each in self._masters]

    def seal(self, text: str, *place: str) -> bytes:
        """Encrypt a text for one place (account, owner, name, …)."""
        bound = _bound(place)
        key, nonce, outer = AESGCM.generate_key(256), os.urandom(_NONCE), os.urandom(_NONCE)
        wrapped = outer + self._wrapping[0].encrypt(outer, key, bound)
        return _VERSION + wrapped + nonce + AESGCM(key).encrypt(nonce, text.encode(), bound)

    def open(self, sealed: bytes, *place: str) -> str:
        """Decrypt what `seal` made for the same place.

        Raises:
            CannotOpen: Another key, another place, or tampered with.
        """
        bound = _bound(place)
        wrapped, rest = sealed[1 : 1 + _WRAPPED], sealed[1 + _WRAPPED :]
        for wrapping in self._wrapping:
            try:
                key = wrapping.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], bound)
                return AESGCM(key).decrypt(rest[:_NONCE], rest[_NONCE:], bound).decode()
            except (InvalidTag, ValueError):
                continue
        raise CannotOpen

    def rewrap(self, sealed: bytes, *place: str) -> bytes | None:
        """The same sealed text with its data key wrapped by today's master key; None if it is already.

        Raises:
            CannotOpen: Another key, another place, or tampered with.
        """
        bound = _bound(place)
        wrapped, rest = sealed[1 : 1 + _WRAPPED], sealed[1 + _WRAPPED :]
        for n, wrapping in enumerate(self._wrapping):
            try:
                key = wrapping.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], bound)
            except (InvalidTag, ValueError):
                continue
            if n == 0:
                return None
            outer = os.urandom(_NONCE)
            return _VERSION + outer + self._wrapping[0].encrypt(outer, key, bound) + rest
        raise CannotOpen

    def sign(self, *parts: str) -> str:
        """A URL-safe signature over these parts (128 bits)."""
        return _signature(self._signing[0], parts)

    def derive(self, purpose: str) -> bytes:
        """A key of its own for another purpose."""
        return _derive(self._masters[0], purpose.encode())

    def is_signed(self, signature: str, *parts: str) -> bool:
        """Whether `sign` made this signature over these parts, now or with a retired key."""
        return any(is_same(_signature(key, parts), signature) for key in self._signing)


def _signature(key: bytes, parts: Sequence[str]) -> str:
    mac = hmac.new(key, _bound(parts), hashlib.sha256).digest()[:16]
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def _derive(master: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), _KEY, salt=None, info=b"frontdesk " + purpose).derive(master)
