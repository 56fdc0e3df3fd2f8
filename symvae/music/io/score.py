"""Scores in and out: MusicXML (.xml, .musicxml, .mxl) and ABC (.abc), through music21.

In: ties become one note, grace notes are left out and counted, repeats are played out if they are well
formed, and a pickup is set at the end of a full first bar, so that the bar lines of the song are those of
the page. A score has no velocities: every note is given the default one. A part of nothing but unpitched
notes is a drum track.

Out: MusicXML holds any phrase from C0 (MIDI 12) upwards, ABC a melody (one voice; music21 writes no ABC,
so the writer is here). What a score cannot hold is velocity, and here a score has one tempo, that of its
first phrase; read back, the notes, this tempo, the metre and the number of bars are the same. (muspy
reads these formats as well, but sets a pickup on the first beat and so moves every bar line of a tune
that has one.)

music21 takes three seconds to import and is imported on first use.
"""

import contextlib
import os
import tempfile
import zipfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from symvae.errors import MidiError
from symvae.music.grid import STEPS_PER_QUARTER
from symvae.music.io import limits
from symvae.music.io.file_bytes import write_bytes
from symvae.music.io.midi_write import TICKS_PER_QUARTER
from symvae.music.io.validate import validated
from symvae.music.phrase import DEFAULT_VELOCITY, Phrase, as_one
from symvae.music.reason import Dropped, Reason
from symvae.music.song import MetreChange, Song, TempoChange, Track

if TYPE_CHECKING:
    from music21 import stream

#: C0: the octave below, -1, is one that MusicXML does not have and music21 misreads in ABC.
LOWEST_PITCH = 12
SHARP_NAMES = ("C", "^C", "D", "^D", "E", "F", "^F", "G", "^G", "A", "^A", "B")


def load_score(path: str | os.PathLike[str]) -> Song:
    """Read a MusicXML or ABC file of one piece; `MidiError` for whatever cannot be read as music."""
    path = Path(path)
    _check_file(path)
    from music21 import converter, stream

    try:
        score = converter.parse(
            path, format=_FORMATS.get(path.suffix.lower()), forceSource=True, storePickle=False
        )
        if isinstance(score, stream.Opus):
            raise MidiError(f"{path} holds {len(score.scores)} tunes. Split it into files of one tune each.")
        song = _from_music21(score)
    except MidiError:
        raise
    except Exception as error:  # music21 raises whatever its parsers run into
        fault = " ".join(str(error).split())[:200] or type(error).__name__
        raise MidiError(
            f"{path} cannot be read as a score ({fault}). Export it again, or give MIDI."
        ) from error
    return validated(song, str(path), path.stem)


def write_score(
    phrases: Phrase | Sequence[Phrase], path: str | os.PathLike[str], force: bool = False
) -> Path:
    """Write a phrase, or several in a row, as MusicXML or ABC, whichever the suffix names.

    Several are written at the first one's tempo: MIDI keeps the tempo of each. Raises `MidiError` for a
    pitch below `LOWEST_PITCH`.
    """
    path = Path(path)
    phrase = as_one(phrases)
    suffix = path.suffix.lower()
    if len(phrase) and phrase.pitch.min() < LOWEST_PITCH:
        raise MidiError(
            f"A score goes down to C0, MIDI pitch {LOWEST_PITCH}, and this phrase to {phrase.pitch.min()}. "
            "Transpose it, or write MIDI."
        )
    if suffix == ".abc":
        return write_bytes(to_abc(phrase, path.stem).encode(), path, force)
    if suffix not in _FORMATS:
        raise MidiError(f"{path} has no suffix of a score. Use one of {', '.join(_FORMATS)}.")
    with tempfile.TemporaryDirectory() as folder:
        written = _to_music21(phrase, path.stem).write(
            "mxl" if suffix == ".mxl" else "musicxml", Path(folder) / f"score{suffix}"
        )
        return write_bytes(Path(written).read_bytes(), path, force)


_FORMATS = {".xml": "musicxml", ".musicxml": "musicxml", ".mxl": "musicxml", ".abc": "abc"}


def to_abc(phrase: Phrase, title: str = "") -> str:
    """The phrase as an ABC tune, every bar on a line of its own, sharps written out.

    Raises `MidiError` for a phrase of more than one voice.
    """
    if not phrase.is_monophonic:
        raise MidiError("ABC holds one voice here, and this phrase has several. Write MusicXML or MIDI.")
    bar_step = phrase.grid.steps_per_bar
    bars = [""] * phrase.grid.bars
    sharpened: set[tuple[int, str]] = set()  # a sharp holds to the end of its bar

    def put(start: int, end: int, pitch: int | None) -> None:
        while start < end:
            bar = start // bar_step
            until = min(end, (bar + 1) * bar_step)
            name = "z" if pitch is None else _abc_name(pitch, bar, sharpened)
            tie = "-" if pitch is not None and until < end else ""
            bars[bar] += f"{name}{until - start}{tie} "
            start = until

    step = 0
    for onset, duration, pitch in zip(phrase.onset_step, phrase.duration_step, phrase.pitch, strict=True):
        put(step, int(onset), None)
        put(int(onset), int(onset + duration), int(pitch))
        step = int(onset + duration)
    put(step, phrase.grid.num_steps, None)
    head = f"X:1\nT:{title or 'phrase'}\nM:{phrase.grid.metre}\nL:1/16\nQ:1/4={phrase.tempo_qpm:g}\nK:C\n"
    return head + "".join(f"{bar}|\n" for bar in bars)


def _abc_name(pitch: int, bar: int, sharpened: set[tuple[int, str]]) -> str:
    octave = pitch // 12 - 5
    sharp_name = SHARP_NAMES[pitch % 12]
    letter, accidental = sharp_name[-1], sharp_name[:-1]
    letter = letter.lower() + "'" * (octave - 1) if octave > 0 else letter + "," * -octave
    if accidental:
        sharpened.add((bar, letter))
        return accidental + letter
    return ("=" if (bar, letter) in sharpened else "") + letter


def _check_file(path: Path) -> None:
    try:
        if path.is_dir():
            raise MidiError(f"{path} is a folder. Name the file in it.")
        if not path.is_file():
            raise MidiError(f"There is no file {path}. Check the name.")
        size = path.stat().st_size
        if path.suffix.lower() == ".mxl":
            with zipfile.ZipFile(path) as archive:
                size = max(size, sum(entry.file_size for entry in archive.infolist()))
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise MidiError(f"{path} cannot be opened: {error}. Export it again from the program.") from error
    limits.SCORE_MIB.check(size / limits.MIB, str(path))


def _from_music21(score: Any) -> Song:
    from music21 import exceptions21, meter, repeat, stream, tempo

    # Repeats that contradict themselves, and a snatch of music without bar lines, stay as written.
    with contextlib.suppress(repeat.ExpanderException, exceptions21.StreamException):
        score = score.expandRepeats()
    parts = list(score.parts) if isinstance(score, stream.Score) else [score]
    lead_tick = _pickup_tick(parts[0])
    first = parts[0].flatten()
    metres: list[MetreChange] = []
    for mark in first.getElementsByClass(meter.TimeSignature):
        tick = _tick(mark.offset) + (lead_tick if mark.offset else 0)
        change = MetreChange(tick, mark.numerator, mark.denominator)
        # Repeats say the metre again, and where the repeat begins with a pickup not on a bar line.
        if not metres or metres[-1].name != change.name:
            metres.append(change)
    marks = (m for m in score.flatten().getElementsByClass(tempo.MetronomeMark) if m.getQuarterBPM())
    tempos = tuple(
        TempoChange(_tick(m.offset) + (lead_tick if m.offset else 0), float(m.getQuarterBPM())) for m in marks
    )
    return Song(
        TICKS_PER_QUARTER,
        metres=tuple(metres),
        tempos=tempos,
        tracks=tuple(_track_of(part, lead_tick) for part in parts),
        end_tick=lead_tick + max(_tick(part.highestTime) for part in parts),
    )


def _pickup_tick(part: Any) -> int:
    """How much is missing from the first bar, if the piece begins with a pickup."""
    from music21 import stream

    measures = part.getElementsByClass(stream.Measure)
    if len(measures) < 2:
        return 0
    missing = measures[0].barDuration.quarterLength - measures[0].duration.quarterLength
    return _tick(missing) if missing > 0 else 0


def _track_of(part: Any, lead_tick: int) -> Track:
    """The part's notes; an unpitched one has the pitch of the line on which it is written."""
    from music21 import note

    rows, struck = [], []
    num_grace = 0
    for sound in part.stripTies().flatten().notes:
        heads = sound.notes if hasattr(sound, "notes") else [sound]
        if sound.duration.isGrace:
            num_grace += len(heads)
            continue
        if sound.quarterLength <= 0:  # a chord symbol
            continue
        start, length = lead_tick + _tick(sound.offset), _tick(sound.quarterLength)
        for head in heads:
            if isinstance(head, note.Unpitched):
                struck.append((start, length, head.displayPitch().midi))
            else:
                rows.append((start, length, head.pitch.midi))
    is_drum = bool(struck) and not rows
    dropped = [Dropped("notes", Reason.GRACE_NOTE, count=num_grace)] if num_grace else []
    if rows and struck:
        dropped.append(Dropped("notes", Reason.DRUMS, "they are unpitched", len(struck)))
    onset, duration, pitch = np.array(struck if is_drum else rows, np.int64).reshape(-1, 3).T
    instrument = part.getInstrument(returnDefault=False)
    program = getattr(instrument, "midiProgram", None) or 0
    velocity = np.full(len(pitch), DEFAULT_VELOCITY)
    return Track(
        part.partName or "", program, is_drum, onset, duration, pitch, velocity, dropped=tuple(dropped)
    )


def _tick(quarter: float | Fraction) -> int:
    return round(Fraction(quarter) * TICKS_PER_QUARTER)


def _to_music21(phrase: Phrase, title: str) -> Any:
    """A score with a staff for each voice: music21 loses notes when it parts voices by itself."""
    from music21 import metadata, stream

    score = stream.Score([_staff(phrase, voice) for voice in _voices(phrase)])
    score.metadata = metadata.Metadata(title=title)
    return score


def _voices(phrase: Phrase) -> list[list[tuple[int, int, list[int]]]]:
    """Rows (onset, duration, pitches) in voices, each row in the first voice that is free."""
    onset, duration, pitch, _ = phrase.without_overlaps().columns
    chords: dict[tuple[int, int], list[int]] = {}
    for start, steps, key in zip(onset.tolist(), duration.tolist(), pitch.tolist(), strict=True):
        chords.setdefault((start, steps), []).append(key)
    voices: list[list[tuple[int, int, list[int]]]] = [[]]
    for (start, steps), keys in chords.items():
        free = next((v for v in voices if not v or v[-1][0] + v[-1][1] <= start), None)
        if free is None:
            free = []
            voices.append(free)
        free.append((start, steps, keys))
    return voices


def _staff(phrase: Phrase, voice: list[tuple[int, int, list[int]]]) -> "stream.Part":
    from music21 import chord, meter, note, stream, tempo

    part = stream.Part()
    part.insert(0, meter.TimeSignature(phrase.grid.metre))
    part.insert(0, tempo.MetronomeMark(number=phrase.tempo_qpm, referent=note.Note(type="quarter")))
    for start, steps, keys in voice:
        sound = note.Note(keys[0]) if len(keys) == 1 else chord.Chord(keys)
        sound.quarterLength = steps / STEPS_PER_QUARTER
        part.insert(start / STEPS_PER_QUARTER, sound)
    last_step = sum(voice[-1][:2]) if voice else 0
    if last_step < phrase.grid.num_steps:
        silence = note.Rest(quarterLength=(phrase.grid.num_steps - last_step) / STEPS_PER_QUARTER)
        part.insert(last_step / STEPS_PER_QUARTER, silence)
    return part
