"""MIDI in and out: the one door between files and songs.

In: symusic parses (about a millisecond a file), and this module refuses what it lets through: ticks
per quarter of 0, tempo 0, a metre of 0/4, an end after years, notes outside MIDI's ranges. Whatever
is wrong with a file, the caller meets one error, `MidiError`, with the fault and a remedy.

Out: tempo, time signature and velocities are written, 120 ticks to a sixteenth; of a song that was read
also its controllers and pitch bends, but not lyrics, key signatures and tracks without notes (`left_out`
counts them). A MIDI file has no field for "this music is eight bars long": a phrase that ends in silence
would come back shorter. So `write` sets a marker named "end" where the phrase's grid ends (the word that
sequencers use for the end of a song), and `load` takes the song to end there. A marker is chosen over the
end-of-track time because symusic keeps markers and forgets when a track ended. With it, reading a phrase on
its own grid gives the phrase back, note for note, silence included:

    windows(load(write(phrase, path)), phrase.grid).phrases == (phrase,)

for tempos from 4 to 500 quarter notes a minute. Above that MIDI's own unit (whole microseconds a
quarter) is coarser than a hundredth. Two sounding notes of equal pitch cannot be said in MIDI, whose
note-off names only the pitch: the earlier is cut where the later starts, and of two that start
together the longer stays (`symvae.music.quantize.untangle`).

This module does not know bars, grids or melodies; that is `symvae.music.windows`.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pretty_midi
import symusic
from jaxtyping import Int

from symvae.errors import MidiError
from symvae.music.grid import STEPS_PER_QUARTER
from symvae.music.io.channels import with_channel_controls
from symvae.music.io.events import (
    AFTERTOUCH,
    AFTERTOUCH_OF_KEY,
    BEND,
    CONTROLLER,
    EXCLUSIVE,
    MARKER,
    META,
    NOTE_ON,
    TRACK_NAME,
    name_of,
    tracks_in,
)
from symvae.music.io.limits import EXPORT_AGAIN, MAX_FILE_BYTES, check_header, checked
from symvae.music.phrase import Phrase, join
from symvae.music.quantize import untangle
from symvae.music.song import MetreChange, Song, TempoChange, Track

TICKS_PER_QUARTER = 480
TICKS_PER_STEP = TICKS_PER_QUARTER // STEPS_PER_QUARTER
END_MARKER = "end"
MAX_MICROSECONDS_PER_QUARTER = 2**24 - 1
#: Types of meta events: what is read (name, channel, port, end of track, tempo, metre), and names of others.
KEPT_META = (TRACK_NAME, 0x20, 0x21, 0x2F, 0x51, 0x58)
META_NAMES = {
    0x01: "text",
    0x02: "copyright notice",
    0x04: "instrument name",
    0x05: "lyric",
    MARKER: "marker",
    0x07: "cue point",
    0x59: "key signature",
}
EVENT_NAMES = {
    AFTERTOUCH_OF_KEY: "aftertouch event",
    AFTERTOUCH: "aftertouch event",
    EXCLUSIVE: "exclusive message",
}
#: They are kept beside notes of their channel in their track, and go where there is none.
NOTELESS_NAMES = {CONTROLLER: "noteless controller", BEND: "noteless pitch bend"}


def load(source: str | os.PathLike[str] | bytes | pretty_midi.PrettyMIDI) -> Song:
    """Read a MIDI file (its path or its bytes) or take over a `pretty_midi.PrettyMIDI`.

    Raises `MidiError` for whatever cannot be read as music.
    """
    if isinstance(source, bytes):
        return checked(_parse(source, "the MIDI data"), "the MIDI data", "")
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        return checked(_parse(_read_bytes(path), str(path)), str(path), path.stem)
    if isinstance(source, pretty_midi.PrettyMIDI):
        return checked(_from_pretty_midi(source), "the PrettyMIDI object", "")
    raise MidiError(
        f"A {type(source).__name__} cannot be read as MIDI. Give a path, the file's bytes or a PrettyMIDI."
    )


class ControlLane(NamedTuple):
    """One controller's movements in one channel of one track of a file, front to back."""

    track_name: str
    channel: int
    """From 1 to 16, as musicians count."""
    tick: Int[np.ndarray, " event"]
    value: Int[np.ndarray, " event"]
    """From 0 to 127."""


def controls(path: str | os.PathLike[str], number: int) -> list[ControlLane]:
    """Every lane of controller ``number`` in a MIDI file; none where it never moves.

    symusic forgets a track that has no note, and there automation is often kept.
    """
    lanes = []
    for track in tracks_in(_read_bytes(Path(path)), str(path)):
        rows: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for event in track:
            if event.kind == CONTROLLER and event.data[0] == number:
                rows[event.channel + 1].append((event.tick, min(event.data[1], 127)))
        for channel, events in sorted(rows.items()):
            ticks, values = np.array(events, np.int64).T
            lanes.append(ControlLane(name_of(track), channel, ticks, values))
    return lanes


def load_to_play(path: str | os.PathLike[str]) -> Song:
    """As `load`, with the controllers of its channel in every part, from wherever in the file they stand."""
    return with_channel_controls(load(path), tracks_in(_read_bytes(Path(path)), str(path)))


def left_out(path: str | os.PathLike[str]) -> dict[str, int]:
    """What a MIDI file holds and a song that is read from it does not: how many of each kind, by its name."""
    found: Counter[str] = Counter()
    for track in tracks_in(_read_bytes(Path(path)), str(path)):
        with_notes = {event.channel for event in track if event.kind == NOTE_ON}
        for event in track:
            if event.kind == META:
                marks_end = event.data[1:].strip().lower() == END_MARKER.encode()
                if event.data[0] not in KEPT_META and not (event.data[0] == MARKER and marks_end):
                    found[META_NAMES.get(event.data[0], "other meta event")] += 1
            elif event.kind in EVENT_NAMES:
                found[EVENT_NAMES[event.kind]] += 1
            elif event.kind in NOTELESS_NAMES and event.channel not in with_notes:
                found[NOTELESS_NAMES[event.kind]] += 1
    return dict(found)


def write(
    phrases: Phrase | Sequence[Phrase],
    path: str | os.PathLike[str],
    program: int = 0,
    force: bool = False,
) -> Path:
    """Write a phrase, or several one after the other, as one MIDI file; gives back its path.

    Several phrases share a metre and are played in a row, each at its own tempo. ``program`` is the General
    MIDI sound, 0 to 127. An existing file is kept unless ``force`` is set.
    """
    return write_bytes(to_bytes(phrases, program), path, force)


def to_bytes(phrases: Phrase | Sequence[Phrase], program: int = 0) -> bytes:
    """The MIDI file that `write` writes, as bytes."""
    return song_to_bytes(to_song(phrases, program))


def to_song(phrases: Phrase | Sequence[Phrase], program: int = 0) -> Song:
    """The phrase, or several in a row, each at its own tempo, as a song of one track."""
    phrase = _as_one(phrases)
    numerator, denominator = (int(number) for number in phrase.grid.metre.split("/"))
    onset, duration, pitch, velocity = sounding_notes(phrase)
    track = Track(
        _track_name(phrase),
        program,
        False,
        onset * TICKS_PER_STEP,
        duration * TICKS_PER_STEP,
        pitch,
        velocity,
    )
    return Song(
        TICKS_PER_QUARTER,
        metres=(MetreChange(0, numerator, denominator),),
        tempos=_tempos(phrases),
        tracks=(track,),
        end_tick=phrase.grid.num_steps * TICKS_PER_STEP,
    )


def _tempos(phrases: Phrase | Sequence[Phrase]) -> tuple[TempoChange, ...]:
    """The tempo of each phrase, where it differs from that of the one before."""
    changes: list[TempoChange] = []
    step = 0
    for phrase in [phrases] if isinstance(phrases, Phrase) else phrases:
        if not changes or changes[-1].qpm != phrase.tempo_qpm:
            changes.append(TempoChange(step * TICKS_PER_STEP, phrase.tempo_qpm))
        step += phrase.grid.num_steps
    return tuple(changes)


def song_to_bytes(song: Song) -> bytes:
    """A song as a MIDI file, with the end marker at its end."""
    score: Any = symusic.Score(song.ticks_per_quarter)
    for metre in song.metres:
        score.time_signatures.append(symusic.TimeSignature(metre.tick, metre.numerator, metre.denominator))
    for tempo in song.tempos:
        microseconds = round(60e6 / tempo.qpm)
        if not 1 <= microseconds <= MAX_MICROSECONDS_PER_QUARTER:
            raise MidiError(
                f"A MIDI file cannot hold {tempo.qpm:g} quarter notes a minute. Set a tempo from 4 to 500."
            )
        score.tempos.append(symusic.Tempo(tempo.tick, mspq=microseconds))
    score.markers.append(symusic.TextMeta(song.end_tick, END_MARKER))
    # Without any track symusic writes its events unsorted: a later one before an earlier, 2**28 ticks off.
    nothing = np.empty(0, np.int64)
    for track in song.tracks or (Track("", 0, False, nothing, nothing, nothing, nothing),):
        if not 0 <= track.program <= 127:
            raise MidiError(f"There is no General MIDI program {track.program}. Programs go from 0 to 127.")
        part: Any = symusic.Track(track.name, track.program, track.is_drum)
        onset, duration, pitch, velocity = track.columns
        part.notes = symusic.Note.from_numpy(
            onset.astype(np.int32), duration.astype(np.int32), pitch.astype(np.int8), velocity.astype(np.int8)
        )
        # What comes behind the end comes with it, or a pedal that is down stays down.
        tick, number, value = track.controls.T
        tick = tick.clip(max=song.end_tick)
        part.controls = symusic.ControlChange.from_numpy(
            tick.astype(np.int32), number.astype(np.uint8), value.astype(np.uint8)
        )
        tick, value = track.bends.T
        tick = tick.clip(max=song.end_tick)
        part.pitch_bends = symusic.PitchBend.from_numpy(tick.astype(np.int32), value.astype(np.int32))
        score.tracks.append(part)
    return score.dumps_midi()


def write_bytes(data: bytes, path: str | os.PathLike[str], force: bool = False) -> Path:
    """Put a finished file where the user wants it; an existing one is kept unless ``force`` is set."""
    path = Path(path)
    if path.is_dir():
        raise MidiError(f"{path} is a folder. Give the name of a file to write.")
    if path.exists() and not force:
        raise MidiError(f"{path} exists. Choose another name, or overwrite it with force.")
    try:
        path.write_bytes(data)
    except OSError as error:
        raise MidiError(
            f"{path} cannot be written: {error.strerror}. Choose a folder that exists."
        ) from error
    return path


def to_pretty_midi(phrases: Phrase | Sequence[Phrase], program: int = 0) -> pretty_midi.PrettyMIDI:
    """The phrase as a `pretty_midi.PrettyMIDI`; its end stands in a text event named "end"."""
    phrase = _as_one(phrases)
    midi = pretty_midi.PrettyMIDI(resolution=TICKS_PER_QUARTER, initial_tempo=phrase.tempo_qpm)
    numerator, denominator = (int(number) for number in phrase.grid.metre.split("/"))
    midi.time_signature_changes.append(pretty_midi.TimeSignature(numerator, denominator, 0.0))
    instrument = pretty_midi.Instrument(program, name=_track_name(phrase))
    step_sec = midi.tick_to_time(TICKS_PER_STEP)
    rows = zip(*sounding_notes(phrase), strict=True)
    instrument.notes = [
        pretty_midi.Note(int(velocity), int(pitch), onset * step_sec, (onset + duration) * step_sec)
        for onset, duration, pitch, velocity in rows
    ]
    midi.instruments.append(instrument)
    midi.text_events.append(pretty_midi.Text(END_MARKER, phrase.grid.num_steps * step_sec))
    return midi


def sounding_notes(phrase: Phrase) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Onset, duration, pitch and velocity of each note, no pitch sounding twice at once."""
    velocity = np.asarray(phrase.velocity)
    return untangle(phrase.onset_step, phrase.duration_step, phrase.pitch, velocity)


def _as_one(phrases: Phrase | Sequence[Phrase]) -> Phrase:
    return phrases if isinstance(phrases, Phrase) else join(phrases)


def _track_name(phrase: Phrase) -> str:
    return "melody" if phrase.is_monophonic else "notes"


def _read_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise MidiError(f"{path} is a folder. Give one MIDI file inside it.")
        if not path.exists():
            raise MidiError(f"There is no file {path}. Check the name.")
        if not path.is_file():
            raise MidiError(f"{path} is a device or a pipe. Give a MIDI file.")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise MidiError(
                f"{path} is larger than {MAX_FILE_BYTES // 2**20} MiB. Give a MIDI file, not a recording."
            )
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise MidiError(f"{path} cannot be opened: {error}. Check its name and its permissions.") from error


def _parse(data: bytes, where: str) -> Song:
    check_header(data, where)
    try:
        return _from_symusic(symusic.Score.from_midi(data))
    except (RuntimeError, ValueError, TypeError, OverflowError, MemoryError) as error:
        fault = " ".join(str(error).replace("MiniMidi: ", "").replace("iostream error", "").split()).rstrip(
            ":! "
        )
        raise MidiError(f"{where} is damaged MIDI ({fault}). {EXPORT_AGAIN}") from error


def _from_symusic(score: Any) -> Song:
    ends = [int(m.time) for m in score.markers if m.text.strip().lower() == END_MARKER]
    tracks = []
    for track in score.tracks:
        notes = track.notes.numpy()
        columns = (np.asarray(notes[key], np.int64) for key in ("time", "duration", "pitch", "velocity"))
        controls = _events(track.controls.numpy(), "time", "number", "value")
        bends = _events(track.pitch_bends.numpy(), "time", "value")
        named = (track.name.strip(), int(track.program), bool(track.is_drum))
        tracks.append(Track(*named, *columns, controls=controls, bends=bends))
    return Song(
        ticks_per_quarter=int(score.ticks_per_quarter),
        metres=tuple(
            MetreChange(int(m.time), int(m.numerator), int(m.denominator)) for m in score.time_signatures
        ),
        tempos=tuple(TempoChange(int(t.time), 60e6 / t.mspq if t.mspq else 0.0) for t in score.tempos),
        tracks=tuple(tracks),
        end_tick=max(ends, default=0),
    )


def _events(events: Any, *names: str) -> Int[np.ndarray, "event column"]:
    """Columns of a table of events, front to back."""
    rows = np.stack([np.asarray(events[name], np.int64) for name in names], axis=1)
    return rows[np.argsort(rows[:, 0], kind="stable")]


def _from_pretty_midi(midi: pretty_midi.PrettyMIDI) -> Song:
    try:
        to_tick = midi.time_to_tick
        tracks = []
        for part in midi.instruments:
            onset = np.array([to_tick(note.start) for note in part.notes], np.int64)
            end = np.array([to_tick(note.end) for note in part.notes], np.int64)
            pitch = np.array([note.pitch for note in part.notes], np.int64)
            velocity = np.array([note.velocity for note in part.notes], np.int64)
            controls = [(to_tick(each.time), each.number, each.value) for each in part.control_changes]
            bends = [(to_tick(each.time), each.pitch) for each in part.pitch_bends]
            tracks.append(
                Track(
                    part.name,
                    int(part.program),
                    bool(part.is_drum),
                    *(onset, end - onset, pitch, velocity),
                    controls=np.array(sorted(controls), np.int64).reshape(-1, 3),
                    bends=np.array(sorted(bends), np.int64).reshape(-1, 2),
                )
            )
        tempo_sec, tempo_qpm = midi.get_tempo_changes()
        ends = [
            to_tick(t.time) for t in getattr(midi, "text_events", []) if t.text.strip().lower() == END_MARKER
        ]
        return Song(
            ticks_per_quarter=int(midi.resolution),
            metres=tuple(
                MetreChange(int(to_tick(m.time)), int(m.numerator), int(m.denominator))
                for m in midi.time_signature_changes
            ),
            tempos=tuple(
                TempoChange(int(to_tick(sec)), float(qpm))
                for sec, qpm in zip(tempo_sec, tempo_qpm, strict=True)
            ),
            tracks=tuple(tracks),
            end_tick=max(ends, default=0),
        )
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError, ArithmeticError) as error:
        raise MidiError(
            f"The PrettyMIDI object contradicts itself ({error}). Check its notes' times."
        ) from error
