"""A preparation goes on with the file where it was, and gives the shards of one that was never stopped."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from symvae.corpus.encoded import encoded
from symvae.corpus.guard.limits import FileLimits
from symvae.corpus.journal import Journal
from symvae.corpus.prepare import prepare
from symvae.corpus.reading import Progress
from symvae.corpus.source import FileSource
from symvae.corpus.sources.folder import folder
from symvae.errors import CorpusError
from symvae.music.io.midi_write import write
from symvae.music.reason import Dropped, Reason
from symvae.tokens.melody_grid import MelodyGrid
from tests.unit.corpus.test_folder import choir
from tests.unit.corpus.watched import hostile, logged

COUNT = 12


@pytest.fixture
def music(tmp_path: Path, make_tune) -> Path:
    root = tmp_path / "music"
    root.mkdir()
    for seed in range(COUNT):
        write(make_tune("x/1", seed=seed).phrase, root / f"{seed:02}.mid")
    (root / "05b.mid").write_bytes(b"MThd and then nothing")
    return root


def watched(source: FileSource, log: Path) -> tuple[FileSource, Callable[[], list[str]]]:
    """The source, and a function that tells the files read since its last call."""

    def names() -> list[str]:
        lines = sorted(log.read_text().split()) if log.exists() else []
        log.unlink(missing_ok=True)
        return lines

    return replace(source, read=partial(logged, log=log, whole=source)), names


def stop_after(count: int) -> Callable[[Progress], None]:
    def watch(now: Progress) -> None:
        if now.files == count:
            raise KeyboardInterrupt

    return watch


def shards(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_an_interrupted_preparation_goes_on_where_it_was(music: Path, tmp_path: Path):
    undisturbed = prepare([folder(music, workers=1)], tmp_path / "undisturbed")
    source, names = watched(folder(music, workers=2), tmp_path / "log")
    out = tmp_path / "out"
    for count in (4, 9):
        with pytest.raises(KeyboardInterrupt):
            prepare([source], out, progress=stop_after(count))
        assert not out.exists()
    names()
    assert prepare([source], out) == undisturbed
    assert len(names()) == COUNT + 1 - 9
    assert shards(out) == shards(tmp_path / "undisturbed")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["music", "out", "undisturbed"]


def test_progress_counts_files_of_an_earlier_run_too(music: Path, tmp_path: Path):
    seen: list[tuple[int, int, int]] = []
    with pytest.raises(KeyboardInterrupt):
        prepare([folder(music, workers=1)], tmp_path / "out", progress=stop_after(6))
    prepare(
        [folder(music)],
        tmp_path / "out",
        progress=lambda now: seen.append((now.files, now.total, now.without_tune)),
    )
    assert [files for files, _, _ in seen] == list(range(1, COUNT + 2))
    assert {total for _, total, _ in seen} == {COUNT + 1}
    assert seen[-1][2] == 1


def change(source: FileSource, how: str) -> FileSource:
    match how:
        case "another track":
            return folder(source.files[0].path.parent, workers=1, tracks=["Melodia"])
        case "another limit":
            return replace(source, limits=FileLimits(memory_mib=512))
    return source


@pytest.mark.parametrize(
    ("how", "choices"),
    [
        ("another track", {}),
        ("another limit", {}),
        ("", {"metre": "3/4"}),
    ],
)
def test_files_are_read_again_where_they_are_to_be_read_in_another_way(
    music: Path, tmp_path: Path, how: str, choices: dict[str, Any]
):
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        prepare([folder(music, workers=1)], out, progress=stop_after(COUNT + 1))
    source, names = watched(change(folder(music, workers=1), how), tmp_path / "log")
    with suppress(CorpusError):  # not one tune is a waltz
        prepare([source], out, **choices)
    assert len(names()) == COUNT + 1


def test_a_file_that_changed_is_read_again(music: Path, tmp_path: Path, make_tune):
    source, names = watched(folder(music), tmp_path / "log")
    with pytest.raises(KeyboardInterrupt):
        prepare([source], tmp_path / "out", progress=stop_after(COUNT + 1))
    names()
    write(make_tune("x/1", seed=77, bars=6).phrase, music / "03.mid", force=True)
    prepare([source], tmp_path / "out")
    assert names() == ["03.mid"]
    prepare([folder(music, workers=1)], tmp_path / "new")
    assert shards(tmp_path / "new") == shards(tmp_path / "out")


def test_a_preparation_without_a_tune_leaves_no_journal(music: Path, tmp_path: Path):
    out = tmp_path / "out"
    with pytest.raises(
        CorpusError, match=r"Not one tune.*The first, folder/00.mid: There is no track 'Melodia'"
    ):
        prepare([folder(music, tracks=["Melodia"])], out)
    assert [path.name for path in tmp_path.iterdir()] == ["music"]


def test_damaged_lines_of_a_journal_are_ignored(tmp_path: Path, make_tune):
    path = tmp_path / "journal"
    items = [encoded(make_tune("a/1", seed=1), MelodyGrid()), Dropped("a/1", Reason.TUPLET, "why", 3)]
    with Journal(path) as journal:
        for key in ("one", "two", "three"):
            journal.add(key, items)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b"tuplet", b"triplet")
    path.write_bytes(b"[]\n" + b"".join(lines) + b"0123abcd cut off in the mid")
    with Journal(path) as journal:
        assert [key in journal for key in ("one", "two", "three", "four")] == [True, False, True, False]
        journal.add("four", items)
        for key in ("one", "three", "four"):
            tune, dropped = journal.items(key)
            assert dropped == items[1]
            assert (tune.entry, tune.thinned) == (items[0].entry, 0)
            assert (tune.ids == items[0].ids).all()
            assert (tune.keys == items[0].keys).all()


HOSTILE = ("zero", "end", "hang")


def test_hostile_files_change_no_shard(music: Path, tmp_path: Path):
    """With one process or many."""
    prepare([folder(music, workers=1)], tmp_path / "alone")
    alone = shards(tmp_path / "alone")
    for name in HOSTILE:
        shutil.copy(music / "01.mid", music / f"{name}.mid")
    for workers in (1, 4):
        whole = folder(music, workers=workers, limits=FileLimits(seconds=1.0, memory_mib=64))
        source = replace(whole, read=partial(hostile, whole=whole))
        card = prepare([source], tmp_path / "out", force=True)
        beside = shards(tmp_path / "out")
        dropped = beside["dropped.csv"].decode()
        assert {name for name in alone if alone[name] != beside[name]} == {"dropped.csv", "card.json"}
        assert card["files"] == {"read": COUNT + 1 + len(HOSTILE), "without_tune": 1 + len(HOSTILE)}
        assert card["dropped"] == {
            "reader_failed": 2,
            "took_too_long": 1,
            "unreadable": 1,
        }
        assert all(f"folder/{name}.mid," in dropped for name in HOSTILE)


def test_a_file_that_goes_away_is_a_drop(music: Path, tmp_path: Path):
    source = folder(music)
    (music / "02.mid").unlink()
    card = prepare([source], tmp_path / "out")
    assert card["files"] == {"read": COUNT + 1, "without_tune": 2}
    assert "folder/02.mid,unreadable," in (tmp_path / "out" / "dropped.csv").read_text()


def test_names_that_are_no_text_and_long_titles_are_kept_readable(music: Path, tmp_path: Path):
    odd = os.fsdecode(b"caf\xe9.mid")
    (music / "00.mid").rename(music / odd)
    choir(music / "choir.mid", 1)
    (music / "long.abc").write_text(f"X:1\nT:{'la ' * 100_000}\nM:4/4\nL:1/8\nK:G\nGABc dedB|c2ec B2dB|\n")
    prepare([folder(music, workers=1)], tmp_path / "out")
    tunes = (tmp_path / "out" / "tunes.csv").read_text(encoding="utf-8")
    assert r"folder/caf\udce9.mid,folder,caf\udce9," in tunes
    assert max(map(len, tunes.splitlines())) < 1000


def test_what_is_no_regular_file_is_a_drop(music: Path, tmp_path: Path):
    os.mkfifo(music / "pipe.mid")
    (music / "nowhere.mid").symlink_to(tmp_path / "nowhere")
    (music / "folder.mid").mkdir()
    prepare([folder(music, workers=1)], tmp_path / "out")
    dropped = (tmp_path / "out" / "dropped.csv").read_text()
    for name in ("pipe", "nowhere"):
        assert f'folder/{name}.mid,unreadable,1,"It is no regular file: a link without' in dropped
    assert "folder/folder.mid" not in dropped
