"""Recordings as pieces: nothing lost in silence, splits by file, damaged folders refused."""

import json

import numpy as np
import pytest

from symvae.corpus.recording_shards import PIECE, open_recordings
from symvae.corpus.recordings import FEW, deal, prepare_recordings
from symvae.dsp.wav import write_wav
from symvae.errors import CorpusError
from tests.audio_models import RATE, recordings


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("recordings")
    recordings(place / "in", seconds=130.0)
    (place / "in" / "broken.wav").write_bytes(b"no sound")
    prepare_recordings(place / "in", place / "out", sample_rate=RATE)
    return place / "out"


def test_every_second_is_a_piece_or_has_a_reason(folder):
    card = open_recordings(folder).card
    music = next(file for file in card["files"] if file["name"] == "music.wav")
    assert music["channels"] == 2
    assert music["seconds"] == 130.0
    whole, rest = divmod(130 * RATE, PIECE)
    assert rest >= PIECE / 4
    assert music["kept"] == 2 * (whole + 1)
    assert sum(card["counts"].values()) == music["kept"]
    rows = (folder / "dropped.csv").read_text().splitlines()
    assert rows[1].startswith("broken.wav,unreadable,1,")
    assert rows[2] == "nothing.wav,silent,2,32.8 s below -60 dB" or rows[2].startswith("nothing.wav,silent,")


def test_the_samples_are_those_of_the_file(folder):
    pieces = open_recordings(folder).split("train")
    time = np.arange(PIECE) / RATE
    tone = 0.4 * np.sin(2 * np.pi * (300 * time + 40 * np.sin(time)))
    assert np.abs(pieces[0] / 32767 - tone).max() < 1e-4


def test_of_few_files_the_end_is_held_out():
    split_of = deal([("a", 20), ("b", 2)])
    assert split_of[:20] == ["train"] * 17 + ["validation"] + ["test"] * 2
    assert split_of[20:] == ["train"] * 2


def test_of_many_files_whole_ones_are_held_out():
    files = [(str(number), 3) for number in range(5 * FEW)]
    split_of = deal(files)
    of_file = [set(split_of[at : at + 3]) for at in range(0, len(split_of), 3)]
    assert all(len(each) == 1 for each in of_file)
    assert split_of.count("test") == 24
    assert split_of.count("validation") == 12
    assert deal(files) == split_of


def test_too_little_sound_is_refused(tmp_path):
    recordings(tmp_path / "in", seconds=20.0)
    with pytest.raises(
        CorpusError, match=r"holds 33 s of sound that is not silent, and at least 49 s are need"
    ):
        prepare_recordings(tmp_path / "in", tmp_path / "out", sample_rate=RATE)
    assert not (tmp_path / "out").exists()


def test_folders_without_sound_are_refused(tmp_path):
    with pytest.raises(CorpusError, match="There is no folder"):
        prepare_recordings(tmp_path / "none", tmp_path / "out", sample_rate=RATE)
    with pytest.raises(CorpusError, match="holds no sound files"):
        prepare_recordings(tmp_path, tmp_path / "out", sample_rate=RATE)


def test_one_file_is_enough(tmp_path):
    tone = np.random.default_rng(0).uniform(-0.5, 0.5, (1, 4 * PIECE))
    write_wav(tone, RATE, tmp_path / "one.wav")
    card = prepare_recordings(tmp_path / "one.wav", tmp_path / "out", sample_rate=RATE)
    assert card["counts"] == {"train": 2, "validation": 1, "test": 1}


def test_damaged_folders_are_refused(folder, tmp_path):
    with pytest.raises(CorpusError, match="holds no prepared recordings"):
        open_recordings(tmp_path)
    for name in ("train.npy", "card.json", "dropped.csv", "validation.npy", "test.npy"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    card = json.loads((tmp_path / "card.json").read_text())
    (tmp_path / "card.json").write_text(json.dumps({**card, "sample_rate": "fast"}))
    with pytest.raises(CorpusError, match="its sample rate is no number of Hz"):
        open_recordings(tmp_path)
    (tmp_path / "card.json").write_text(json.dumps(card))
    (tmp_path / "train.npy").write_bytes(b"")
    with pytest.raises(CorpusError, match="its checksum is not the card's"):
        open_recordings(tmp_path)
