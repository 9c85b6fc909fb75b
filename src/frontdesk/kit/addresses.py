"""Which network addresses and host names are the public internet's, and which may never be called.

Pure: nothing is resolved or connected. Ranges are IANA's special-purpose registries (RFC 6890 and later).
"""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_CLOSED_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT; one cloud's metadata
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # one cloud's host agent, on a public number
        "169.254.0.0/16",  # link-local; most clouds' metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
_CLOSED_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # Teredo, ORCHID, benchmarks and other protocol assignments
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: carries any IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})
"""Middle bits of an interface id that carries an IPv4 address (RFC 5214)."""

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_INNER_SUFFIXES = (
    ".localhost", ".localdomain", ".local", ".internal", ".intranet", ".private", ".corp", ".home", ".lan",
    ".home.arpa", ".onion", ".test", ".invalid", ".example",
)  # fmt: skip


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address belongs to the public internet, also when it carries another one inside.

    IPv4-mapped, IPv4-compatible, NAT64 and ISATAP addresses are refused whatever they carry: no public server
    needs them, and some routers turn them into the inner address.
    """
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _CLOSED_V4)
    if address.scope_id is not None or address not in _GLOBAL_V6:
        return False
    if any(address in network for network in _CLOSED_V6):
        return False
    return (int(address) >> 32) & 0xFFFF_FFFF not in _ISATAP


def parse_address(host: str) -> IPv4Address | IPv6Address | None:
    """The address that `host` spells in the one plain way, or None when it is a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def refusal_of_name(host: str) -> str | None:
    """Why a host name must not even be looked up, or None when it may be.

    A name whose last label is a number is an IPv4 address in an odd spelling (0x7f.1, 2130706433, 127.1,
    0177.0.0.1): resolvers read those, so they are refused before any does.
    """
    if not host or len(host) > 253 or host != host.lower() or not host.isascii():
        return "the host is not a plain name"
    labels = host.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        return "the host is not a plain name"
    last = labels[-1]
    if last.isdigit() or re.fullmatch(r"0x[0-9a-f]*", last):
        return "the host is an address in an odd spelling"
    if len(labels) == 1 or f".{host}".endswith(_INNER_SUFFIXES):
        return "the host is a name of an inner network"
    return None
