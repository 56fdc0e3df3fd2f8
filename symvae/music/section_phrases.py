"""Section phrases: one track of a song on the grid, a phrase for each stretch of one metre.

The steps are: choose the track (`symvae.music.melody_line`), find the bars (`symvae.music.bars`), quantize
the notes of each section (`symvae.music.quantize`), and extract the melody line, or keep all voices. What
is dropped on the way goes to a `symvae.music.reading.Collector`.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from symvae.music.bars import Section, sections
from symvae.music.drum_kit import one_hit_a_cell
from symvae.music.grid import STEPS_PER_QUARTER, Grid
from symvae.music.melody_line import bass_line, choose_track, skyline
from symvae.music.part import DRUMS
from symvae.music.phrase import Phrase
from symvae.music.pitch import MIDI_PITCHES
from symvae.music.quantize import Quantized, quantize, resolve_hits, resolve_overlaps
from symvae.music.reading import Collector
from symvae.music.reason import Reason
from symvae.music.song import Song, Track
from symvae.music.triplet_bars import distance_step, triplet_bars


class Choice(NamedTuple):
    """The music of a song that is read."""

    track: str | int | None = None
    """Name or number of a track; None: the melody, or all pitched tracks if polyphonic."""
    polyphonic: bool = False
    """Keep all voices instead of the melody line."""
    pitch_range: tuple[int, int] | None = None
    """Lowest and highest MIDI note number; None: all."""
    drums: bool = False
    """Read the drum tracks, with all their hits, instead of pitched ones."""
    lowest: bool = False
    """Take the lowest line of the track, as of a bass, instead of the highest."""


class SectionPhrase(NamedTuple):
    """A section of a song and its notes, over all its bars."""

    section: Section
    phrase: Phrase

    @property
    def bar_span(self) -> tuple[int, int]:
        """Bars of the file: the first, from 0, and the one after the last.

        There is one bar more than in the section where the last note is rounded past the end of the file.
        """
        first, end = self.section.bar_span
        return first, end + (self.phrase.grid.bars > self.section.num_bars)


def section_phrases(song: Song, choice: Choice, collector: Collector) -> Iterator[SectionPhrase]:
    """Read one track of a song, section by section.

    Args:
        song: The song.
        choice: Track, voices and pitches to read.
        collector: Takes the account of everything that is dropped.

    Yields:
        Each section that has notes and a metre that a grid can hold.
    """
    part = _part(song, choice, collector)
    if part is None:
        return
    step_tick = song.ticks_per_quarter / STEPS_PER_QUARTER
    for section in sections(song):
        # A note played up to half a step early belongs to the next bar.
        early_tick = section.start_tick - step_tick / 2
        first_row = 0 if section.first_bar == 0 else int(np.searchsorted(part.onset_tick, early_tick))
        end_row = len(part)
        if not section.is_last:
            end_row = int(np.searchsorted(part.onset_tick, section.end_tick - step_tick / 2))
        grid = section.grid
        if grid is None:
            detail = f"in {section.metre}, which no grid holds"
            collector.drop_bars("section", Reason.METRE_NOT_SUPPORTED, section.bar_span, detail)
            continue
        if end_row <= first_row and len(part):
            collector.drop_bars("section", Reason.EMPTY, section.bar_span, "no notes of this track")
            continue
        onset, duration, pitch, velocity = part.select(slice(first_row, end_row)).columns
        notes = quantize(onset - section.start_tick, duration, pitch, velocity, step_tick, choice.drums)
        exact = notes.onset_step + notes.shift_step
        distance = distance_step(exact, notes.onset_step, grid) if choice.drums else None
        collector.count_onsets(notes, song, section.start_tick, distance)
        phrase = _phrase(notes, section, grid, choice, collector)
        yield SectionPhrase(section, phrase.with_tempo(song.tempo_qpm_at(section.start_tick)))


def _part(song: Song, choice: Choice, collector: Collector) -> Track | None:
    """The track to read, merged from all pitched ones if that is asked for; None if there is nothing."""
    collector.drums = choice.drums
    if choice.drums:
        return _drums(song, None if choice.track == DRUMS else choice.track, collector)
    if choice.track == DRUMS:
        collector.drop("song", Reason.DRUMS, "its drums are asked for, and the model reads pitched tracks")
        return None
    pitched = [track for track in song.tracks if not track.is_drum and len(track)]
    drums = [track for track in song.tracks if track.is_drum and len(track)]
    if choice.polyphonic and choice.track is None and len(pitched) > 1:
        collector.drop_unread(pitched)
        columns = (np.concatenate(column) for column in zip(*(t.columns for t in pitched), strict=True))
        return Track("all pitched tracks", 0, False, *columns)
    chosen = choose_track(song, choice.track)
    collector.track = chosen
    if chosen is None:
        if drums:
            collector.drop("song", Reason.DRUMS, "all its notes are in drum tracks", sum(map(len, drums)))
        elif song.end_tick:
            return Track.empty()
        else:
            collector.drop("song", Reason.EMPTY)
        return None
    part = song.tracks[chosen.index]
    collector.drop_unread([part])
    if part.is_drum:
        collector.drop(f"track {chosen.index}", Reason.DRUMS, count=max(1, len(part)))
        return None
    if not len(part) and any(len(track) for track in song.tracks):
        collector.drop(f"track {chosen.index}", Reason.EMPTY)
        return None
    return part


def _drums(song: Song, track: str | int | None, collector: Collector) -> Track | None:
    """The named track, else all drum tracks as one; None if there is none."""
    numbers = [i for i, part in enumerate(song.tracks) if part.is_drum and len(part)]
    if track is not None or len(numbers) == 1:
        chosen = choose_track(song, numbers[0] if track is None else track)
        assert chosen is not None  # a track that was named exists, or it is an error
        collector.track = chosen if track is not None else replace(chosen, why="it is the only drum track")
        numbers = [chosen.index]
    parts = [song.tracks[number] for number in numbers]
    collector.drop_unread(parts)
    if sum(map(len, parts)):
        columns = (np.concatenate(column) for column in zip(*(t.columns for t in parts), strict=True))
        return Track("drums", parts[0].program, True, *columns)
    if not song.num_notes and song.end_tick:
        return Track.empty()
    collector.drop("song", Reason.NO_DRUMS)
    return None


def _phrase(notes: Quantized, section: Section, grid: Grid, choice: Choice, collector: Collector) -> Phrase:
    """The notes as a phrase: within the pitch range, within the section, one voice unless polyphonic."""
    low, high = choice.pitch_range or MIDI_PITCHES
    inside = (notes.pitch >= low) & (notes.pitch <= high)
    collector.drop("notes", Reason.OUT_OF_RANGE, f"below {low} or above {high}", int((~inside).sum()))
    onset, duration, pitch, velocity, shift, exact_end = (column[inside] for column in notes[:6])
    if choice.drums:
        rows, cut = resolve_hits(onset, duration, pitch, velocity, shift)
        onset, duration, pitch, velocity, shift = (onset[rows], cut, pitch[rows], velocity[rows], shift[rows])
    elif choice.polyphonic:
        before = duration
        onset, duration, pitch, velocity = resolve_overlaps(onset, duration, pitch, velocity)
        collector.num_cut += int((duration < before).sum())
    else:
        line = (bass_line if choice.lowest else skyline)(onset, duration, pitch)
        collector.num_cut += line.num_cut
        too_fast = _too_fast(onset, shift, exact_end, line.kept, line.hidden)
        collector.drop(
            "notes", Reason.OFF_GRID, "they share a sixteenth with the note kept", int(too_fast.sum())
        )
        collector.drop("notes", Reason.POLYPHONIC, count=int((~too_fast).sum()))
        onset, pitch, velocity = (column[line.kept] for column in (onset, pitch, velocity))
        duration = line.duration_step
    # A last note that is rounded past the end of the file opens one more bar.
    if section.is_last and len(onset):
        grid = grid.with_bars(max(grid.bars, int(onset.max()) // grid.steps_per_bar + 1))
    last_step = grid.num_steps
    if not section.is_last:
        over = int((onset + duration > last_step).sum())
        collector.drop("notes", Reason.CUT_OFF, "they outlast a change of metre", over)
    starts_inside = onset < last_step
    onset, duration, pitch, velocity = (c[starts_inside] for c in (onset, duration, pitch, velocity))
    duration = np.minimum(duration, last_step - onset)
    if not choice.drums:
        return Phrase(grid, onset, duration, pitch, velocity)
    offset = shift[starts_inside]
    phrase = Phrase(grid, onset, duration, pitch, velocity, is_drum=True, offset_step=offset)
    collector.num_second_hits += int((~one_hit_a_cell(phrase)).sum())
    collector.num_triplet_bars += int(triplet_bars(phrase).sum())
    return phrase


def _too_fast(
    onset: Int[np.ndarray, " note"],
    shift: Float[np.ndarray, " note"],
    exact_end: Float[np.ndarray, " note"],
    kept: Int[np.ndarray, " kept"],
    hidden: Int[np.ndarray, " hidden"],
) -> Bool[np.ndarray, " hidden"]:
    """Hidden notes that did not sound together with the note kept on their step: a fast run, not a chord."""
    if not len(hidden):
        return np.zeros(0, bool)
    rival = kept[np.minimum(np.searchsorted(onset[kept], onset[hidden]), len(kept) - 1)]
    exact_onset = onset + shift
    apart = np.maximum(exact_onset[hidden], exact_onset[rival]) >= np.minimum(
        exact_end[hidden], exact_end[rival]
    )
    return (onset[rival] == onset[hidden]) & apart
