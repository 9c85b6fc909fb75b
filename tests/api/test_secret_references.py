"""Secrets apart from settings: references resolved when an inbox is used, and the master key's rotation.

S2-09, S2-10, refusal 63.
"""

from importlib.metadata import EntryPoint
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr

from frontdesk.backends.environment import Environment
from frontdesk.backends.secret_files import SecretFiles
from frontdesk.features.inboxes.references import SecretUnavailable
from frontdesk.features.inboxes.rotation import rotate
from frontdesk.kit.crypto import CannotOpen, Vault
from frontdesk.ports.secrets import SecretMissing
from frontdesk.runtime import maintenance, secret_stores
from frontdesk.runtime.secret_key import vault_of
from frontdesk.runtime.settings import SecretSettings, Settings
from frontdesk.store import secrets
from tests.api.test_inboxes import _dump
from tests.desk import PostConfig, RunningDesk, running_desk

SECRET = "canary-of-a-provider-token"
OLD, NEW = (
    SecretStr("the-first-master-key-long-enough-indeed"),
    SecretStr("the-next-master-key-long-enough-as-well"),
)


async def token_of(desk: RunningDesk, inbox_id: str) -> str | None:
    desk.container.desk.inboxes.forget()
    config = (await desk.container.desk.inboxes.open(UUID(inbox_id))).connection.config
    assert isinstance(config, PostConfig)
    return config.access_token.get_secret_value() if config.access_token else None


async def post_hook(desk: RunningDesk, inbox_id: str, proof: str) -> int:
    headers = {"x-post": proof}
    return (await desk.client().post(f"/hooks/post/{inbox_id}", headers=headers, json={})).status_code


async def test_a_reference_is_resolved_at_use_and_the_secret_never_stored(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S2-09: `secret://env/…` and `secret://file/…`, the dump holds no secret, a change counts at once."""
    monkeypatch.setenv("POST_TOKEN", SECRET)
    folder = tmp_path / "secrets"
    (folder / "post").mkdir(parents=True)
    (folder / "post" / "token").write_text(f"{SECRET}-in-a-file\n")
    allowed = SecretSettings(env=("POST_*",), folder=folder)
    async with running_desk(database_url, tmp_path / "data", secrets=allowed) as desk:
        made = await desk.owner.inbox(config={"box": "one", "access_token": "secret://env/POST_TOKEN"})
        assert made["config"] == {"box": "one", "lines": 3, "access_token": "secret://env/POST_TOKEN"}
        assert await token_of(desk, made["id"]) == SECRET
        assert await post_hook(desk, made["id"], SECRET) == 200
        assert await post_hook(desk, made["id"], "secret://env/POST_TOKEN") == 403
        path = f"/v1/inboxes/{made['id']}"
        change = {"config": {"lines": 5, "access_token": "secret://file/post/token"}}
        changed = (await desk.http.patch(path, json=change)).json()
        assert changed["config"]["access_token"] == "secret://file/post/token"
        assert await token_of(desk, made["id"]) == f"{SECRET}-in-a-file"
        (folder / "post" / "token").write_text("another")
        assert await token_of(desk, made["id"]) == "another"
        assert SECRET.encode() not in await _dump(database_url)
        (folder / "post" / "token").unlink()
        await check_unavailable(desk, made["id"])
        plain = await desk.http.patch(path, json={"config": {"access_token": "typed-in"}})
        assert plain.json()["config"] == {"box": "one", "lines": 4, "access_token": {"set": True}}
        assert await token_of(desk, made["id"]) == "typed-in"


async def check_unavailable(desk: RunningDesk, inbox_id: str) -> None:
    """A secret that is away for a while refuses and loses nothing; other settings can be changed."""
    with pytest.raises(SecretUnavailable):
        await token_of(desk, inbox_id)
    assert await post_hook(desk, inbox_id, "another") == 503
    report = await desk.owner.post(f"/v1/inboxes/{inbox_id}/connect", status=200)
    assert (report["ok"], report["steps"][0]["name"]) == (False, "Secrets")
    assert "post/token cannot be read" in report["inbox"]["state_reason"]
    kept = await desk.http.patch(f"/v1/inboxes/{inbox_id}", json={"config": {"lines": 4}})
    assert kept.json()["config"]["access_token"] == "secret://file/post/token"


async def test_what_cannot_be_had_is_refused_by_name(database_url: str, tmp_path: Path) -> None:
    """S2-09: nothing is allowed until the operator allows it; the refusal says what to do."""
    async with running_desk(database_url, tmp_path / "data", workers=False) as desk:
        for reference, said in (
            ("secret://env/PATH", "not allowed"),
            ("secret://file/etc/passwd", "No folder of secrets"),
            ("secret://vault/x", "secret://env/NAME, secret://file/NAME"),
            ("secret://env/", "secret://env/NAME"),
        ):
            body = {"channel": "post", "name": "P", "config": {"box": "one", "access_token": reference}}
            answer = await desk.http.post("/v1/inboxes", json=body)
            assert answer.status_code == 422, answer.text
            [error] = answer.json()["errors"]
            assert (error["field"], said in error["message"]) == ("config.access_token", True), error
        assert (await desk.owner.get("/v1/inboxes"))["items"] == []


def test_the_environment_gives_what_is_allowed_only() -> None:
    place = Environment(["POST_*", "EXACT"], {"POST_A": "a", "EXACT": "e", "OTHER": "o", "FRONTDESK_X": "x"})
    assert (place.get("POST_A"), place.get("EXACT")) == ("a", "e")
    for name in ("OTHER", "POST_MISSING", "EXACTLY"):
        with pytest.raises(SecretMissing):
            place.get(name)
    with pytest.raises(SecretMissing):
        Environment(["*"], {"FRONTDESK_SECRET_KEY": "x"}).get("FRONTDESK_SECRET_KEY")


def test_files_are_taken_from_their_folder_only(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    (tmp_path / "outside").write_text("no")
    (folder / "link").symlink_to(tmp_path / "outside")
    (folder / "empty").write_text("\n")
    (folder / "large").write_text("x" * 70_000)
    (folder / "binary").write_bytes(b"\xff\xfe")
    (folder / "token").write_text("yes\r\n")
    assert SecretFiles(folder).get("token") == "yes"
    outside = str(tmp_path / "outside")
    for name in ("../outside", outside, "link", "missing", "empty", "large", "binary", ".", "a\0b"):
        with pytest.raises(SecretMissing):
            SecretFiles(folder).get(name)
    with pytest.raises(SecretMissing):
        SecretFiles(None).get("token")


class Cloud:
    """A place of another package."""

    def get(self, name: str) -> str:
        return f"cloud-{name}"


def test_other_packages_announce_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """S2-09: pluggable; a shipped place is not replaced."""
    points = [EntryPoint(name, f"{__name__}:Cloud", secret_stores.GROUP) for name in ("cloud", "env")]
    monkeypatch.setattr(secret_stores, "announced", lambda group: points)
    found = secret_stores.secret_stores(Settings(data_dir=tmp_path))
    assert found["cloud"].get("a/b") == "cloud-a/b"
    assert isinstance(found["env"], Environment)


async def test_the_master_key_rotates_while_the_desk_runs(database_url: str, tmp_path: Path) -> None:
    """S2-10: a desk that knows both keys works before, during and after; then the old key opens nothing."""
    folder = tmp_path / "data"
    async with running_desk(database_url, folder, secret_key=OLD, retired_secret_keys=NEW) as desk:
        inboxes = [
            await desk.owner.inbox(config={"box": f"b{n}", "access_token": f"{SECRET}-{n}"}) for n in range(3)
        ]
        other = await desk.tenant("Other")
        inboxes.append(await other.inbox(config={"box": "b3", "access_token": f"{SECRET}-3"}))
        vault = vault_of(Settings(secret_key=NEW, retired_secret_keys=OLD, data_dir=tmp_path))
        done = await rotate(desk.store, vault)
        assert (done.changed, done.current, done.lost) == (4, 0, [])
        again = await rotate(desk.store, vault)
        assert (again.changed, again.current, again.lost) == (0, 4, [])
        for n, inbox in enumerate(inboxes):
            assert await token_of(desk, inbox["id"]) == f"{SECRET}-{n}"
            assert await post_hook(desk, inbox["id"], f"{SECRET}-{n}") == 200
        account_id, inbox_id = desk.owner.account_id, UUID(inboxes[0]["id"])
        sealed = (await desk.store.read(lambda tx: secrets.of_owner(tx, account_id, inbox_id)))[
            "access_token"
        ]
        place = ("inbox", str(account_id), str(inbox_id), "access_token")
        assert Vault(NEW.get_secret_value().encode()).open(sealed, *place) == f"{SECRET}-0"
        with pytest.raises(CannotOpen):
            Vault(OLD.get_secret_value().encode()).open(sealed, *place)
        lost = await rotate(desk.store, Vault(b"a key that never sealed anything here"))
        assert (lost.changed, lost.current, len(lost.lost)) == (0, 0, 4)
        assert await token_of(desk, inboxes[0]["id"]) == f"{SECRET}-0"


async def test_a_change_made_meanwhile_is_kept(desk: RunningDesk) -> None:
    """S2-10: rotation replaces only what it has read."""
    inbox = await desk.owner.inbox(config={"box": "one", "access_token": SECRET})
    key = (desk.owner.account_id, UUID(inbox["id"]), "access_token")
    touched = await desk.store.write(lambda tx: secrets.replace(tx, key, b"read before", b"too late"))
    assert touched == 0
    assert await token_of(desk, inbox["id"]) == SECRET


async def test_a_new_key_is_made_in_the_key_file(tmp_path: Path) -> None:
    """S2-10: `frontdesk secrets rotate --new-key`; the old key stays to open what it signed."""
    settings = Settings(data_dir=tmp_path / "data")
    sealed = vault_of(settings).seal("secret", "place")
    before = (tmp_path / "data" / "secret.key").read_bytes().split()
    done = await maintenance.rotate_secrets(settings, new_key=True)
    assert (done.changed, done.current, done.lost) == (0, 0, [])
    after = (tmp_path / "data" / "secret.key").read_bytes().split()
    assert after[1:] == before
    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o777 == 0o600
    assert vault_of(settings).open(sealed, "place") == "secret"
    assert vault_of(settings).rewrap(sealed, "place") not in (None, sealed)


async def test_an_answer_sealed_with_a_key_that_is_gone_is_told_as_such(
    database_url: str, tmp_path: Path
) -> None:
    """S2-10: repeating a request whose answer held a secret does nothing twice and breaks nothing."""
    body, key = {"name": "t", "permissions": ["contacts:read"]}, {"Idempotency-Key": "once"}
    async with running_desk(database_url, tmp_path / "data", workers=False, secret_key=OLD) as desk:
        token = desk.owner.token
        assert (await desk.http.post("/v1/tokens", json=body, headers=key)).status_code == 201
    async with running_desk(
        database_url, tmp_path / "data", workers=False, owned=False, secret_key=NEW
    ) as later:
        again = await later.client(token).post("/v1/tokens", json=body, headers=key)
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
