"""Where settings come from, and what is refused: S1-10, S3-25."""

from pathlib import Path

import pytest

from frontdesk.runtime.secret_key import vault_of
from frontdesk.runtime.settings import Settings
from frontdesk.runtime.sources import SettingsRefused, document, leaves, load, shown

LEVELS = ("toml", "secrets", "file", "variable", "option")


@pytest.mark.parametrize("strongest", range(len(LEVELS)))
def test_the_stronger_source_wins(tmp_path: Path, strongest: int) -> None:
    """Each level is given together with all weaker ones."""
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    env = {"FRONTDESK_SECRETS_DIR": str(secrets)}
    options = {}
    present = LEVELS[: strongest + 1]
    if "toml" in present:
        (tmp_path / "frontdesk.toml").write_text("port = 1001\n[limits]\nbody_bytes = 4096\n")
    if "secrets" in present:
        (secrets / "frontdesk_port").write_text("1002\n")
    if "file" in present:
        (tmp_path / "port").write_text("1003\n")
        env["FRONTDESK_PORT_FILE"] = str(tmp_path / "port")
    if "variable" in present:
        env["FRONTDESK_PORT"] = "1004"
    if "option" in present:
        options["port"] = "1005"
    loaded = load(options, env, tmp_path)
    assert loaded.settings.port == 1001 + strongest
    assert loaded.settings.limits.body_bytes == 4096
    assert loaded.settings.host == "127.0.0.1"


def test_a_file_may_be_named_or_lie_in_the_data_folder(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "frontdesk.toml").write_text("port = 1001")
    assert load({}, {}, tmp_path).settings.port == 1001
    (tmp_path / "frontdesk.toml").write_text("port = 1002")
    assert load({}, {}, tmp_path).settings.port == 1002
    (tmp_path / "mine.toml").write_text("port = 1003")
    loaded = load({}, {"FRONTDESK_CONFIG": str(tmp_path / "mine.toml")}, tmp_path)
    assert loaded.settings.port == 1003
    assert loaded.origins["port"] == str(tmp_path / "mine.toml")


def test_groups_and_lists_are_read_from_the_environment(tmp_path: Path) -> None:
    env = {
        "FRONTDESK_LIMITS__BODY_BYTES": "5000",
        "FRONTDESK_ALLOWED_HOSTS": "desk.example.com, desk.internal",
        "FRONTDESK_LOG__REQUESTS": "true",
        "FRONTDESK_TEST_POSTGRES": "not ours",
    }
    settings = load({}, env, tmp_path).settings
    assert settings.limits.body_bytes == 5000
    assert settings.allowed_hosts == ("desk.example.com", "desk.internal")
    assert settings.log.requests is True


@pytest.mark.parametrize(
    ("env", "toml", "said"),
    [
        (
            {"FRONTDESK_PROT": "1"},
            "",
            "FRONTDESK_PROT: there is no such setting. Did you mean FRONTDESK_PORT?",
        ),
        ({}, "prot = 1", "prot (from {toml}): there is no such setting. Did you mean port?"),
        (
            {},
            "[limits]\nbody_byte = 1",
            "limits.body_byte (from {toml}): there is no such setting. Did you mean",
        ),
        ({}, "limits = 3", "limits (from {toml}): Input should be"),
        ({}, "port = ", "{toml}: cannot be read as TOML"),
        ({"FRONTDESK_PORT": "many"}, "", "port (from FRONTDESK_PORT): Input should be a valid integer"),
        (
            {"FRONTDESK_PORT": "70000"},
            "",
            "port (from FRONTDESK_PORT): Input should be less than or equal to 65535",
        ),
        ({"FRONTDESK_PORT_FILE": "/none"}, "", "FRONTDESK_PORT_FILE: the file /none cannot be read"),
        ({"FRONTDESK_CONFIG": "/none"}, "", "FRONTDESK_CONFIG: there is no file /none"),
        ({"FRONTDESK_SECRETS_DIR": "/none"}, "", "FRONTDESK_SECRETS_DIR: there is no folder /none"),
        (
            {"FRONTDESK_DATABASE": "mysql://x"},
            "",
            "database (from FRONTDESK_DATABASE): unknown engine 'mysql'",
        ),
        (
            {"FRONTDESK_DATABASE": "postgresql://[::1/desk"},
            "",
            "database (from FRONTDESK_DATABASE): Invalid IPv6 URL",
        ),
        (
            {},
            "database = 'postgresql://one:5432,two:99999/desk'",
            "database (from {toml}): must be an address",
        ),
        ({}, "port = " + "9" * 5000, "{toml}: cannot be read as TOML"),
        ({}, "port = " + "[" * 5000, "{toml}: cannot be read as TOML"),
        (
            {"FRONTDESK_SECRET_KEY": "short"},
            "",
            "secret_key (from FRONTDESK_SECRET_KEY): must have at least 32",
        ),
        (
            {"FRONTDESK_PUBLIC_URL": "desk"},
            "",
            "public_url (from FRONTDESK_PUBLIC_URL): must be an address such as",
        ),
        (
            {"FRONTDESK_TRUSTED_PROXIES": "all"},
            "",
            "trusted_proxies (from FRONTDESK_TRUSTED_PROXIES): 'all' does not",
        ),
        *(
            ({"FRONTDESK_HOST": host}, "", "host (from FRONTDESK_HOST): must be an address of this machine")
            for host in ("bad host", "-h", "300.1.1.1", "desk/x", "http://desk", "a..b")
        ),
        (
            {"FRONTDESK_LOG__LEVEL": "loud"},
            "",
            "log.level (from FRONTDESK_LOG__LEVEL): Input should be 'debug'",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_name_with_the_cure(
    tmp_path: Path, env: dict[str, str], toml: str, said: str
) -> None:
    path = tmp_path / "frontdesk.toml"
    if toml:
        path.write_text(toml)
    with pytest.raises(SettingsRefused) as refused:
        load({}, env, tmp_path)
    assert len(refused.value.problems) == 1
    assert refused.value.problems[0].startswith(said.format(toml=path)), refused.value.problems


@pytest.mark.parametrize(
    ("given", "host"),
    [("[::1]", "::1"), ("0.0.0.0", "0.0.0.0"), ("localhost", "localhost"), ("desk_1.rill.example",) * 2],
)
def test_an_address_of_this_machine_may_be_a_number_or_a_name(tmp_path: Path, given: str, host: str) -> None:
    assert load({}, {"FRONTDESK_HOST": given}, tmp_path).settings.host == host


def test_several_problems_are_told_together(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused) as refused:
        load({}, {"FRONTDESK_A": "1", "FRONTDESK_B": "2"}, tmp_path)
    assert len(refused.value.problems) == 2


def test_secrets_and_passwords_are_not_shown(tmp_path: Path) -> None:
    env = {
        "FRONTDESK_SECRET_KEY": "k" * 40,
        "FRONTDESK_DATABASE": "postgresql://desk:pa55@db.example/desk",
    }
    settings = load({}, env, tmp_path).settings
    text = {leaf.name: shown(leaf, settings) for leaf in leaves()}
    assert text["secret_key"] == "[hidden]"
    assert text["database"] == "postgresql://desk:[hidden]@db.example/desk"
    assert "pa55" not in repr(text)
    assert "kkkk" not in repr(settings)


def test_every_setting_is_described_and_documented() -> None:
    assert [leaf.name for leaf in leaves() if not leaf.info.description] == []
    written = Path(__file__).parents[2] / "docs" / "settings.md"
    assert written.read_text(encoding="utf-8") == document(), (
        "run: frontdesk config docs --output docs/settings.md"
    )


def test_the_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    sealed = vault_of(settings).seal("secret", "place")
    assert vault_of(settings).open(sealed, "place") == "secret"
    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "::1", "desk.internal", "localhost", "web_1", "fe80::1%lo"]
)
def test_every_kind_of_host_can_be_listened_on(tmp_path: Path, host: str) -> None:
    assert load({"host": host}, {}, tmp_path).settings.host == host


@pytest.mark.parametrize(
    "url",
    ["postgresql:///desk?host=/run/pg", "postgresql://u:p@one,two:5433/desk", "postgresql://[::1]:5432/d"],
)
def test_every_kind_of_database_url_passes(tmp_path: Path, url: str) -> None:
    assert load({"database": url}, {}, tmp_path).settings.database == url
