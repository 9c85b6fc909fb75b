"""Where settings come from, the strongest first.

1. options of the command line
2. environment variables: `FRONTDESK_PORT`, `FRONTDESK_LIMITS__BODY_BYTES`
3. files that variables name: `FRONTDESK_DATABASE_FILE=/run/secrets/database`
4. files of the folder `FRONTDESK_SECRETS_DIR` (`/run/secrets` if there is one): `frontdesk_database`
5. `frontdesk.toml`: the one `FRONTDESK_CONFIG` names, else of the working folder, else of the data folder
6. what the code says

Every unknown name is refused, with the nearest known one.
"""

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from frontdesk.runtime.secret_key import FILE as KEY_FILE
from frontdesk.runtime.settings import Group, Settings

PREFIX = "FRONTDESK_"
_OURS = {"FRONTDESK_CONFIG", "FRONTDESK_SECRETS_DIR"}
_FOREIGN = ("FRONTDESK_TEST_", "FRONTDESK_BENCH_", "FRONTDESK_TORTURE_")
_DOCKER_SECRETS = Path("/run/secrets")

Path_ = tuple[str, ...]


class SettingsRefused(Exception):
    """Settings that cannot be; `problems` says each by name, with what is wrong and the cure."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value that can be set."""

    path: Path_
    info: FieldInfo

    @property
    def name(self) -> str:
        """As TOML and the documents name it: `limits.body_bytes`."""
        return ".".join(self.path)

    @property
    def variable(self) -> str:
        """As the environment names it."""
        return PREFIX + "__".join(self.path).upper()


def leaves(group: type[BaseModel] = Settings, above: Path_ = ()) -> Iterator[Leaf]:
    """Every value that can be set, in the order of the tree."""
    for name, info in group.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, Group):
            yield from leaves(kind, (*above, name))
        else:
            yield Leaf((*above, name), info)


@dataclass(slots=True)
class Loaded:
    """The settings, and where each value came from."""

    settings: Settings
    origins: dict[str, str] = field(default_factory=dict)


def load(
    options: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Loaded:
    """Read the settings from all sources.

    Args:
        options: Values of the command line by dotted name; None values are not set.
        environment: Instead of the process's.
        folder: Instead of the working folder.

    Raises:
        SettingsRefused: Something is unknown or cannot be.
    """
    env = os.environ if environment is None else environment
    given = {name: value for name, value in (options or {}).items() if value is not None}
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    problems = _unknown_variables(env)
    for take in (_from_secrets, _from_named_files, _from_variables):
        _add(take(env, problems), values, origins)
    _add({name: (value, "command line") for name, value in given.items()}, values, origins)
    config = _config_file(env, values, folder or Path.cwd(), problems)
    tree: dict[str, Any] = {}
    if config is not None:
        tree = _read_toml(config, problems)
        for name in _names(tree):
            origins.setdefault(name, str(config))
    for name, value in values.items():
        _put(tree, tuple(name.split(".")), value)
    if not problems:
        try:
            return Loaded(Settings.model_validate(tree), origins)
        except ValidationError as error:
            problems += [_problem(each, origins) for each in error.errors()]
    raise SettingsRefused(problems)


Found = dict[str, tuple[Any, str]]


def _add(found: Found, values: dict[str, Any], origins: dict[str, str]) -> None:
    for name, (value, origin) in found.items():
        values[name], origins[name] = value, origin


def _from_variables(env: Mapping[str, str], _problems: list[str]) -> Found:
    return {
        leaf.name: (env[leaf.variable], leaf.variable)
        for leaf in leaves()
        if env.get(leaf.variable, "") != ""
    }


def _from_named_files(env: Mapping[str, str], problems: list[str]) -> Found:
    found: Found = {}
    for leaf in leaves():
        name = f"{leaf.variable}_FILE"
        if env.get(name):
            text = _read_text(Path(env[name]), name, problems)
            if text is not None:
                found[leaf.name] = (text, name)
    return found


def _from_secrets(env: Mapping[str, str], problems: list[str]) -> Found:
    named = env.get("FRONTDESK_SECRETS_DIR")
    folder = Path(named) if named else _DOCKER_SECRETS
    if not folder.is_dir():
        if named:
            problems.append(f"FRONTDESK_SECRETS_DIR: there is no folder {named}.")
        return {}
    found: Found = {}
    for leaf in leaves():
        path = folder / leaf.variable.lower()
        if path.is_file():
            text = _read_text(path, str(path), problems)
            if text is not None:
                found[leaf.name] = (text, str(path))
    return found


def _read_text(path: Path, name: str, problems: list[str]) -> str | None:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        problems.append(f"{name}: the file {path} cannot be read ({reason}).")
        return None


def _config_file(
    env: Mapping[str, str], values: Mapping[str, Any], folder: Path, problems: list[str]
) -> Path | None:
    named = env.get("FRONTDESK_CONFIG")
    if named:
        if Path(named).is_file():
            return Path(named)
        problems.append(f"FRONTDESK_CONFIG: there is no file {named}.")
        return None
    data_dir = Path(values.get("data_dir", "data"))
    places = (folder / "frontdesk.toml", folder / data_dir / "frontdesk.toml")
    return next((path for path in places if path.is_file()), None)


def _read_toml(path: Path, problems: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:  # a number of 5,000 digits is no error of TOML
        problems.append(f"{path}: cannot be read as TOML: {error}.")
        return {}


def _names(tree: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _names(value, f"{above}{name}.")
        else:
            yield above + name


def _put(tree: dict[str, Any], path: Path_, value: Any) -> None:
    for name in path[:-1]:
        below = tree.setdefault(name, {})
        if not isinstance(below, dict):
            return  # a group written as a value is refused by the schema
        tree = below
    tree[path[-1]] = value


def _unknown_variables(env: Mapping[str, str]) -> list[str]:
    known = {leaf.variable for leaf in leaves()}
    known |= {f"{name}_FILE" for name in known} | _OURS
    return [
        f"{name}: there is no such setting.{_nearest(name, known)}"
        for name in sorted(env)
        if name.startswith(PREFIX) and name not in known and not name.startswith(_FOREIGN)
    ]


def _nearest(name: str, known: set[str]) -> str:
    found = difflib.get_close_matches(name, known, 1, 0.6)
    return f" Did you mean {found[0]}?" if found else " See `frontdesk config docs`."


def _problem(error: Any, origins: Mapping[str, str]) -> str:
    name = ".".join(str(part) for part in error["loc"] if not isinstance(part, int))
    origin = origins.get(name)
    where = f"{name} (from {origin})" if origin else name
    if error["type"] == "extra_forbidden":
        return f"{where}: there is no such setting.{_nearest(name, {leaf.name for leaf in leaves()})}"
    return f"{where}: {str(error['msg']).removeprefix('Value error, ')}."


def shown(leaf: Leaf, settings: Settings) -> str:
    """A value as it counts and may be shown: secrets and passwords hidden."""
    if leaf.name == "database":
        return _without_password(settings.database_url)
    if leaf.name == "secret_key" and settings.secret_key is None:
        kept = (settings.data_dir / KEY_FILE).resolve()
        return f"[set, in {kept}]" if kept.exists() else f"[made at the first start, in {kept}]"
    value: Any = settings
    for name in leaf.path:
        value = getattr(value, name)
    if isinstance(value, SecretStr):
        return "[hidden]"
    if isinstance(value, tuple):
        return ",".join(value)
    text = "" if value is None else str(value)
    return _without_password(text) if "://" in text else text


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    user, separator, host = rest.rpartition("@")
    if not separator:
        return url
    return f"{scheme}://{user.partition(':')[0]}:[hidden]@{host}"


def document() -> str:
    """All settings as a Markdown document."""
    lines = [
        "# Settings",
        "",
        "Written by `frontdesk config docs`. The strongest source first:",
        "",
        *[line for line in (__doc__ or "").splitlines() if line[:1].isdigit()],
        "",
        "A bad or unknown setting stops the start with its name and the cure. `frontdesk config show` prints",
        "what counts and where it came from.",
        "",
        "| setting | variable | default | what it says |",
        "|---|---|---|---|",
    ]
    for leaf in leaves():
        default = leaf.info.default
        text = ",".join(default) if isinstance(default, tuple) else "" if default is None else str(default)
        lines.append(f"| {leaf.name} | {leaf.variable} | {text} | {leaf.info.description} |")
    return "\n".join(lines) + "\n"
