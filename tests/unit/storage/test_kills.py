"""A process that is killed at any change of the file system leaves the old or the new; the next run heals."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from symvae.config.run import RunConfig
from symvae.dsp.wav import write_wav
from symvae.music.grid import Grid
from symvae.music.io.files import write
from symvae.music.phrase import Phrase
from symvae.plot.piano_roll import piano_roll
from symvae.storage import whole_folder as folders
from symvae.system.artifacts import save_model
from symvae.training.run import RunFolder
from tests.kill_points import KILLED, ends

Content = dict[str, bytes]


def files(folder: Path, *, hidden: bool = False) -> Content:
    """Files by name; those under hidden names are no one's result."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if hidden or not _is_hidden(name)}


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/"))


def tune(take: int) -> Phrase:
    return Phrase(Grid(1), *(np.array(each) for each in ([0, 4], [4, 4], [60 + take, 64])))


def save_midi(out: Path, take: int) -> None:
    write(tune(take), out / "a.mid", force=True)


def save_wav(out: Path, take: int) -> None:
    write_wav(np.full((2, 5000), 0.1 * take), 8_000, out / "a.wav", force=True)


def save_picture(out: Path, take: int) -> None:
    piano_roll(tune(take), out / "a.png", force=True)


def save_weights(out: Path, take: int) -> None:
    (out / "tokenizer").write_text("{}")
    save_model(
        out / "model",
        RunConfig(name=f"take {take}"),
        {"w": torch.full((70, 70), float(take))},
        tokenizer=out / "tokenizer",
        metrics={"take": take},
    )


def save_state(out: Path, take: int) -> None:
    RunFolder(out, "state.pt", resume=False).write(
        RunConfig(), None, {"step": take, "weights": torch.full((50, 50), float(take))}
    )


WRITERS: dict[str, Callable[[Path, int], None]] = {
    "midi": save_midi,
    "wav": save_wav,
    "picture": save_picture,
    "model": save_weights,
    "state of a run": save_state,
}


@pytest.mark.parametrize("name", WRITERS)
def test_killed_anywhere_it_leaves_the_old_or_the_new(tmp_path: Path, name: str) -> None:
    save, home = WRITERS[name], tmp_path / "home"
    home.mkdir()
    save(home, 1)
    old = files(home)
    shutil.copytree(home, tmp_path / "new")
    save(tmp_path / "new", 2)
    new = files(tmp_path / "new")
    assert old != new
    killed = 0
    for number, end in ends(lambda: save(home, 2)):
        assert end.status == KILLED, end.stderr
        killed += 1
        assert files(home) in (old, new), f"at change {number}"
        if number % 3 == 0:  # the next run goes on from whatever is there
            save(home, 2)
            assert files(home, hidden=True) == new, f"after change {number}"
            save(home, 1)
    assert killed >= 2


@pytest.mark.parametrize("existed", [True, False])
def test_where_folders_cannot_be_exchanged_the_next_writer_puts_the_old_one_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, existed: bool
) -> None:
    monkeypatch.setattr(folders, "_exchange", lambda one, other: False)
    out = tmp_path / "model"

    def save(word: str) -> None:
        with folders.whole_folder(out) as fresh:
            (fresh / "a").write_text(word)
            (fresh / "b").write_text(word)

    if existed:
        save("old")
    for number, _ in ends(lambda: save("new")):
        with pytest.raises(KeyError), folders.whole_folder(out):  # a writer that gives up
            raise KeyError
        old, new = ({"model/a": word, "model/b": word} for word in (b"old", b"new"))
        assert files(tmp_path, hidden=True) in (old if existed else {}, new), f"at change {number}"
