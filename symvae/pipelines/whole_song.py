"""Windows as parts of one song: edits that repeat with its bars, and notes that sound over its windows' ends.

A model knows one window at a time. Here the windows that it decoded meet again: bars that are alike get the
same edit (`repeated_edits`), notes go on as they were played (`symvae.music.as_played`), and those held from
one window into the next stay whole (`symvae.music.held_over`).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from symvae.music.arranging.no_new_clashes import without_new_clashes
from symvae.music.as_played import as_played
from symvae.music.continuation import continuation
from symvae.music.grid import STEPS_PER_QUARTER
from symvae.music.held_over import Crossing, crossings, keep_whole, moved
from symvae.music.phrase import Phrase
from symvae.music.song import Song
from symvae.pipelines.repeated_edits import Bar, repeat_edits
from symvae.pipelines.version import Version
from symvae.system.faders.performance import LOUDNESS
from symvae.system.faders.request import AROUSAL
from symvae.system.faders.ways import ARTICULATION, LINE_DENSITY

#: Faders that move the lengths of notes; arousal does, too.
LENGTHS = {LINE_DENSITY, ARTICULATION}


class Place(NamedTuple):
    """The song that windows were read from."""

    song: Song
    tracks: Sequence[int]
    """Numbers of the tracks that were read, from 0."""
    starts: Sequence[int]
    """First bar of each window, from 0."""
    lines: Sequence[int]
    """Tick of every bar line."""
    one_voice: bool
    """True if the windows are a melody line."""

    @property
    def step_tick(self) -> float:
        """Ticks of a sixteenth."""
        return self.song.ticks_per_quarter / STEPS_PER_QUARTER

    def bar(self, row: int, version: Version, bar: int) -> Bar:
        """Place a bar on the grid of its window.

        Args:
            row: Number of the version.
            version: The version that has the bar.
            bar: The bar in the song, from 0.

        Returns:
            Its steps in the window.
        """
        start = self.lines[self.starts[version.row]]
        steps = (round((self.lines[line] - start) / self.step_tick) for line in (bar, bar + 1))
        return Bar(row, *steps)


def connect(
    place: Place,
    versions: Sequence[Version],
    sources: Sequence[Phrase],
    decoded: Mapping[int, Phrase],
    hold: Collection[str],
) -> dict[int, Phrase]:
    """Make decoded windows parts of one song.

    Args:
        place: The song.
        versions: All versions.
        sources: Phrase of each version before.
        decoded: Phrase after of those that were changed, by their numbers.
        hold: Faders that must not move.

    Returns:
        The phrases after, by their numbers.
    """
    groups: dict[object, list[Bar]] = {}
    for row in sorted(decoded):
        if not (version := versions[row]).is_performance:
            bars = [place.bar(row, version, bar) for bar in version.bars]
            inside = [bar for bar in bars if bar.end_step <= sources[row].grid.num_steps]
            groups.setdefault(tuple(version.settings.items()), []).extend(inside)
    repeated = repeat_edits(sources, decoded, list(groups.values()), one_voice=place.one_voice)
    played = {
        row: _as_played(
            sources[row], phrase, _asked(versions[row]), {*hold, *versions[row].exact}, place.one_voice
        )
        for row, phrase in repeated.items()
    }
    for row, phrase in played.items():
        if not (place.one_voice or phrase.is_drum) and LENGTHS.isdisjoint(_asked(versions[row])):
            played[row] = without_new_clashes(sources[row], phrase)
    return _whole(place, versions, sources, played)


def _asked(version: Version) -> set[str]:
    """Faders that the model moves."""
    return version.settings.keys() - version.exact


def _as_played(
    source: Phrase, phrase: Phrase, asked: Collection[str], hold: Collection[str], one_voice: bool
) -> Phrase:
    """A decode that moves loudness, and in polyphonic music lengths, only where that was asked for."""
    aroused = AROUSAL.name in asked
    if aroused and not one_voice:
        return phrase  # arranged on the notes that were played
    louder = LOUDNESS in asked or (aroused and LOUDNESS not in hold)
    longer = aroused or not LENGTHS.isdisjoint(asked) or one_voice
    return as_played(source, phrase, louder=louder, longer=longer)


def _whole(
    place: Place, versions: Sequence[Version], sources: Sequence[Phrase], played: Mapping[int, Phrase]
) -> dict[int, Phrase]:
    """The phrases with notes whole that are held from one into the next."""
    whole = dict(played)
    sounding: dict[int, list[Crossing]] = {}

    def over(tick: int) -> list[Crossing]:
        if tick not in sounding:
            sounding[tick] = crossings(place.song, place.tracks, tick, place.step_tick)
        return sounding[tick]

    for row in sorted(played, key=lambda row: place.starts[versions[row].row]):
        version, source = versions[row], sources[row]
        if version.is_performance or source.is_drum:
            continue
        start = place.lines[place.starts[version.row]]
        end = start + round(source.grid.num_steps * place.step_tick)
        own = [each for each in over(end) if _bar_of(place, end, each) in version.bars]
        ratio = 1.0 if LENGTHS.isdisjoint(_asked(version)) else _length_ratio(source, played[row])
        whole[row] = keep_whole(source, played[row], own, over(start), one_voice=place.one_voice, ratio=ratio)
        others = [each for each in over(end) if each not in own]
        sounding[end] = [*others, *moved(source, whole[row], own)]
    return whole


def _bar_of(place: Place, line: int, crossing: Crossing) -> int:
    tick = round(line + crossing.onset_step * place.step_tick)
    return int(np.searchsorted(place.lines, tick, side="right")) - 1


def _length_ratio(before: Phrase, after: Phrase) -> float:
    """Mean ratio of the lengths of notes that go on; 1 without any."""
    pairs = continuation(before.without_overlaps(), after.without_overlaps())
    if not len(pairs.old):
        return 1.0
    lengths = (
        np.log(phrase.without_overlaps().duration_step[rows]).mean()
        for phrase, rows in ((after, pairs.new), (before, pairs.old))
    )
    return float(np.exp(np.subtract(*lengths)))
