"""VGMIDI windows have the label of their piece; faults of the table are named by row and value."""

from pathlib import Path

import numpy as np
import pytest

from symvae.corpus.sources.vgmidi import LabeledPiece, vgmidi
from symvae.errors import CorpusError
from symvae.music.grid import Grid
from symvae.music.io.midi_write import song_to_bytes
from symvae.music.reason import Dropped, Reason
from symvae.music.song import MetreChange, Song, TempoChange, Track

HEADER = "midi,series,duration_sec,arousal,valence\n"
CALM = 'calm.mid,"Myst, all of it",20,-0.25,0.5\n'


def hand(name: str, pitch: int, bars: int, beats_per_bar: int = 4) -> Track:
    """Quarter notes on all beats."""
    beats = bars * beats_per_bar
    return Track(name, 0, False, np.arange(beats) * 480, *(np.full(beats, v) for v in (480, pitch, 70)))


def song(bars: int, metre: tuple[int, int] = (4, 4), tempos: tuple[TempoChange, ...] = ()) -> Song:
    tracks = (hand("right", 72, bars, metre[0]), hand("left", 48, bars, metre[0]))
    end_tick = bars * metre[0] * 480
    return Song(480, (MetreChange(0, *metre),), tempos or (TempoChange(0, 80.0),), tracks, end_tick)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "midi").mkdir()
    tempos = (TempoChange(0, 80.0), TempoChange(4 * 4 * 480, 140.0))
    (tmp_path / "midi" / "calm.mid").write_bytes(song_to_bytes(song(8, tempos=tempos)))
    (tmp_path / "labels.csv").write_text(HEADER + CALM)
    return tmp_path


def test_windows_merge_both_hands_and_keep_their_tempo(folder: Path):
    (piece,) = vgmidi(folder)
    assert isinstance(piece, LabeledPiece)
    assert (piece.name, piece.series) == ("vgmidi/calm", "Myst, all of it")
    assert (piece.arousal, piece.valence) == (-0.25, 0.5)
    assert [phrase.grid for phrase in piece.phrases] == [Grid(4), Grid(4)]
    assert [phrase.tempo_qpm for phrase in piece.phrases] == [80.0, 140.0]
    assert [len(phrase) for phrase in piece.phrases] == [32, 32]
    assert set(piece.phrases[0].pitch.tolist()) == {48, 72}


def test_windows_may_have_another_length(folder: Path):
    (piece,) = vgmidi(folder, grid=Grid(2))
    assert isinstance(piece, LabeledPiece)
    assert [phrase.grid.bars for phrase in piece.phrases] == [2, 2, 2, 2]


def test_each_drop_has_a_reason(folder: Path):
    midi = folder / "midi"
    (midi / "waltz.mid").write_bytes(song_to_bytes(song(8, (3, 4))))
    (midi / "nine.mid").write_bytes(song_to_bytes(song(9)))
    (midi / "damaged.mid").write_bytes(b"MThd and then nothing")
    (midi / "unrated.mid").write_bytes(song_to_bytes(song(4)))
    silent = Song(480, (MetreChange(0, 4, 4),), (TempoChange(0, 80.0),), (), 0)
    (midi / "silent.mid").write_bytes(song_to_bytes(silent))
    names = ("waltz", "nine", "damaged", "lost", "silent")
    rows = "".join(f"{name}.mid,Other,20,0,0\n" for name in names)
    (folder / "labels.csv").write_text(HEADER + rows)
    items = list(vgmidi(folder))
    pieces = [item for item in items if isinstance(item, LabeledPiece)]
    assert [(piece.name, len(piece.phrases)) for piece in pieces] == [("vgmidi/nine", 2)]
    dropped = [item for item in items if isinstance(item, Dropped)]
    assert [(item.what, item.reason) for item in dropped] == [
        ("vgmidi/waltz#section", Reason.METRE_NOT_SUPPORTED),
        ("vgmidi/nine#window", Reason.TOO_SHORT),
        ("vgmidi/damaged", Reason.UNREADABLE),
        ("vgmidi/lost", Reason.UNREADABLE),
        ("vgmidi/silent#song", Reason.EMPTY),
        ("vgmidi/calm", Reason.UNREADABLE),
        ("vgmidi/unrated", Reason.UNREADABLE),
    ]
    assert dropped[-1].detail == "labels.csv has no row for it"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "has no column midi, series, arousal, valence. Its first row names"),
        (
            "midi,series,valence\n",
            "has no column arousal. Its first row names midi, series, arousal, valence.",
        ),
        (HEADER, "holds no row below its column names"),
        (
            HEADER + CALM + "b.mid,Other,20,very,0\n",
            "labels.csv, row 3: arousal is 'very'. A rating is a number",
        ),
        (HEADER + "b.mid,Other,20,0.1,-1.5\n", "labels.csv, row 2: valence is '-1.5'. A rating is a number"),
        (HEADER + "b.mid,Other,20,nan,0\n", "labels.csv, row 2: arousal is 'nan'."),
        (HEADER + "b.mid,Other,20,0.5\n", "labels.csv, row 2: valence is empty."),
        (HEADER + "b.mid,,20,0.5,0\n", "labels.csv, row 2: series is empty."),
        (HEADER + CALM + CALM, "labels.csv, row 3: 'calm.mid' has a label already."),
    ],
)
def test_a_malformed_table_is_refused_by_row_and_value(folder: Path, text: str, complaint: str):
    (folder / "labels.csv").write_text(text)
    with pytest.raises(CorpusError) as caught:
        next(vgmidi(folder))
    assert complaint in str(caught.value)


def test_a_table_in_another_encoding_is_refused(folder: Path):
    (folder / "labels.csv").write_bytes((HEADER + CALM.replace("Myst", "Pokémon")).encode("latin-1"))
    with pytest.raises(CorpusError, match=r"is not text in UTF-8. Save it in that encoding"):
        next(vgmidi(folder))


def test_a_byte_order_mark_is_ignored(folder: Path):
    (folder / "labels.csv").write_text(HEADER + CALM, encoding="utf-8-sig")
    assert isinstance(next(vgmidi(folder)), LabeledPiece)


def test_a_folder_without_labels_is_refused(tmp_path: Path):
    with pytest.raises(CorpusError, match=r"There is no .*labels.csv. Name a folder with midi/\*.mid"):
        next(vgmidi(tmp_path))
