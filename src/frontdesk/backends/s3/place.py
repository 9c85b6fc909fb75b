"""Where in S3 the blobs are: read from an address such as `s3://bucket/prefix?endpoint=…&region=…`."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]")
_EXAMPLE = "s3://bucket/prefix?endpoint=https://s3.example.com&region=eu-west-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Place:
    """A bucket, and the folder in it that is ours.

    Attributes:
        bucket: Its name.
        prefix: What all our keys begin with: empty, or ending in a slash.
        endpoint: The server, if it is not Amazon's.
        region: Its region; None: as the environment says (AWS_REGION).
    """

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None


def place_of(address: str) -> S3Place:
    """Read an address.

    Raises:
        ValueError: It is none; the text says how one looks.
    """
    parts = urlsplit(address)
    bucket, options = parts.netloc, dict(parse_qsl(parts.query))
    if parts.scheme != "s3" or not _BUCKET.fullmatch(bucket) or parts.fragment:
        msg = f"must look like {_EXAMPLE}; credentials come from the environment (AWS_ACCESS_KEY_ID, …)"
        raise ValueError(msg)
    if unknown := sorted(options.keys() - {"endpoint", "region"}):
        msg = f"does not know {', '.join(unknown)}; use {_EXAMPLE}"
        raise ValueError(msg)
    endpoint = options.get("endpoint")
    if endpoint is not None and not endpoint.startswith(("https://", "http://")):
        msg = f"needs an endpoint with https:// or http://; use {_EXAMPLE}"
        raise ValueError(msg)
    path = unquote(parts.path).strip("/")
    return S3Place(
        bucket=bucket,
        prefix=f"{path}/" if path else "",
        endpoint=endpoint,
        region=options.get("region"),
    )
