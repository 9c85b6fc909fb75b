"""What can be set: a tree of groups, each value described. Where values come from is sources.py's part."""

import ipaddress
import re
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator

from frontdesk.backends.s3 import place_of
from frontdesk.runtime.scanner import scanner_at


def _split(value: Any) -> Any:
    """A list may be written as text with commas."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


_HOST_NAME = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(\.(?!-)[A-Za-z0-9_-]{1,63})*\.?")
Names = Annotated[tuple[str, ...], BeforeValidator(_split)]


class Group(BaseModel):
    """Base of the tree: unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class LimitSettings(Group):
    """How much a caller may ask, and how large it may be."""

    requests_per_minute: int = Field(
        6000, ge=1, le=10_000_000, description="Requests a minute of one user, token or visitor."
    )
    requests_per_minute_per_address: int = Field(
        600, ge=1, le=10_000_000, description="Requests a minute of one network address without credentials."
    )
    connections_per_address: int = Field(
        1000,
        ge=1,
        le=1_000_000,
        description="Open connections of one network address, sockets of the live line apart. "
        "This machine and `trusted_proxies` are not counted.",
    )
    body_bytes: int = Field(1024 * 1024, ge=1024, le=2**30, description="Largest body of a request.")
    upload_bytes: int = Field(100 * 1024 * 1024, ge=1024, le=2**31, description="Largest file.")
    hook_bytes: int = Field(
        10 * 1024 * 1024, ge=1024, le=2**30, description="Largest body of a provider's hook."
    )
    import_bytes: int = Field(
        10 * 1024**3, ge=1024, le=2**40, description="Largest history to import by the API, files included."
    )


class LogSettings(Group):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least level shown.")
    format: Literal["auto", "json", "text"] = Field(
        "auto", description="`auto` is text for a terminal and JSON for anything else."
    )
    requests: bool = Field(
        default=False, description="One line for each request; otherwise only failed and slow ones."
    )


class MetricsSettings(Group):
    """Who may read what Prometheus reads. Nobody, unless one of these is set."""

    token: SecretStr | None = Field(
        None,
        description="`GET /metrics` is answered to who sends it as a Bearer token; at least 16 characters.",
    )
    port: int | None = Field(
        None,
        ge=0,
        le=65535,
        description="`GET /metrics` is answered without a token on this port of 127.0.0.1, also by a process "
        "of workers.",
    )

    @field_validator("token")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 16:
            msg = "must have at least 16 characters; make one with `openssl rand -hex 16`"
            raise ValueError(msg)
        return value


class SessionSettings(Group):
    """Sign-in sessions of the console."""

    days: int = Field(14, ge=1, le=365, description="How long a session lasts.")


class StoreSettings(Group):
    """How the database is used."""

    pool_size: int = Field(16, ge=2, le=500, description="Most connections to PostgreSQL.")


class WorkerSettings(Group):
    """How background work is done."""

    stop_seconds: float = Field(
        8.0, gt=0, le=60, description="How long work in flight may take after the signal to stop."
    )


class SecretSettings(Group):
    """Where the settings of inboxes may refer to for their secrets. Whoever manages inboxes can use these."""

    env: Names = Field(
        (),
        description="Variables of the environment that `secret://env/NAME` may name; `DESK_*` allows all "
        "that begin so. Never those of the desk itself.",
    )
    folder: Path | None = Field(
        None, description="Folder of the files that `secret://file/PATH` may name, such as `/run/secrets`."
    )


class Settings(Group):
    """Everything that can be set."""

    data_dir: Path = Field(
        Path("data"), description="Folder of the database, the files and the generated secret key."
    )
    database: str | None = Field(
        None,
        description="`sqlite:////absolute/path.db` or `postgresql://user:password@host/name`. "
        "Default: `frontdesk.db` in the data folder.",
    )
    blobs: str | None = Field(
        None,
        description="Where files are kept: `file:///absolute/folder`, or "
        "`s3://bucket/prefix?endpoint=https://s3.example.com&region=eu-west-1` (endpoint only for servers "
        "other than Amazon's; credentials from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the profile or "
        "the machine's role). Default: `files` in the data folder.",
    )
    virus_scan: str | None = Field(
        None,
        description="Who looks into files before anybody may have them: `clamd://host:3310`, "
        "`clamd:///run/clamav/clamd.ctl`, or `https://scanner.example.com/scan` that answers a POST of the "
        'file with `{"infected": false}`. Default: nobody, files are `unscanned`.',
    )
    secret_key: SecretStr | None = Field(
        None,
        description="Master key for stored secrets and signatures, at least 32 characters. "
        "Default: generated into `secret.key` in the data folder.",
    )
    retired_secret_keys: SecretStr | None = Field(
        None,
        description="Other master keys that still open what they sealed, with commas between: the earlier "
        "one while `frontdesk secrets rotate` has not run, or the coming one.",
    )
    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_url: str | None = Field(
        None,
        description="How people and providers reach the desk, with the prefix of a reverse proxy if it has "
        "one: `https://desk.example.com/support`. Default: the address it listens on.",
    )
    allowed_hosts: Names = Field(
        (), description="More host names under which the desk may be called; `*` allows all."
    )
    trusted_proxies: Names = Field(
        (), description="Addresses of proxies whose X-Forwarded-For and -Proto are believed."
    )
    limits: LimitSettings = LimitSettings()
    log: LogSettings = LogSettings()
    metrics: MetricsSettings = MetricsSettings()
    secrets: SecretSettings = SecretSettings()
    session: SessionSettings = SessionSettings()
    store: StoreSettings = StoreSettings()
    workers: WorkerSettings = WorkerSettings()

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 32:
            msg = "must have at least 32 characters; make one with `openssl rand -base64 32`"
            raise ValueError(msg)
        return value

    @field_validator("retired_secret_keys")
    @classmethod
    def _all_long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and any(len(key) < 32 for key in _split(value.get_secret_value())):
            msg = "must be keys of at least 32 characters with commas between"
            raise ValueError(msg)
        return value

    @field_validator("host")
    @classmethod
    def _address_or_name(cls, value: str) -> str:
        host = value.strip("[]")
        with suppress(ValueError):
            return str(ipaddress.ip_address(host))
        if not _HOST_NAME.fullmatch(value) or value.replace(".", "").isdigit():
            msg = "must be an address of this machine such as 127.0.0.1, ::1 or 0.0.0.0, or its name"
            raise ValueError(msg)
        return value

    @field_validator("public_url")
    @classmethod
    def _whole_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            msg = "must be an address such as https://desk.example.com or https://example.com/support"
            raise ValueError(msg)
        return value.rstrip("/")

    @field_validator("database")
    @classmethod
    def _known_engine(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("sqlite:///", "postgresql://")):
            scheme = value.partition("://")[0]
            msg = f"unknown engine {scheme!r}; use sqlite:////absolute/path.db or postgresql://host/name"
            raise ValueError(msg)
        hosts = () if value is None else urlsplit(value).netloc.rpartition("@")[2].split(",")
        ports = [each.rpartition("]")[2].partition(":")[2] for each in hosts]
        if any(port and not (port.isdecimal() and 0 < int(port) < 65536) for port in ports):
            msg = "must be an address such as postgresql://user:password@host:5432/name"
            raise ValueError(msg)
        return value

    @field_validator("blobs")
    @classmethod
    def _known_store(cls, value: str | None) -> str | None:
        if value is None or value.startswith("file:///"):
            return value
        if not value.startswith("s3://"):
            scheme = value.partition("://")[0]
            msg = f"unknown store {scheme!r}; use file:///absolute/folder or s3://bucket/prefix"
            raise ValueError(msg)
        place_of(value)
        return value

    @field_validator("virus_scan")
    @classmethod
    def _known_scanner(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("clamd://", "http://", "https://")):
            scheme = value.partition("://")[0]
            msg = f"unknown scanner {scheme!r}; use clamd://host:3310, clamd:///path/of/socket or https://…"
            raise ValueError(msg)
        scanner_at(value)
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            ipaddress.ip_network(each, strict=False)
        return value

    @property
    def database_url(self) -> str:
        """The database, said in full."""
        return self.database or f"sqlite:///{self.data_dir.resolve() / 'frontdesk.db'}"

    def url_at(self, port: int) -> str:
        """How the desk is reached when it listens on this port."""
        if self.public_url is not None:
            return self.public_url
        return f"http://{self.local_host}:{port}"

    @property
    def local_host(self) -> str:
        """An address by which this machine reaches the desk."""
        if self.host in {"0.0.0.0", "::", ""}:  # noqa: S104 - compared, not bound
            return "127.0.0.1"
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def base_path(self) -> str:
        """The prefix of the public address, without a slash at its end."""
        return urlsplit(self.public_url).path.rstrip("/") if self.public_url else ""
