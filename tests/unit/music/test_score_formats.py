"""MusicXML and ABC: round trips, pickups, ties, repeats, grace notes and percussion."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from symvae.errors import MidiError
from symvae.music.grid import Grid
from symvae.music.io.abc_write import to_abc
from symvae.music.io.files import load_any, write
from symvae.music.io.files import write as write_score
from symvae.music.io.score_read import load_score
from symvae.music.phrase import Phrase
from symvae.music.reason import Dropped, Reason
from symvae.music.windows import whole, windows
from symvae.pipelines.inspect import inspect


def melody(metre: str) -> Phrase:
    """A note over a bar line, a sixteenth, sharps and naturals of one letter, silence at the end."""
    bar = Grid.of_metre(metre, 1).steps_per_bar
    return Phrase(
        Grid.of_metre(metre, 4),
        onset_step=np.array([1, 4, 6, 8, bar - 2, 2 * bar + 3]),
        duration_step=np.array([3, 2, 2, 1, 5, 1]),
        pitch=np.array([66, 65, 66, 60, 97, 34]),
        tempo_qpm=97.31,
    )


@pytest.mark.parametrize("metre", ["4/4", "3/4", "6/8"])
@pytest.mark.parametrize("suffix", [".musicxml", ".mxl", ".abc"])
def test_a_melody_is_equal_after_writing_and_reading(metre: str, suffix: str, tmp_path: Path) -> None:
    phrase = melody(metre)
    path = write_score(phrase, tmp_path / f"tune{suffix}")
    assert windows(load_score(path), phrase.grid).phrases == (phrase,)


def test_musicxml_keeps_several_voices_and_abc_rejects_them(tmp_path: Path) -> None:
    chords = Phrase(
        Grid(2), np.array([0, 0, 2, 10, 12]), np.array([8, 8, 20, 3, 9]), np.array([60, 64, 67, 72, 60])
    )
    path = write_score(chords, tmp_path / "chords.xml")
    assert windows(load_score(path), chords.grid, polyphonic=True).phrases == (chords,)
    with pytest.raises(MidiError, match="ABC holds one voice"):
        write_score(chords, tmp_path / "chords.abc")


def test_silence_is_equal_after_writing_and_reading(tmp_path: Path) -> None:
    for suffix in (".abc", ".musicxml"):
        path = write_score(Phrase(Grid(2)), tmp_path / f"silence{suffix}")
        assert windows(load_score(path), Grid(2)).phrases == (Phrase(Grid(2)),)


def test_abc_notation_of_a_melody() -> None:
    abc = to_abc(melody("4/4"), "A tune")
    assert abc.splitlines() == [
        "X:1",
        "T:A tune",
        "M:4/4",
        "L:1/16",
        "Q:1/4=97.31",
        "K:C",
        "z1 ^F3 =F2 ^F2 C1 z5 ^c''2- |",
        "^c''3 z13 |",
        "z3 ^A,,,1 z12 |",
        "z16 |",
    ]


def test_a_pickup_is_at_the_end_of_its_bar_and_repeats_are_expanded(tmp_path: Path) -> None:
    path = tmp_path / "tune.abc"
    path.write_text("X:1\nT:t\nM:4/4\nL:1/4\nK:D\nA|:d f a f|d2 a2|d2 z A:|\n")
    (phrase,) = whole(load_score(path)).phrases
    assert phrase.pitch.tolist() == [69] + 2 * [74, 78, 81, 78, 74, 81, 74, 69]
    assert phrase.onset_step.tolist()[:2] == [12, 16]
    assert phrase.grid.bars == 7


def test_ties_are_one_note_and_grace_notes_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "tune.abc"
    path.write_text("X:1\nT:t\nM:3/4\nL:1/4\nK:C\n{B}c2 d-|d2 e|\n")
    (phrase,) = whole(load_score(path)).phrases
    assert phrase.pitch.tolist() == [72, 74, 76]
    assert phrase.duration_step.tolist() == [8, 12, 4]


def test_grace_notes_are_counted_and_chord_symbols_ignored(tmp_path: Path) -> None:
    path = tmp_path / "tune.abc"
    path.write_text('X:1\nT:t\nM:4/4\nL:1/4\nK:C\n"Am"{g}c {fg}d e f|\n')
    reading = whole(load_score(path))
    assert reading.phrases[0].pitch.tolist() == [72, 74, 76, 77]
    assert reading.dropped == (Dropped("notes", Reason.GRACE_NOTE, count=3),)
    (part,) = inspect(path).tracks
    assert part.dropped == reading.dropped


def score_xml(*notes: str) -> str:
    """One bar of 4/4, a quarter for each of four notes."""
    quarters = "".join(f"<note>{note}<duration>1</duration></note>" for note in notes)
    return (
        '<score-partwise version="3.1"><part-list><score-part id="P1"><part-name>Kit</part-name></score-part>'
        '</part-list><part id="P1"><measure number="1"><attributes><divisions>1</divisions><time>'
        f"<beats>4</beats><beat-type>4</beat-type></time></attributes>{quarters}</measure></part></score-partwise>"
    )


UNPITCHED = "<unpitched><display-step>C</display-step><display-octave>5</display-octave></unpitched>"
PITCHED = "<pitch><step>C</step><octave>5</octave></pitch>"


def test_a_percussion_part_is_a_drum_track(tmp_path: Path) -> None:
    (tmp_path / "kit.musicxml").write_text(score_xml(UNPITCHED, UNPITCHED, f"<chord/>{UNPITCHED}", "<rest/>"))
    song = load_score(tmp_path / "kit.musicxml")
    assert [(track.is_drum, len(track)) for track in song.tracks] == [(True, 3)]
    assert whole(song).dropped == (Dropped("song", Reason.DRUMS, "all its notes are in drum tracks", 3),)


def test_unpitched_notes_among_pitched_ones_are_dropped_as_drums(tmp_path: Path) -> None:
    (tmp_path / "claps.musicxml").write_text(score_xml(PITCHED, UNPITCHED, PITCHED, UNPITCHED))
    reading = whole(load_score(tmp_path / "claps.musicxml"))
    assert reading.phrases[0].onset_step.tolist() == [0, 8]
    assert reading.dropped == (Dropped("notes", Reason.DRUMS, "they are unpitched", 2),)


@pytest.mark.parametrize("suffix", [".musicxml", ".mxl", ".abc"])
def test_scores_hold_pitches_from_c0_upwards(suffix: str, tmp_path: Path) -> None:
    ends = Phrase(Grid(1), np.array([0, 4]), np.array([4, 4]), np.array([12, 127]))
    path = write_score(ends, tmp_path / f"ends{suffix}")
    assert windows(load_score(path), Grid(1)).phrases == (ends,)
    with pytest.raises(MidiError, match="goes down to C0, MIDI pitch 12, and this phrase to 11"):
        write_score(Phrase(Grid(1), np.array([0]), np.array([4]), np.array([11])), tmp_path / f"low{suffix}")
    assert not (tmp_path / f"low{suffix}").exists()


@pytest.mark.parametrize("suffix", [".musicxml", ".abc"])
def test_phrases_in_sequence_have_the_tempo_of_the_first_in_a_score(suffix: str, tmp_path: Path) -> None:
    first, second = melody("4/4"), melody("4/4").with_tempo(60.0)
    path = write([first, second], tmp_path / f"row{suffix}")
    assert windows(load_any(path), first.grid).phrases == (first, first)


def test_the_suffix_chooses_the_format(tmp_path: Path) -> None:
    phrase = melody("4/4")
    for name in ("a.abc", "a.mid", "A.MUSICXML"):
        assert load_any(write(phrase, tmp_path / name)).num_notes == len(phrase)
    assert (tmp_path / "a.abc").read_text().startswith("X:1")
    assert (tmp_path / "a.mid").read_bytes().startswith(b"MThd")


@pytest.mark.parametrize(
    ("name", "data", "fault"),
    [
        ("broken.musicxml", b"<score-partwise><part>", "is no MusicXML score: it is cut off"),
        ("not.xml", b"<html></html>", "is no MusicXML score: it is a 'html'"),
        ("broken.mxl", b"PK\x03\x04no", "is no packed score"),
        ("two.abc", b"X:1\nT:a\nM:4/4\nK:C\nc|\n\nX:2\nT:b\nM:4/4\nK:C\nd|\n", "holds 2 tunes"),
    ],
)
def test_broken_scores_raise_midi_errors(name: str, data: bytes, fault: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(MidiError, match=fault):
        load_score(tmp_path / name)


def test_a_file_without_a_tune_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "words.abc").write_text("zzz")
    with pytest.raises(MidiError) as refused:
        load_score(tmp_path / "words.abc")
    assert str(refused.value).endswith("has no field K:, so no music begins. Add its key, such as K:C.")


def test_a_missing_score_and_an_oversized_archive_raise_midi_errors(tmp_path: Path) -> None:
    with pytest.raises(MidiError, match="There is no file"):
        load_score(tmp_path / "none.xml")
    with zipfile.ZipFile(tmp_path / "bomb.mxl", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("score.xml", b" " * 40_000_000)
    with pytest.raises(MidiError, match="holds more than 16 MiB"):
        load_score(tmp_path / "bomb.mxl")


def test_scores_are_not_overwritten_without_force_and_need_a_suffix(tmp_path: Path) -> None:
    path = write_score(melody("4/4"), tmp_path / "a.abc")
    with pytest.raises(MidiError, match="exists"):
        write_score(melody("3/4"), path)
    with pytest.raises(MidiError, match="no name of a music file"):
        write_score(melody("4/4"), tmp_path / "a.txt")
