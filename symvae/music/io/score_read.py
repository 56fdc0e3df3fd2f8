"""Scores to songs: MusicXML (.xml, .musicxml, .mxl) and ABC (.abc), parsed by music21.

Ties become one note, grace notes are dropped and counted, repeats are expanded if they are well formed, and
a pickup is moved to the end of a full first bar, so that the bar lines of the song are those of the page.
Scores have no velocities: every note gets the default. A part with only unpitched notes is a drum track.

muspy reads these formats as well, but puts a pickup on the first beat, which moves every bar line of such a
tune. music21 takes three seconds to import and is imported on first use.
"""

import contextlib
import os
import re
import tempfile
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from symvae.errors import MidiError
from symvae.music.io import limits
from symvae.music.io.midi_write import TICKS_PER_QUARTER
from symvae.music.io.validate import validated
from symvae.music.phrase import DEFAULT_VELOCITY
from symvae.music.reason import Dropped, Reason
from symvae.music.song import MetreChange, Song, TempoChange, Track

#: Format of a score for music21, by suffix.
FORMATS = {".xml": "musicxml", ".musicxml": "musicxml", ".mxl": "musicxml", ".abc": "abc"}


def load_score(path: str | os.PathLike[str]) -> Song:
    """Read a MusicXML or ABC file of one piece.

    Raises:
        MidiError: The file cannot be read as music, or holds several tunes.
    """
    path = Path(path)
    _check_file(path)
    from music21 import converter, stream

    try:
        score = converter.parse(
            path, format=FORMATS.get(path.suffix.lower()), forceSource=True, storePickle=False
        )
        if isinstance(score, stream.Opus):
            raise MidiError(f"{path} holds {len(score.scores)} tunes. Split it into files of one tune each.")
        song = _song(score)
    except MidiError:
        raise
    except Exception as error:  # music21's parsers raise errors of any class
        # Some messages go on with the parser's own objects, which mean nothing to a reader.
        sentences = re.split(r"\. |<", " ".join(str(error).split()))
        fault = sentences[0][:200].strip() or "it is damaged"
        raise MidiError(
            f"{path} cannot be read as a score ({fault}). Export it again, or give MIDI."
        ) from error
    return validated(song, str(path), path.stem)


def load_score_bytes(data: bytes, suffix: str, where: str, name: str = "") -> Song:
    """Read a MusicXML or ABC file of one piece from its bytes.

    Args:
        data: The whole file.
        suffix: Suffix of its format, a key of `FORMATS`.
        where: The file in error messages.
        name: Name of the song.

    Returns:
        The song, in ticks.

    Raises:
        MidiError: The data cannot be read as music, or holds several tunes.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"score{suffix}"
        path.write_bytes(data)
        try:
            return replace(load_score(path), name=name)
        except MidiError as error:
            raise MidiError(str(error).replace(str(path), where)) from error


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


def _song(score: Any) -> Song:
    from music21 import exceptions21, meter, repeat, stream, tempo

    # Music without bar lines, or with contradictory repeats, stays as written.
    with contextlib.suppress(repeat.ExpanderException, exceptions21.StreamException):
        score = score.expandRepeats()
    parts = list(score.parts) if isinstance(score, stream.Score) else [score]
    lead_tick = _missing_before_pickup_tick(parts[0])
    first = parts[0].flatten()
    metres: list[MetreChange] = []
    for mark in first.getElementsByClass(meter.TimeSignature):
        tick = _tick(mark.offset) + (lead_tick if mark.offset else 0)
        change = MetreChange(tick, mark.numerator, mark.denominator)
        # Expanded repeats state the metre again; with a pickup, this is not on a bar line.
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
        tracks=tuple(_track(part, lead_tick) for part in parts),
        end_tick=lead_tick + max(_tick(part.highestTime) for part in parts),
    )


def _missing_before_pickup_tick(part: Any) -> int:
    """Ticks by which the first bar is short of a full bar; 0 for a piece without a pickup."""
    from music21 import stream

    measures = part.getElementsByClass(stream.Measure)
    if len(measures) < 2:
        return 0
    missing = measures[0].barDuration.quarterLength - measures[0].duration.quarterLength
    return _tick(missing) if missing > 0 else 0


def _track(part: Any, lead_tick: int) -> Track:
    """Notes of a part; an unpitched note gets the pitch of its staff line."""
    from music21 import note

    pitched, unpitched = [], []
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
                unpitched.append((start, length, head.displayPitch().midi))
            else:
                pitched.append((start, length, head.pitch.midi))
    is_drum = bool(unpitched) and not pitched
    dropped = [Dropped("notes", Reason.GRACE_NOTE, count=num_grace)] if num_grace else []
    if pitched and unpitched:
        dropped.append(Dropped("notes", Reason.DRUMS, "they are unpitched", len(unpitched)))
    onset, duration, pitch = np.array(unpitched if is_drum else pitched, np.int64).reshape(-1, 3).T
    instrument = part.getInstrument(returnDefault=False)
    program = getattr(instrument, "midiProgram", None) or 0
    velocity = np.full(len(pitch), DEFAULT_VELOCITY)
    return Track(
        part.partName or "", program, is_drum, onset, duration, pitch, velocity, dropped=tuple(dropped)
    )


def _tick(quarter: float | Fraction) -> int:
    return round(Fraction(quarter) * TICKS_PER_QUARTER)
