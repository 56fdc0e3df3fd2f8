"""A folder is whole or not there, at every moment, and has one writer at a time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from symvae.errors import CorpusError, SymvaeError
from symvae.storage import whole_folder as storage
from symvae.storage.lock import locked
from symvae.storage.whole_folder import whole_folder
from tests.conftest import ROOT


def content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def fill(folder: Path, word: str) -> None:
    with whole_folder(folder) as fresh:
        (fresh / "a").write_text(word)
        (fresh / f"only {word}").touch()


@pytest.fixture(params=["exchange", "two renamings"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "two renamings":
        monkeypatch.setattr(storage, "_exchange", lambda one, other: False)
    return request.param


def test_a_folder_replaces_an_older_one(tmp_path: Path, way: str) -> None:
    for word in ("old", "new"):
        fill(tmp_path / "out", word)
        assert content(tmp_path / "out") == {"a": word, f"only {word}": ""}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_copy_keeps_what_is_not_changed(tmp_path: Path, way: str) -> None:
    fill(tmp_path / "out", "old")
    with whole_folder(tmp_path / "out", copied=True) as fresh:
        (fresh / "a").write_text("new")
    assert content(tmp_path / "out") == {"a": "new", "only old": ""}


def fill_half(folder: Path, raised: type[BaseException]) -> None:
    with whole_folder(folder) as fresh:
        (fresh / "a").write_text("half")
        raise raised


@pytest.mark.parametrize("raised", [ValueError, KeyboardInterrupt])
def test_an_exception_keeps_the_older_folder(tmp_path: Path, way: str, raised: type[BaseException]) -> None:
    fill(tmp_path / "out", "old")
    with pytest.raises(raised):
        fill_half(tmp_path / "out", raised)
    assert content(tmp_path / "out") == {"a": "old", "only old": ""}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_folders_are_exchanged_in_one_step_here(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    assert storage._exchange(tmp_path / "a", tmp_path / "b")
    assert content(tmp_path / "a") == {"b": ""}
    assert not storage._exchange(tmp_path / "a", tmp_path / "missing")


def test_an_old_folder_is_put_back_when_its_successor_cannot_be_renamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path / "out", "old")
    monkeypatch.setattr(storage, "_exchange", lambda one, other: False)
    rename = Path.rename

    def renamed(self: Path, to: Path) -> Path:
        return rename(self, tmp_path / "no" / "way" if "building" in self.name else to)

    monkeypatch.setattr(Path, "rename", renamed)
    with pytest.raises(SymvaeError, match="cannot be written"):
        fill(tmp_path / "out", "new")
    assert content(tmp_path / "out") == {"a": "old", "only old": ""}


def test_what_a_killed_writer_left_is_cleared(tmp_path: Path) -> None:
    (tmp_path / ".out.building").mkdir()
    (tmp_path / ".out.building" / "half").touch()
    (tmp_path / ".out.old").mkdir()
    (tmp_path / ".out.old" / "a").write_text("old")
    (tmp_path / ".out.lock").touch()
    with pytest.raises(InterruptedError):
        fill_half(tmp_path / "out", InterruptedError)
    assert content(tmp_path / "out") == {"a": "old"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "out"):
        with (
            pytest.raises(
                CorpusError, match=r"Another run uses .*out\. Wait until it ends, or choose another"
            ),
            whole_folder(tmp_path / "out", CorpusError, wait=False),
        ):
            raise AssertionError
        with whole_folder(tmp_path / "other", wait=False):
            pass


def test_a_lock_of_another_process_ends_with_it(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    code = (
        "import sys; from pathlib import Path; from symvae.errors import SymvaeError\n"
        "from symvae.storage.lock import locked\n"
        f"with locked(Path({str(lock)!r}), SymvaeError, what='it'):\n"
        "    print('held', flush=True)\n    sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(SymvaeError, match="Another run uses it"), locked(lock, SymvaeError, what="it"):
            raise AssertionError
        holder.kill()
    assert lock.exists()
    with locked(lock, SymvaeError, what="it"):
        pass
    assert not lock.exists()


def test_a_forked_process_holds_no_lock_of_its_parent(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    read, write = os.pipe()
    with locked(lock, SymvaeError, what="it"):
        child = os.fork()
        if not child:
            os.close(write)
            os.read(read, 1)  # until the parent says so
            os._exit(0)
    with locked(lock, SymvaeError, what="it"):
        pass
    os.close(write)
    os.close(read)
    assert os.waitpid(child, 0)[1] == 0


def test_a_folder_where_none_can_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CorpusError, match=rf"{tmp_path}/file is a file and no folder"):
        fill_as(tmp_path / "file" / "out", CorpusError)


def fill_as(folder: Path, error: type[SymvaeError]) -> None:
    with whole_folder(folder, error):
        raise AssertionError
