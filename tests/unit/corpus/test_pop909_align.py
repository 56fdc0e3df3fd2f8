"""Original POP909 songs are aligned with their annotated bars, whatever metre their files state."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from symvae.corpus.sources.pop909 import pop909
from symvae.corpus.sources.pop909_align import Beats, load_aligned
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError
from symvae.music.io.midi_write import song_to_bytes
from symvae.music.reason import Dropped, Reason
from symvae.music.song import MetreChange, Song, TempoChange, Track
from tests.unit.corpus.unguarded import unguarded

FIRST_BEAT_SEC = 0.237
NUM_BEATS = 26
#: Times in beats from the first one. Beats 3, 7, … are downbeats, so bar 0 begins on beat -1.
MELODY_BEAT = [1.0, 1.5, 2.25, 3.0, 4.75, 7.0, 11.5, 24.0]
PIANO_BEAT = [0.0, 3.0, 7.0, 11.0, 15.0, 26.0]

WriteSong = Callable[..., Path]


def beat_sec() -> np.ndarray:
    """Beats that slow down from 0.5 to 0.75 s."""
    return FIRST_BEAT_SEC + np.concatenate([[0.0], np.cumsum(np.linspace(0.5, 0.75, NUM_BEATS - 1))])


def played(name: str, onset_beat: list[float], pitch: int, velocity: int, song_tempo_qpm: float) -> Track:
    """Notes of half a beat at times in beats, in ticks of a file with one constant tempo."""
    beats = Beats(beat_sec(), np.zeros(NUM_BEATS, bool))
    edges = []
    for beat in (np.array(onset_beat), np.array(onset_beat) + 0.5):
        inside = np.interp(beat, np.arange(NUM_BEATS), beats.time_sec)
        after = np.maximum(beat - (NUM_BEATS - 1), 0) * beats.period_sec
        edges.append(np.rint((inside + after) * song_tempo_qpm / 60 * 480).astype(np.int64))
    count = len(onset_beat)
    columns = (edges[0], edges[1] - edges[0], np.full(count, pitch), np.full(count, velocity))
    return Track(name, 0, False, *columns)


@pytest.fixture
def write_song(tmp_path: Path) -> WriteSong:
    """A song of a synthetic original folder; ``downbeats`` are the beats at which a bar begins."""

    def write(
        number: str = "001", downbeats: list[int] | None = None, text: str | None = None, parts: bool = True
    ) -> Path:
        folder = tmp_path / "POP909" / number
        (folder / "versions").mkdir(parents=True)
        tracks = (played("MELODY", MELODY_BEAT, 72, 100, 97.0), played("PIANO", PIANO_BEAT, 48, 60, 97.0))
        end_tick = max(int(track.end_tick.max()) for track in tracks)
        song = Song(480, (MetreChange(0, 1, 4),), (TempoChange(0, 97.0),), tracks if parts else (), end_tick)
        (folder / f"{number}.mid").write_bytes(song_to_bytes(song))
        (folder / "versions" / f"{number}-v1.mid").write_bytes(song_to_bytes(song))
        bars = range(3, NUM_BEATS, 4) if downbeats is None else downbeats
        rows = [f"{sec} {float(i % 2)} {float(i in bars)}\n" for i, sec in enumerate(beat_sec())]
        if text is None or text:
            (folder / "beat_midi.txt").write_text("".join(rows) if text is None else text)
        return folder

    return write


def aligned(folder: Path) -> Song:
    song = load_aligned(folder, "pop909/001")
    assert isinstance(song, Song)
    return song


def test_notes_are_moved_to_their_beats(write_song: WriteSong):
    """Bar 0 begins one beat before the first annotated beat; the last piano note is after the last one."""
    song = aligned(write_song())
    melody, piano = song.tracks
    for track, beats in ((melody, MELODY_BEAT), (piano, PIANO_BEAT)):
        assert np.abs(track.onset_tick - (np.array(beats) + 1) * 480).max() <= 2
        assert np.abs(track.duration_tick - 240).max() <= 2
    assert [(t.name, int(t.pitch[0]), int(t.velocity[0])) for t in song.tracks] == [
        ("MELODY", 72, 100),
        ("PIANO", 48, 60),
    ]
    assert [metre.name for metre in song.metres] == ["4/4"]
    (tempo,) = song.tempos
    assert tempo.qpm == pytest.approx(60 / np.median(np.diff(beat_sec())))
    assert song.end_tick == piano.end_tick.max()


def test_bar_0_holds_the_first_note(write_song: WriteSong):
    """A song that begins later does not begin with a silent bar."""
    folder = write_song(downbeats=list(range(0, NUM_BEATS, 4)))
    assert aligned(folder).tracks[1].onset_tick[0] == 0
    late = played("MELODY", [5.0, 6.0], 72, 100, 97.0)
    song = Song(480, (MetreChange(0, 1, 4),), (TempoChange(0, 97.0),), (late,), int(late.end_tick.max()))
    (folder / "001.mid").write_bytes(song_to_bytes(song))
    assert np.abs(aligned(folder).tracks[0].onset_tick - [480, 960]).max() <= 2


def test_ticks_are_converted_at_the_current_tempo(write_song: WriteSong):
    """A second at 60 and then one at 120 are 480 and 960 ticks."""
    folder = write_song(text="".join(f"{i} 0 {float(i % 4 == 0)}\n" for i in range(16)))
    onset = np.array([0, 480, 480 + 960, 480 + 2 * 960])
    track = Track("MELODY", 0, False, onset, np.full(4, 10), np.full(4, 60), np.full(4, 90))
    song = Song(480, (MetreChange(0, 4, 4),), (TempoChange(0, 60.0), TempoChange(480, 120.0)), (track,), 3000)
    (folder / "001.mid").write_bytes(song_to_bytes(song))
    assert aligned(folder).tracks[0].onset_tick.tolist() == [0, 480, 960, 1440]


@pytest.mark.parametrize(
    ("downbeats", "phase"),
    [
        ([3, 7, 11, 15], 3),
        ([2, 6, 8, 12, 16, 20], 0),  # a shift by half a bar: the longer stretch decides
        ([3, 7, 9, 13], 3),  # equally common: the first annotated
        ([1, 5, 11, 15], 1),
    ],
)
def test_bars_begin_on_the_most_common_phase(downbeats: list[int], phase: int):
    marks = np.zeros(NUM_BEATS, bool)
    marks[downbeats] = True
    assert Beats(beat_sec(), marks).phase == phase


def test_original_folders_are_read_as_melody_or_arrangement(write_song: WriteSong, tmp_path: Path):
    write_song()
    for folder in (tmp_path, tmp_path / "POP909", tmp_path / "POP909" / "001"):
        (melody,) = unguarded(pop909(folder))
        (whole,) = unguarded(pop909(folder, polyphonic=True))
        assert isinstance(melody, Tune)
        assert isinstance(whole, Tune)
        assert (melody.name, melody.title, whole.name) == ("pop909/001", "001", "pop909/001")
        assert melody.phrase.onset_step.tolist() == [round(4 * (beat + 1)) for beat in MELODY_BEAT]
        assert len(whole.phrase) == len(MELODY_BEAT) + len(PIANO_BEAT)
        assert (melody.phrase.grid.metre, whole.phrase.grid.bars) == ("4/4", 7)


@pytest.mark.parametrize(
    ("choices", "reason", "detail"),
    [
        ({"text": ""}, Reason.UNREADABLE, "There is no file"),
        (
            {"text": "0.1 1.0 1.0\n0.6 x 0\n"},
            Reason.UNREADABLE,
            "row 2: '0.6 x 0' is not a time and two flags",
        ),
        ({"text": "0.1 1.0\n"}, Reason.UNREADABLE, "row 1: '0.1 1.0' is not a time and two flags"),
        (
            {"text": "0.1 1 1\n\n0.1 0 0\n"},
            Reason.UNREADABLE,
            "row 3: 0.1 s is not later than the beat before",
        ),
        ({"text": "nan 1 1\n"}, Reason.UNREADABLE, "row 1: nan s is not later"),
        ({"text": "0.1 1 1\n0.6 0 0\n"}, Reason.TOO_SHORT, "marks 1 downbeats, too few to find the bars"),
        ({"text": "\n"}, Reason.TOO_SHORT, "marks 0 downbeats"),
        (
            {"downbeats": [0, 6, 12, 18]},
            Reason.METRE_NOT_SUPPORTED,
            "a bar begins every 6 beats, not every 4",
        ),
        ({"parts": False}, Reason.EMPTY, ""),
    ],
)
def test_a_song_without_bars_is_reported(
    write_song: WriteSong, choices: dict[str, object], reason: Reason, detail: str
):
    folder = write_song(**choices)
    write_song("002")
    dropped, tune = unguarded(pop909(folder.parent))
    assert isinstance(dropped, Dropped)
    assert isinstance(tune, Tune)
    assert (dropped.what, dropped.reason, tune.name) == ("pop909/001", reason, "pop909/002")
    assert detail in dropped.detail


def test_a_song_whose_midi_file_is_missing_is_reported(write_song: WriteSong, tmp_path: Path):
    (write_song() / "001.mid").unlink()
    (dropped,) = unguarded(pop909(tmp_path))
    assert isinstance(dropped, Dropped)
    assert dropped.reason == Reason.UNREADABLE
    assert "There is no file" in dropped.detail


def test_a_folder_of_something_else_is_refused(tmp_path: Path):
    (tmp_path / "POP909" / "notes").mkdir(parents=True)
    with pytest.raises(CorpusError, match=r"Name the original folder, with 001/001.mid"):
        pop909(tmp_path)
