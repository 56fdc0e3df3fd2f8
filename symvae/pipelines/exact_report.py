"""Account of exact edits: what was done to the notes, in words and as plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, NamedTuple

from symvae.music.bars import bars_in_words
from symvae.music.song import Song
from symvae.music.splice import Spliced, TrackEdits
from symvae.pipelines.automation import Setting
from symvae.pipelines.version import Faded
from symvae.pipelines.words import counted

#: Edits of one fader that have a line each; more share one.
MOST_LINES = 4


class ExactEdit(NamedTuple):
    """One edit of the notes of some bars."""

    fader: str
    bars: tuple[int, ...]
    """Bars of the song, from 0."""
    setting: Setting
    by: str
    """The edit in words."""
    notes: int
    """Notes that changed."""
    missed: str = ""
    """The settings that could not be met, in words; empty where all were."""


class Edited(NamedTuple):
    """A song after exact edits."""

    song: Song
    faded: list[Faded]
    """The versions, measured again where their notes were edited."""
    edits: tuple[ExactEdit, ...] = ()
    changed: Mapping[int, tuple[int, int]] = {}
    """By track, the number of notes with another velocity or end, and of those with another pitch."""


def with_exact(spliced: Spliced, edited: Edited, program: int | None = None) -> Spliced:
    """Account of a song that was spliced, then edited.

    Args:
        spliced: The song with the notes of the model.
        edited: The song after exact edits.
        program: General MIDI program of the tracks that were edited; None keeps theirs.

    Returns:
        The song, with the number of notes of each track by what became of them.
    """
    song, edits = edited.song, {edit.track: edit for edit in spliced.edits}
    for index, (changed, moved) in edited.changed.items():
        before = edits.get(index, TrackEdits(index, len(song.tracks[index]), 0, 0, 0, 0, 0))
        kept = max(0, before.kept - changed - moved)
        edits[index] = before._replace(kept=kept, changed=before.changed + changed, transposed=moved)
    if program is not None and not spliced.edits:
        tracks = [
            replace(track, program=program) if index in edited.changed else track
            for index, track in enumerate(song.tracks)
        ]
        song = replace(song, tracks=tuple(tracks))
    return spliced._replace(song=song, edits=tuple(edits.values()))


def exact_edits_in_words(edits: Sequence[ExactEdit]) -> list[str]:
    """Describe edits.

    Args:
        edits: The edits, those of one fader one after the other.

    Returns:
        A line for each, or for all of one fader where there are many.
    """
    lines = []
    for fader, group in groupby(edits, key=lambda edit: edit.fader):
        same = list(group)
        if len(same) <= MOST_LINES:
            lines += [_line(edit) for edit in same]
            continue
        bars = _bars([bar for edit in same for bar in edit.bars])
        missed = sum(bool(edit.missed) for edit in same)
        words = f", {missed} of them not fully met" if missed else ""
        lines.append(f"  {fader} set on the notes themselves in {bars}: {len(same)} edits{words}")
    return lines


def exact_edit_data(edit: ExactEdit) -> dict[str, Any]:
    """Describe an edit.

    Args:
        edit: The edit.

    Returns:
        Plain data; bars count from 1.
    """
    return edit._asdict() | {"bars": [bar + 1 for bar in edit.bars], "missed": edit.missed or None}


def _line(edit: ExactEdit) -> str:
    missed = f"; {edit.missed}" if edit.missed else ""
    done = f"{edit.by} for {counted(edit.notes, 'note')}"
    return f"  {edit.fader} set on the notes themselves in {_bars(edit.bars)}: {done}{missed}"


def _bars(bars: Sequence[int]) -> str:
    return bars_in_words([(bar, bar + 1) for bar in sorted(set(bars))])
