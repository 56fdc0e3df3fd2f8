"""Bass and drums for a melody that stays as it is.

The melody is read in windows of the model, the last one filled up with silence. The parts of each window are
drawn by `symvae.system.accompany`, and written as new tracks beside all tracks of the song.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from symvae.errors import ConfigError, MidiError
from symvae.music.arrangement import BASS, DRUMS, MELODY, PARTS, PROGRAMS, Arrangement
from symvae.music.bars import bar_lines
from symvae.music.grid import STEPS_PER_QUARTER
from symvae.music.io.files import write
from symvae.music.io.source import Music
from symvae.music.melody_line import TrackChoice, choose_track
from symvae.music.phrase import Phrase
from symvae.music.song import Song, Track
from symvae.music.trio_reading import trio_windows
from symvae.music.trio_tracks import TrioTracks, trio_tracks
from symvae.pipelines.intake import Intake
from symvae.pipelines.no_window import NoWindowError, reasons
from symvae.pipelines.output import IN_MEMORY, Plan, Saved, refuse_existing
from symvae.pipelines.preflight import check
from symvae.pipelines.song_chords import SongChords, song_chords
from symvae.pipelines.tracks import track_in_words
from symvae.pipelines.trial import AnyModel, Source
from symvae.pipelines.words import counted, model_in_words
from symvae.storage.whole_file import make_folder
from symvae.system.accompany import Accompanied
from symvae.system.choice import ModelFacts, Need

ACCOMPANY = Need("accompany", prior=True, draws=True, whole=True, parts=True)


#: Word for chords that leaves the bass free.
FREE = "free"


@dataclass(frozen=True)
class Accompaniment:
    """A song with new parts."""

    model: str
    intake: Intake
    parts: tuple[str, ...]
    """Names of the parts that were drawn."""
    windows: list[Accompanied]
    song: Song
    """All tracks of the source, and one for each new part."""
    saved: Saved
    chords: SongChords | None = None
    """Chords that bind the bass; None where it is free."""
    why: str = ""
    """Reason of the choice of the model; empty where it was named."""

    @property
    def moved(self) -> int:
        """Notes of the bass that were moved to tones of their chords, without those beyond the end."""
        reading = self.intake.reading
        return sum(
            sum(step < (end - start) * each.arrangement.grid.steps_per_bar for step in each.moved_step)
            for each, start, end in zip(self.windows, reading.start_bar, reading.end_bar, strict=True)
        )

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "model": self.model,
            "model_chosen": self.why or None,
            "input": self.intake.data(),
            "parts": {name: len(self._track(name)) for name in self.parts},
            "chords": None if self.chords is None else self.chords.data(),
            "bass_notes_moved": self.moved,
            "files": self.saved.names,
        }

    def lines(self) -> list[str]:
        """The report as lines of text, without the files."""
        drawn = ", ".join(f"{name} with {counted(len(self._track(name)), 'note')}" for name in self.parts)
        bound = [] if self.chords is None else [self.chords.line()]
        if self.chords is not None and BASS in self.parts:
            bound.append(f"  {counted(self.moved, 'note')} of the bass moved to a tone of its chord")
        return [
            *model_in_words(self.model, self.why),
            *self.intake.lines(),
            *bound,
            *(
                f"  the file has {name} of its own ({track_in_words(track)}), beside which the new ones play"
                for name, track in trio_tracks(self.intake.song).choice.items()
                if name in self.parts
            ),
            f"drawn: {drawn}; all tracks of the file unchanged",
        ]

    def _track(self, name: str) -> Track:
        return next(track for track in reversed(self.song.tracks) if track.name == name)


def accompany(
    file: Music,
    model: AnyModel | None = None,
    *,
    parts: Sequence[str] = (BASS, DRUMS),
    track: str | int | None = None,
    chords: str | None = None,
    best_of: int = 4,
    prior_temperature: float = 1.0,
    seed: int = 0,
    device: str = "cpu",
    place: Path | None = None,
    force: bool = False,
) -> Accompaniment:
    """Draw bass and drums, or other parts, for the rest of a song.

    Args:
        file: A MIDI, MusicXML or ABC file, or music in any other form that `symvae.read` takes.
        model: A model of arrangements, or its name or folder; by default the released one.
        parts: Names of the parts to draw.
        track: Name or number of the melody's track; by default the most melody-like.
        chords: Chords that bind the bass: "C Am F G", "file" or "estimated"; None for those of the file, and
            where it has none estimated ones. "free" leaves the bass free.
        best_of: Draws of each window, of which the best is kept.
        prior_temperature: Scale of the noise that draws start from.
        seed: Seed of the draws.
        device: Device of a model that is loaded here.
        place: MIDI file to write; None keeps the song in memory.
        force: Overwrite an existing file.

    Returns:
        The song with its new tracks, and the report.

    Raises:
        ConfigError: A part is unknown or named twice, or the chords are none.
        MidiError: The song has nothing that the parts could accompany.
    """
    parts = tuple(dict.fromkeys(parts))
    if not parts or not set(parts) < set(PARTS):
        raise ConfigError(
            f"Parts to draw are one or two of {', '.join(PARTS)}, not {', '.join(parts) or 'none'}: at least "
            "one stays. For a whole new trio use `symvae sample`."
        )

    def read(source: Source, facts: ModelFacts) -> Intake:
        return _read(source, facts, parts)

    def plan(found: Sequence[Intake]) -> Plan:
        refuse_existing([] if place is None else [place], force)
        return IN_MEMORY.plan((), "")

    checked = check(ACCOMPANY, model, [Source(file, track)], read, plan, device=device)
    (intake,) = checked.intakes
    asks = chords != FREE and (BASS in parts or chords is not None)
    harmony = song_chords(intake.song, intake.file, chords) if asks else None
    vae = checked.load()
    arrangements = [each for each in intake.phrases if isinstance(each, Arrangement)]
    found = vae.accompany(
        arrangements,
        parts,
        chords=None if harmony is None else harmony.of_windows(intake),
        seed=seed,
        best_of=best_of,
        prior_temperature=prior_temperature,
    )
    song = with_parts(intake, [each.arrangement for each in found], parts)
    saved = Saved()
    if place is not None:
        make_folder(place.parent)
        write(song, place, force=force)
        saved = Saved((place,))
    return Accompaniment(vae.name, intake, parts, found, song, saved, harmony, checked.why)


def _read(source: Source, facts: ModelFacts, parts: Sequence[str]) -> Intake:
    """Windows of the parts that stay; without a track of its own name the melody is the most melody-like."""
    song, grid = source.song, facts.grid
    chosen = {name: track for name, track in trio_tracks(song).choice.items() if name not in parts}
    if MELODY not in parts and (source.track is not None or MELODY not in chosen):
        melody = choose_track(song, source.track)
        chosen = {MELODY: melody, **chosen} if melody is not None else chosen
        chosen = {name: each for name, each in chosen.items() if name == MELODY or each != melody}
    kept: dict[str, TrackChoice] = {name: chosen[name] for name in PARTS if name in chosen}
    if not kept:
        stay = " or ".join(name for name in PARTS if name not in parts)
        raise NoWindowError(f"{source.name} has no {stay} to accompany.", _advice(song))
    reading = trio_windows(song, grid, TrioTracks(kept)).reading
    if not reading.phrases:
        raise NoWindowError(
            f"{source.name} has no music in {grid.metre} to accompany ({reasons(reading)}).",
            "Choose a track with --track, or another file.",
        )
    return Intake(source.name, song, reading)


def _advice(song: Song) -> str:
    """Advice on how to get an accompaniment for what a song has."""
    has = [name for name in PARTS if name in trio_tracks(song).choice]
    missing = [name for name in PARTS if name not in has]
    if has and missing:
        return f"It has {' and '.join(has)}: have the rest drawn with --parts {','.join(missing)}."
    return "Choose a track with --track, or another file."


def with_parts(intake: Intake, arrangements: Sequence[Arrangement], parts: Sequence[str]) -> Song:
    """Append a track for each new part to a song; its own tracks stay.

    Args:
        intake: The song and its windows.
        arrangements: One for each window.
        parts: Names of the new parts.

    Returns:
        A new song, whose new notes end with its last bar at the latest.

    Raises:
        MidiError: No note of the parts was drawn.
    """
    song, lines = intake.song, bar_lines(intake.song)
    step_tick = song.ticks_per_quarter / STEPS_PER_QUARTER
    tracks = []
    for name in parts:
        columns = [
            _in_ticks(each.part(name), start, step_tick, lines[min(end, len(lines) - 1)])
            for each, start, end in zip(
                arrangements, intake.reading.start_tick, intake.reading.end_bar, strict=True
            )
        ]
        onset, duration, pitch, velocity = np.concatenate(columns, axis=1)
        programs = [each.programs[name] for each in arrangements if name in each.programs]
        program = programs[0] if programs else PROGRAMS[name]
        tracks.append(Track(name, program, name == DRUMS, onset, duration, pitch, velocity))
    if not any(map(len, tracks)):
        raise MidiError(f"No note was drawn for {intake.file}. Choose another seed, or a higher --best-of.")
    end_tick = max([song.end_tick, *(int(track.end_tick.max()) for track in tracks if len(track))])
    return replace(song, tracks=(*song.tracks, *tracks), end_tick=end_tick)


def _in_ticks(phrase: Phrase, start_tick: float, step_tick: float, end_tick: int) -> np.ndarray:
    """Onset, duration, pitch and velocity of the notes that start before a tick, in ticks of the song."""
    onset = np.rint(start_tick + phrase.onset_step * step_tick).astype(np.int64)
    end = np.minimum(np.rint(start_tick + phrase.end_step * step_tick).astype(np.int64), end_tick)
    columns = np.stack([onset, np.maximum(1, end - onset), phrase.pitch, phrase.velocity])
    return columns[:, onset < end_tick]
