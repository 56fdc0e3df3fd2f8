"""Groove MIDI Dataset: drummer, style and split come from its info.csv."""

from pathlib import Path

import numpy as np
import pytest

from symvae.corpus.prepare import prepare
from symvae.corpus.shards import open_shards
from symvae.corpus.sources.folder import folder
from symvae.corpus.sources.groove import groove
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError
from symvae.music.grid import Grid
from symvae.music.io.files import write
from symvae.music.phrase import Phrase
from symvae.music.reason import Dropped, Reason
from tests.songs import band
from tests.unit.corpus.unguarded import unguarded

ROWS = (
    ("drummer1/session1/1", "funk", "beat", "train"),
    ("drummer1/session1/2", "rock", "fill", "validation"),
    ("drummer7/session3/149", "soul", "fill", "train"),
    ("drummer9/session1/1", "jazz", "beat", "test"),
)


def beat(kick: int, bars: int = 4) -> Phrase:
    """A kick on one step of each bar, snare on the third beat, a ride."""
    step = np.concatenate([[16 * bar + kick, 16 * bar + 8, 16 * bar + 4] for bar in range(bars)])
    pitch = np.tile([36, 40, 51], bars)
    return Phrase(Grid(bars), step, np.ones_like(step), pitch, is_drum=True)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    root = tmp_path / "groove"
    lines = ["drummer,session,id,style,beat_type,midi_filename,split"]
    for number, (name, style, kind, split) in enumerate(ROWS):
        file = f"{name}_{style}.mid"
        lines.append(f"{name.split('/')[0]},x,{name},{style},{kind},{file},{split}")
        if split != "test":  # the kept-back part is not there
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            write(beat(number), root / file)
    (root / "info.csv").write_text("\n".join(lines) + "\n")
    return root


def test_takes_have_their_drummer_style_and_split(dataset: Path) -> None:
    items = list(unguarded(groove(dataset)))
    tunes = [item for item in items if isinstance(item, Tune)]
    assert [(tune.name, tune.title, tune.split) for tune in tunes] == [
        ("groove/drummer1/session1/1", "funk, beat", "train"),
        ("groove/drummer1/session1/2", "rock, fill", "validation"),
    ]
    assert all(tune.phrase.is_drum for tune in tunes)


def test_the_misaligned_take_is_left_out_and_told(dataset: Path) -> None:
    dropped = [item for item in unguarded(groove(dataset)) if isinstance(item, Dropped)]
    assert [(each.what, each.reason) for each in dropped] == [
        ("groove/drummer7/session3/149", Reason.MISALIGNED)
    ]


def test_a_folder_that_is_not_the_data_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"it has no info\.csv"):
        groove(tmp_path)


def test_shards_of_drums_hold_ids_beyond_a_byte_and_keep_the_split(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "songs").mkdir()
    band(tmp_path / "songs" / "band.mid")
    sources = [groove(dataset, workers=1), folder(tmp_path / "songs", drums=True, workers=1)]
    card = prepare(sources, tmp_path / "shards", tokenizer="drums")
    shards = open_shards(tmp_path / "shards")
    assert card["vocabulary_size"] == 1024
    assert shards.tokenizer.drums
    assert shards.tune_names("validation") == ["groove/drummer1/session1/2"]
    split = shards.split("validation")
    assert split.ids.dtype == np.uint16
    assert split.ids[0, 4] == 1 << 9  # the ride, an id beyond a byte
    assert card["sources"]["groove"]["license"] == "CC BY 4.0"
