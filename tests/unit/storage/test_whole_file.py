"""A file is whole or not there, an old one stays, and the message names the true cause."""

import errno
import os
import resource
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.errors import MidiError, SymvaeError
from symvae.storage import whole_file as storage
from symvae.storage.faults import unwritable
from symvae.storage.whole_file import make_folder, whole_file, write_bytes, write_text


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file of this process may pass ``size`` bytes, as on a disk of that size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@settings(max_examples=20)
@given(st.binary(max_size=50), st.binary(max_size=50), st.sampled_from(["a.mid", "a", ".a", "é ♯.x.wav"]))
def test_a_file_holds_the_newest_bytes_and_nothing_is_beside_it(
    tmp_path_factory: pytest.TempPathFactory, old: bytes, new: bytes, name: str
) -> None:
    folder = tmp_path_factory.mktemp("out")
    for data in (old, new):
        write_bytes(folder / name, data)
        assert (folder / name).read_bytes() == data
    assert names(folder) == [name]


def test_text_is_written_as_it_is(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "é\n\r\n")
    assert (tmp_path / "a.txt").read_bytes() == b"\xc3\xa9\n\r\n"


def test_the_part_has_the_suffix_of_the_file(tmp_path: Path) -> None:
    with whole_file(tmp_path / "a.b.png") as part:
        assert (part.parent, part.suffix) == (tmp_path, ".png")
        assert part.name.startswith(".")
        assert not (tmp_path / "a.b.png").exists()
    assert names(tmp_path) == ["a.b.png"]


def write_half(path: Path, raised: BaseException | type[BaseException]) -> None:
    with whole_file(path) as part:
        part.write_bytes(b"half")
        raise raised


@pytest.mark.parametrize("raised", [OSError, ValueError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("old", [None, b"old"])
def test_any_exception_leaves_things_as_they_were(
    tmp_path: Path, raised: type[BaseException], old: bytes | None
) -> None:
    path = tmp_path / "a.mid"
    if old is not None:
        path.write_bytes(old)
    with pytest.raises(raised):
        write_half(path, raised)
    assert names(tmp_path) == ([] if old is None else ["a.mid"])
    assert old is None or path.read_bytes() == old


FAULTS = {
    errno.ENOSPC: r"no space is left on the device\. Free some space",
    errno.EDQUOT: r"quota\) is used up\. Free some space",
    errno.EFBIG: "larger than this disk or this account allows",
    errno.EROFS: r"can only be read\. Choose a folder on another disk",
    errno.EIO: "the disk reports an error",
}


@pytest.mark.parametrize("number", FAULTS)
@pytest.mark.parametrize("function", ["fsync", "replace"])
def test_a_fault_of_the_disk_is_named_and_the_old_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, function: str
) -> None:
    path = tmp_path / "a.mid"
    path.write_bytes(b"old")

    def fails(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(storage.os, function, fails)
    with pytest.raises(MidiError, match=f"{FAULTS[number]}.* The old file is as it was") as caught:
        write_bytes(path, b"new", MidiError)
    assert str(caught.value).startswith(f"{path} cannot be written: ")
    monkeypatch.undo()
    assert (names(tmp_path), path.read_bytes()) == (["a.mid"], b"old")


def test_a_disk_that_is_too_small_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mid"
    write_bytes(path, b"old")
    with largest_file(1000), pytest.raises(SymvaeError, match="larger than this disk"):
        write_bytes(path, bytes(2000))
    assert (names(tmp_path), path.read_bytes()) == (["a.mid"], b"old")


def test_the_cause_is_found_behind_the_error_of_a_library(tmp_path: Path) -> None:
    fault = RuntimeError("unexpected pos 704 vs 598")
    fault.__context__ = OSError(errno.ENOSPC, "full")
    with pytest.raises(SymvaeError, match="no space is left"):
        write_half(tmp_path / "a.pt", fault)
    with pytest.raises(RuntimeError, match="of another kind"):
        write_half(tmp_path / "a.pt", RuntimeError("of another kind"))


def test_a_fault_of_another_file_is_not_blamed_on_this_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), whole_file(tmp_path / "a.txt"):
        (tmp_path / "missing").read_bytes()
    assert names(tmp_path) == []


def test_places_that_cannot_be_written_are_refused_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "circle").symlink_to("circle")
    cases = {
        tmp_path / "none" / "deep" / "a.mid": rf"there is no folder {tmp_path}/none\. Choose a folder",
        tmp_path / "file" / "a.mid": rf"{tmp_path}/file is a file and no folder\. Choose another folder",
        tmp_path: "it is a folder",
        tmp_path / ("a" * 300): r"its name is too long\. Choose a shorter name",
        tmp_path / "circle": "its links lead in a circle",
        Path("a\0b"): "it holds a zero byte",
    }
    for path, message in cases.items():
        with pytest.raises(SymvaeError, match=message), whole_file(path):
            raise AssertionError(f"{path} was opened")
    assert names(tmp_path) == ["circle", "file"]


def test_no_permission_names_the_folder(tmp_path: Path) -> None:
    denied = PermissionError(errno.EACCES, "Permission denied", str(tmp_path / ".a.part.mid"))
    assert unwritable(tmp_path / "a.mid", denied) == (
        f"{tmp_path}/a.mid cannot be written: you have no permission to write {tmp_path}. "
        "Choose a folder of your own."
    )


def test_a_file_that_must_not_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.mid"
    path.write_bytes(b"old")
    monkeypatch.setattr(storage.os, "access", lambda place, mode: False)  # as for anyone but root
    with pytest.raises(SymvaeError, match=rf"no permission to write {path}\."):
        write_bytes(path, b"new")
    assert path.read_bytes() == b"old"


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MidiError, match=rf"{tmp_path}/file is a file and no folder"):
        make_folder(tmp_path / "file" / "deep", MidiError)
    with pytest.raises(MidiError, match=rf"{tmp_path}/file is a file and no folder"):
        make_folder(tmp_path / "file", MidiError)


def test_permissions_are_those_of_the_old_file_or_of_the_user(tmp_path: Path) -> None:
    plain, kept = tmp_path / "plain", tmp_path / "kept"
    (tmp_path / "made by open").touch()
    write_bytes(plain, b"")
    write_bytes(kept, b"")
    kept.chmod(0o640)
    write_bytes(kept, b"new")
    assert plain.stat().st_mode == (tmp_path / "made by open").stat().st_mode
    assert stat.S_IMODE(kept.stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    link = tmp_path / "a.mid"
    link.symlink_to(tmp_path / "far" / "b.mid")
    for data in (b"new", b"newer"):
        write_bytes(link, data)
        assert link.is_symlink()
        assert (tmp_path / "far" / "b.mid").read_bytes() == data
    assert names(tmp_path / "far") == ["b.mid"]


@pytest.mark.parametrize("length", [240, 250, 255])
def test_a_long_name_is_no_hindrance(tmp_path: Path, length: int) -> None:
    name = "a" * (length - 4) + ".mid"
    write_bytes(tmp_path / name, b"new")
    assert names(tmp_path) == [name]


def test_pipes_and_devices_receive_the_bytes(tmp_path: Path) -> None:
    pipe, received = tmp_path / "pipe.mid", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: received.append(pipe.read_bytes()))
    reader.start()
    with whole_file(pipe) as part:
        assert part.suffix == ".mid"
        part.write_bytes(b"notes")
    reader.join()
    assert received == [b"notes"]
    assert names(tmp_path) == ["pipe.mid"]
    with pytest.raises(MidiError, match="/dev/full cannot be written: no space is left"):
        write_bytes("/dev/full", b"notes", MidiError)
    write_bytes("/dev/null", b"notes")


def test_a_part_that_a_killed_run_left_is_overwritten(tmp_path: Path) -> None:
    with whole_file(tmp_path / "a.mid") as part:
        name = part
    name.write_bytes(b"half of a longer file")
    write_bytes(tmp_path / "a.mid", b"new")
    assert (names(tmp_path), (tmp_path / "a.mid").read_bytes()) == (["a.mid"], b"new")


def test_writers_of_one_file_wait_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"

    def write(number: int) -> None:
        for _ in range(10):
            with whole_file(path) as part, part.open("wb") as file:
                for _ in range(20):
                    file.write(bytes([number]) * 100)
                    file.flush()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    content = path.read_bytes()
    assert (len(content), len(set(content)), names(tmp_path)) == (2000, 1, ["a.bin"])
