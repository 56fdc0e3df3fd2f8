"""Notes of a song moved to a grid of sixteenths or triplets, bar by bar; all else of the song stays."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import lcm
from pathlib import Path
from typing import Any

import numpy as np

from symvae.arguments import checked
from symvae.errors import ConfigError, MidiError
from symvae.music.bars import bar_lines, bars_in_words
from symvae.music.collisions import without_collisions
from symvae.music.grid_fit import PER_QUARTER, snap
from symvae.music.hit_edit import apart
from symvae.music.io.source import Music, load_any, name_of
from symvae.music.melody_line import choose_track
from symvae.music.part import Part
from symvae.music.resolution import with_resolution, without_needless_ticks
from symvae.music.song import Song
from symvae.pipelines.one_song import check_place, save_song
from symvae.pipelines.output import Saved
from symvae.pipelines.words import counted

AUTO = "auto"
GRIDS = (*map(str, PER_QUARTER), AUTO)


@dataclass(frozen=True)
class QuantizedSong:
    """A song on a grid."""

    file: str
    song: Song
    tracks: tuple[int, ...]
    """Numbers of the tracks that were quantized."""
    num_notes: int
    num_moved: int
    mean_shift_ms: float
    """Mean size of the shifts of all notes of these tracks."""
    num_joined: int
    """Notes that met another of their pitch on one position and ended with it."""
    grids: dict[int, int]
    """Positions in a bar of 4/4, 16 or 12, of each bar with notes, by its number from 0."""
    amount: float
    without_drums: bool
    """True if all tracks were quantized since the song has no drums."""
    saved: Saved

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "file": self.file,
            "tracks": list(self.tracks),
            "notes": self.num_notes,
            "moved": self.num_moved,
            "mean_shift_ms": self.mean_shift_ms,
            "same_cell": self.num_joined,
            "amount": self.amount,
            "grids": {str(bar + 1): grid for bar, grid in self.grids.items()},
            "files": self.saved.names,
        }

    def lines(self) -> list[str]:
        """The report as lines of text, without the files."""
        names = [f"{number} {self.song.tracks[number].name!r}" for number in self.tracks]
        why = " (all tracks: the song has no drums)" if self.without_drums else ""
        lines = [
            f"{self.file}: track{'s' * (len(names) > 1)} {', '.join(names)}{why}",
            f"{self.num_moved} of {counted(self.num_notes, 'note')} moved, by {self.mean_shift_ms:.1f} ms in "
            "the mean of all",
        ]
        of = Counter(self.grids.values())
        for grid in sorted(of, reverse=True):
            bars = bars_in_words((bar, bar + 1) for bar, each in sorted(self.grids.items()) if each == grid)
            lines.append(f"{grid} positions in a bar of 4/4: {bars}")
        if self.num_joined:
            lines.append(f"left out: {counted(self.num_joined, 'note')} (same_cell: on the place of another)")
        return lines


@checked
def quantize_song(
    file: Music,
    *,
    grid: str = AUTO,
    amount: float = 1.0,
    track: str | int | None = None,
    out: Path | None = None,
    force: bool = False,
) -> QuantizedSong:
    """Move the drums of a song, or another track, to a grid.

    Args:
        file: A MIDI file, or music in any other form that `symvae.read` takes.
        grid: "16" (sixteenths), "12" (triplet eighths), or "auto": the better one for each bar.
        amount: Share of the way to the grid, 0 to 1.
        track: Name or number of a track, or the part "drums" (`symvae.music.part.Part`); by default all drum
            tracks, and all tracks of a song without drums.
        out: The MIDI file to write; None writes none.
        force: Overwrite an existing file.

    Returns:
        The song, with the report.

    Raises:
        ConfigError: The grid is none of these, or the amount is not from 0 to 1.
        MidiError: The song, or the track, has no notes.
    """
    if grid not in GRIDS:
        raise ConfigError(f"A grid is {', '.join(GRIDS)}, not {grid!r:.60}.")
    if not 0 <= amount <= 1:
        raise ConfigError(f"An amount is a share from 0 to 1, not {amount:g}.")
    check_place(out, force)
    song = load_any(file)
    tracks = _tracks(song, track, name_of(file))
    fine = with_resolution(song, lcm(song.ticks_per_quarter, 12))
    onset = np.concatenate([fine.tracks[number].onset_tick for number in tracks])
    snapped = snap(
        onset, np.array(bar_lines(fine)), fine.ticks_per_quarter, None if grid == AUTO else int(grid)
    )
    new = np.rint(onset + amount * (snapped.onset_tick - onset)).astype(np.int64)
    after, joined, row = list(fine.tracks), 0, 0
    for number in tracks:
        part = fine.tracks[number]
        moved = new[row : row + len(part)]
        row += len(part)
        is_new = moved != part.onset_tick
        place = np.column_stack([moved, part.pitch])
        keep = np.zeros(len(part), bool)
        # Of notes that meet the loudest stays.
        order = np.argsort(-part.velocity, kind="stable")
        keep[order[np.unique(place[order], axis=0, return_index=True)[1]]] = True
        keep |= ~is_new & ~_meets(place, is_new)
        joined += int((~keep).sum())
        start = apart(moved[keep], part.pitch[keep], is_new[keep])
        end = without_collisions(
            start, start + part.duration_tick[keep], part.pitch[keep], is_new[keep], is_new[keep]
        )
        after[number] = part.with_notes(start, end - start, part.pitch[keep], part.velocity[keep])
    ends = [int(each.end_tick.max()) for each in after if len(each)]
    whole = replace(fine, tracks=tuple(after), end_tick=max([fine.end_tick, *ends]))
    shift_ms = np.abs(new - onset) / fine.ticks_per_quarter * 60_000 / fine.tempo_qpm_of(onset)
    result = without_needless_ticks(whole, song.ticks_per_quarter) if (new != onset).any() else song
    return QuantizedSong(
        name_of(file),
        result,
        tuple(tracks),
        len(onset),
        int((new != onset).sum()),
        float(shift_ms.mean()),
        joined,
        snapped.grid,
        amount,
        track is None and not any(song.tracks[number].is_drum for number in tracks),
        save_song(result, out, force),
    )


def _tracks(song: Song, track: str | int | None, file: str) -> list[int]:
    """Tracks to quantize."""
    drums = [number for number, part in enumerate(song.tracks) if part.is_drum and len(part)]
    numbers: Sequence[int] = drums or range(len(song.tracks))
    if isinstance(track, Part):
        if not drums:
            raise MidiError(f"{file} has no drums. Leave --part out to quantize all its tracks.")
    elif track is not None:
        chosen = choose_track(song, track)
        assert chosen is not None  # a track that was named exists, or it is an error
        numbers = [chosen.index]
    numbers = [number for number in numbers if len(song.tracks[number])]
    if not numbers:
        raise MidiError(f"{file} has no notes to quantize there. Choose another track or file.")
    return list(numbers)


def _meets(place: np.ndarray, is_new: np.ndarray) -> np.ndarray:
    """Mask of the notes on whose place a moved note arrives."""
    arrived = {tuple(each) for each in place[is_new].tolist()}
    return np.array([tuple(each) in arrived for each in place.tolist()], bool)
