"""Data sets of muspy as corpora: saved folders, converted folder data sets, and objects."""

from pathlib import Path

import muspy
import numpy as np
import pytest

import symvae
from symvae.corpus.prepare import prepare
from symvae.corpus.sources.muspy import muspy_dataset, muspy_folder
from symvae.corpus.sources.named import Named, open_sources
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.music.reason import Dropped, Reason
from tests.conftest import TUNES

FILES = sorted(TUNES.glob("*.mid"))[:3]


class Tunes(muspy.Dataset):
    def __getitem__(self, index: int) -> muspy.Music:
        if index == len(FILES):
            raise ValueError("a damaged item")
        return symvae.to_muspy(FILES[index])

    def __len__(self) -> int:
        return len(FILES) + 1


class Midi(muspy.FolderDataset):
    _extension = "mid"

    def read(self, filename: str) -> muspy.Music:
        return symvae.to_muspy(self.root / filename)


def phrases(items) -> list[Phrase]:
    return [item.phrase for item in items if isinstance(item, Tune)]


def test_a_dataset_object_is_read_item_by_item() -> None:
    *tunes, bad = muspy_dataset(Tunes())
    assert isinstance(bad, Dropped)
    assert (bad.what, bad.reason) == ("muspy/3", Reason.UNREADABLE)
    assert "a damaged item" in bad.detail
    assert [tune.name.split("#")[0] for tune in tunes if isinstance(tune, Tune)] == [
        "muspy/0",
        "muspy/1",
        "muspy/2",
    ]
    assert phrases(tunes) == [phrase for file in FILES for phrase in symvae.read(file)]


def test_a_saved_folder_gives_the_tunes_of_its_files(tmp_path: Path) -> None:
    Tunes().save(tmp_path / "saved", kind="yaml", verbose=False)
    (tmp_path / "saved" / "bad.json").write_text("{")
    source = muspy_folder(tmp_path / "saved")
    found = [item for file in source.files for item in source.read(file)]
    assert phrases(found) == phrases(muspy_dataset(Tunes()))
    (bad,) = [item for item in found if isinstance(item, Dropped)]
    assert (bad.what, bad.reason) == ("saved/bad.json", Reason.UNREADABLE)
    assert "no saved Music of muspy" in bad.detail


def test_a_converted_folder_dataset_is_a_source_of_shards(tmp_path: Path) -> None:
    folder = tmp_path / "songs"
    folder.mkdir()
    for number in range(4):
        steps = np.arange(0, 64, 4)
        tune = Phrase(Grid(4), steps, 0 * steps + 4, 60 + (steps * (number + 1)) % 13)
        symvae.write(tune, folder / f"{number}.mid")
    Midi(folder).convert(verbose=False)
    (source,) = open_sources([Named("muspy", folder)], workers=1)
    card = prepare([source], tmp_path / "shards")
    assert sum(counts["all"]["tunes"] for counts in card["counts"].values()) == 4
    assert [file.name for file in source.files] == [f"songs/{number}.json" for number in range(4)]


def test_a_folder_without_saved_music_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="holds no saved Music"):
        muspy_folder(tmp_path)


def test_its_metrics_agree_with_ours() -> None:
    """In 4/4 at a resolution of sixteenths; ours count a held note in each of its steps, as muspy does."""
    (phrase,) = symvae.read(FILES[0])
    music = symvae.to_muspy(phrase).adjust_resolution(4)
    assert [note.time for note in music.tracks[0].notes] == phrase.onset_step.tolist()
    ours = {name: value[0] for name, value in symvae.SymVAE.measure(phrase).items()}
    assert muspy.pitch_range(music) == ours["pitch_range"]
    assert muspy.pitch_class_entropy(music) == pytest.approx(ours["pitch_class_entropy"])
    assert muspy.scale_consistency(music) == pytest.approx(ours["diatonic_share"])
