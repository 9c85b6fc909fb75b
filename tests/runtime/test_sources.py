"""S1-10, S3-25: where settings come from, the strongest first; unknown names are refused."""

from pathlib import Path

import pytest

from frontdesk.runtime.sources import SettingsRefused, load


def _toml(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_s1_10_every_source_beats_the_ones_below_it(tmp_path: Path) -> None:
    """Option, variable, file named by a variable, secrets folder, TOML, default: taken away one by one."""
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "frontdesk_port").write_text("8003\n")
    named = tmp_path / "port.txt"
    named.write_text("8002\n")
    _toml(tmp_path / "frontdesk.toml", "port = 8004\n")
    environment = {
        "FRONTDESK_SECRETS_DIR": str(secrets),
        "FRONTDESK_PORT_FILE": str(named),
        "FRONTDESK_PORT": "8001",
        "FRONTDESK_DATA_DIR": str(tmp_path / "data"),
    }
    found = [load({"port": 8000}, environment, tmp_path)]
    for name in ("FRONTDESK_PORT", "FRONTDESK_PORT_FILE"):
        found.append(load({}, environment, tmp_path))
        del environment[name]
    found.append(load({}, environment, tmp_path))
    (secrets / "frontdesk_port").unlink()
    found.append(load({}, environment, tmp_path))
    (tmp_path / "frontdesk.toml").unlink()
    found.append(load({}, environment, tmp_path))
    assert [each.settings.port for each in found] == [8000, 8001, 8002, 8003, 8004, 8080]


def test_s1_10_the_config_path_can_be_said(tmp_path: Path) -> None:
    elsewhere = _toml(tmp_path / "elsewhere.toml", "[limits]\nbody_bytes = 2048\n")
    assert load({}, {"FRONTDESK_CONFIG": str(elsewhere)}, tmp_path).settings.limits.body_bytes == 2048


def test_s1_10_groups_are_reached_by_two_underscores(tmp_path: Path) -> None:
    environment = {"FRONTDESK_LIMITS__BODY_BYTES": "4096"}
    assert load({}, environment, tmp_path).settings.limits.body_bytes == 4096


def test_s3_25_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("k" * 40 + "\n")
    found = load({}, {"FRONTDESK_SECRET_KEY_FILE": str(key)}, tmp_path).settings
    assert found.secret_key is not None
    assert found.secret_key.get_secret_value() == "k" * 40
    assert "kkk" not in repr(found)


@pytest.mark.parametrize(
    ("environment", "toml", "named"),
    [
        ({"FRONTDESK_DATABSE": "x"}, "", ["FRONTDESK_DATABSE", "FRONTDESK_DATABASE"]),
        ({}, "prot = 1\n", ["prot", "port"]),
        ({}, "[limits]\nbody_byte = 1\n", ["limits.body_byte", "body_bytes"]),
        ({}, "port = [\n", ["frontdesk.toml"]),
        ({"FRONTDESK_SECRET_KEY_FILE": "/nowhere/at/all"}, "", ["FRONTDESK_SECRET_KEY_FILE"]),
    ],
)
def test_s1_10_what_is_unknown_or_unreadable_is_refused_by_name(
    tmp_path: Path, environment: dict[str, str], toml: str, named: list[str]
) -> None:
    if toml:
        _toml(tmp_path / "frontdesk.toml", toml)
    with pytest.raises(SettingsRefused) as refused:
        load({}, environment, tmp_path)
    (problem,) = refused.value.problems
    for name in named:
        assert name in problem
