"""A folder of one's own is gone afterwards, and a stranger sweeps it only when its owner is dead."""

from pathlib import Path

import pytest

from frontdesk.kit import scratch
from frontdesk.kit.scratch import own_folder, sweep


def _fill(folder: Path) -> None:
    (folder / "below").mkdir()
    (folder / "below" / "file").write_bytes(b"1")
    raise OSError("full")


def test_it_is_gone_with_all_that_is_in_it_whatever_happens_inside(tmp_path: Path) -> None:
    with own_folder(tmp_path) as folder:
        assert folder.is_absolute()
        assert folder.parent == tmp_path
    assert not folder.exists()
    with pytest.raises(OSError, match="full"), own_folder(tmp_path) as folder:
        _fill(folder)
    assert list(tmp_path.iterdir()) == []


def test_what_is_in_use_or_not_ours_stays(tmp_path: Path) -> None:
    (tmp_path / "scratch-left" / "below").mkdir(parents=True)
    (tmp_path / "files").mkdir()
    (tmp_path / "scratch-note").write_text("a file")
    (tmp_path / "scratch-link").symlink_to(tmp_path / "files")
    with own_folder(tmp_path) as used:
        assert sweep(tmp_path) == 1
        assert {path.name for path in tmp_path.iterdir()} == {
            "files",
            "scratch-note",
            "scratch-link",
            used.name,
        }


def test_one_that_is_swept_before_it_is_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, swept = scratch._lock, list[Path]()

    def late(path: Path) -> int:
        if not swept:
            swept.append(path)
            path.rmdir()
        return lock(path)

    monkeypatch.setattr(scratch, "_lock", late)
    with own_folder(tmp_path) as folder:
        assert folder.is_dir()
        assert [folder] != swept


def test_where_folders_cannot_be_locked_none_is_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> int:
        raise OSError("not supported")

    monkeypatch.setattr(scratch, "_lock", refuse)
    with own_folder(tmp_path) as folder:
        assert sweep(tmp_path) == 0
        assert folder.is_dir()
    assert list(tmp_path.iterdir()) == []
