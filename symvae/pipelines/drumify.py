"""A drummer's groove for the rhythm of a melody, a piano or taps, as a new drum track of the song.

The onsets of the music are taps (tap to drum; Gillick et al. 2019, arXiv 1905.06118, section 4.2): the kit is
hit at each of them. Between them it plays what fits, unless the taps are kept as the only hits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool

from symvae.arguments import checked
from symvae.errors import ConfigError
from symvae.music.bars import bar_lines
from symvae.music.drum_tracks import means_drums
from symvae.music.grid import STEPS_PER_QUARTER
from symvae.music.hit_edit import TICKS_PER_QUARTER
from symvae.music.io.source import Music, load_any, name_of
from symvae.music.phrase import Phrase
from symvae.music.reading import Reading
from symvae.music.resolution import with_resolution
from symvae.music.song import Song, Track
from symvae.music.windows import windows
from symvae.pipelines.intake import Intake
from symvae.pipelines.no_window import NoWindowError, reasons
from symvae.pipelines.one_song import check_place, save_song
from symvae.pipelines.output import Saved
from symvae.pipelines.tracks import tracks_read
from symvae.pipelines.words import counted
from symvae.system.groove import DEFAULT_GROOVE, TEMPERATURE, Groove

HITS, TAPS = "hits", "taps"
#: What is kept of the taps: as the only hits, or as hits among others.
KEEP = (HITS, TAPS)


@dataclass(frozen=True)
class Drumified:
    """A song with a new drum track."""

    model: str
    intake: Intake
    song: Song
    phrases: tuple[Phrase, ...]
    """The drums of each window."""
    taps: int
    """Steps that are tapped."""
    keep: str
    style: str | None
    replaced: int
    """Notes of drum tracks that gave way to the hits."""
    seed: int
    saved: Saved

    @property
    def hits(self) -> int:
        """Hits of the kit."""
        return sum(map(len, self.phrases))

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "model": self.model,
            "input": self.intake.data(),
            "taps": self.taps,
            "hits": self.hits,
            "keep": self.keep,
            "notes_replaced": self.replaced,
            "style": self.style,
            "seed": self.seed,
            "files": self.saved.names,
        }

    def lines(self) -> list[str]:
        """The report as lines of text, without the files."""
        style = f", {self.style}" if self.style else ""
        where = "nowhere else" if self.keep == HITS else "and between them"
        return [
            *self.intake.lines(),
            f"{self.model}: {counted(self.hits, 'hit')} at {counted(self.taps, 'tap')} {where}{style}, "
            f"seed {self.seed}",
            *([f"  {counted(self.replaced, 'note')} of the taps replaced by them"] if self.replaced else []),
        ]


@checked
def drumify_song(
    file: Music,
    *,
    model: Groove | str | Path = DEFAULT_GROOVE,
    style: str | None = None,
    keep: str | None = None,
    temperature: float = TEMPERATURE,
    seed: int = 0,
    track: str | int | None = None,
    alone: bool = False,
    device: str = "cpu",
    out: Path | None = None,
    force: bool = False,
) -> Drumified:
    """Write a drum track to the rhythm of a track.

    Args:
        file: A MIDI, MusicXML or ABC file, or music in any other form that `symvae.read` takes.
        model: Groove model, or its name or folder.
        style: Style of the drummer, one of the model's; None for any.
        keep: "hits": the taps are the only steps with hits; "taps": other steps have hits, too. By default
            "hits" for taps on a drum track, and "taps" for other music.
        temperature: Scale of chance.
        seed: Same seed, same drums.
        track: Name or number of the track whose onsets are the taps; by default the melody, or the drums of
            a song without other notes.
        alone: Write the drums without the song.
        device: Device of a model that is loaded here.
        out: The MIDI file to write; None writes none.
        force: Overwrite an existing file.

    Returns:
        The song with its drums; taps on a drum track are replaced by them.

    Raises:
        ConfigError: ``keep`` is none of these, or the style is unknown.
        NoWindowError: The song has no notes that the model can read.
    """
    if keep is not None and keep not in KEEP:
        raise ConfigError(f"What is kept is {' or '.join(KEEP)}, not {keep!r:.60}.")
    check_place(out, force)
    groove = model if isinstance(model, Groove) else Groove.load(model, device)
    song = load_any(file)
    drums = means_drums(song, track)
    keep = keep or (HITS if drums else TAPS)
    reading = windows(song, groove.grid, track, polyphonic=track is not None, drums=drums)
    if not reading.phrases:
        grid = groove.grid
        raise NoWindowError(
            f"{name_of(file)} has no window of {counted(grid.bars, 'bar')} of {grid.metre} "
            f"({reasons(reading)}).",
            f"Choose a file with music in {grid.metre}.",
        )
    intake = Intake(name_of(file), song, reading)
    taps = np.stack([_taps(phrase) for phrase in intake.phrases])
    if not taps.any():
        raise NoWindowError(f"{intake.file} has no note to tap.", "Choose another track or file.")
    tempo = np.array([phrase.tempo_qpm for phrase in intake.phrases])
    phrases = groove.drumify(
        taps, tempo, style=style, only_taps=keep == HITS, temperature=temperature, seed=seed
    )
    gone = tracks_read(song, reading.track, drums=True) if drums else []
    spans = _spans(song, reading)
    step_tick = song.ticks_per_quarter / STEPS_PER_QUARTER
    phrases = [
        phrase.select(phrase.onset_step * step_tick < end - start)
        for phrase, (start, end) in zip(phrases, spans, strict=True)
    ]
    new = _with_drums(song, phrases, spans, gone, alone=alone)
    left = 0 if alone or not drums else song.num_notes + len(new.tracks[-1]) - new.num_notes
    saved = save_song(new, out, force)
    count = int(taps.sum())
    return Drumified(groove.name, intake, new, tuple(phrases), count, keep, style, left, seed, saved)


def _spans(song: Song, reading: Reading) -> list[tuple[float, float]]:
    """Ticks of the start of each window and of the end of its last bar; what is filled up does not count."""
    lines = bar_lines(song)
    return [
        (start, float(lines[min(end, len(lines) - 1)]))
        for start, end in zip(reading.start_tick, reading.end_bar, strict=True)
    ]


def _taps(phrase: Phrase) -> Bool[np.ndarray, " step"]:
    """Steps at which a note starts."""
    taps = np.zeros(phrase.grid.num_steps, bool)
    taps[phrase.onset_step] = True
    return taps


def _with_drums(
    song: Song,
    phrases: Sequence[Phrase],
    spans: Sequence[tuple[float, float]],
    gone: Sequence[int],
    *,
    alone: bool,
) -> Song:
    """The song with a new drum track in place of the notes that some tracks have there, or of all others."""
    times = -(-TICKS_PER_QUARTER // song.ticks_per_quarter)
    fine = with_resolution(song, song.ticks_per_quarter * times)
    step_tick = fine.ticks_per_quarter / STEPS_PER_QUARTER
    rows: dict[tuple[int, int], tuple[int, int]] = {}
    for phrase, (start, _) in zip(phrases, spans, strict=True):
        exact = start * times + (phrase.onset_step + phrase.offset_step) * step_tick
        onset = np.maximum(np.rint(exact), 0).astype(np.int64)
        for tick, pitch, velocity in zip(
            onset.tolist(), phrase.pitch.tolist(), phrase.velocity.tolist(), strict=True
        ):
            rows[tick, pitch] = (max(1, round(step_tick / 2)), velocity)
    table = np.array([(tick, long, pitch, loud) for (tick, pitch), (long, loud) in rows.items()], np.int64)
    drums = Track("drums", 0, True, *table.reshape(-1, 4).T)
    if alone:
        tracks: tuple[Track, ...] = (drums,)
        fine = replace(fine, events=None)
    else:
        kept = [
            track.select(~_within(track, spans, times)) if row in gone else track
            for row, track in enumerate(fine.tracks)
        ]
        tracks = (*kept, drums)
    ends = [int(track.end_tick.max()) for track in tracks if len(track)]
    return replace(fine, tracks=tracks, end_tick=max([fine.end_tick, *ends]))


def _within(track: Track, spans: Sequence[tuple[float, float]], times: int) -> Bool[np.ndarray, " note"]:
    """Notes that start within the windows, in a song of ``times`` as many ticks."""
    return np.logical_or.reduce(
        [(track.onset_tick >= start * times) & (track.onset_tick < end * times) for start, end in spans]
    )
