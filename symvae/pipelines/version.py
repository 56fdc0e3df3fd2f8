"""Versions: phrases of a song, each under one set of settings, before and after a fade."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from symvae.music.phrase import Phrase
from symvae.music.tempo_map import TempoSpan
from symvae.pipelines.automation import Lane, Setting, settings_at
from symvae.system.faders.performance import is_performance
from symvae.system.faders.request import AROUSAL
from symvae.system.faders.ways import REGISTER


@dataclass(frozen=True)
class Version:
    """A phrase of the song under one set of settings."""

    row: int
    """Index of the phrase."""
    settings: dict[str, Setting]
    bars: tuple[int, ...]
    """Bars of the song, from 0, with these settings."""
    exact: frozenset[str] = frozenset()
    """Faders that exact edits move (`symvae.pipelines.exact_edits`), not the model."""

    @property
    def left(self) -> dict[str, Setting]:
        """Settings of the model: those without exact edits, and beside arousal what it depends on."""
        apart = {REGISTER} & self.exact if AROUSAL.name in self.settings else self.exact
        return {name: each for name, each in self.settings.items() if name not in apart}

    @property
    def is_performance(self) -> bool:
        """True if only tempo, loudness and exact edits are set, for which nothing is decoded."""
        return not self.left or is_performance(self.left)


@dataclass(frozen=True)
class Faded:
    """A decoded version; values by fader, measured on its own bars only."""

    version: Version
    source: Phrase
    """The whole phrase before, as the model reads it."""
    phrase: Phrase
    """The whole phrase after."""
    notes: int
    """Notes in the version's bars."""
    before: dict[str, float]
    asked: dict[str, float]
    """Settings as values: changes are added to the value before."""
    aimed: dict[str, float]
    """These values, clipped to the faders' ranges."""
    achieved: dict[str, float]
    unchanged: bool
    """True where the bars had all values already: they stay as they are in the song."""
    sets_tempo: bool
    """True where the bars get another tempo; else they keep the song's."""
    tempo_changes: int
    """Tempo changes of the song inside the bars that this removes."""
    tempos: tuple[TempoSpan, ...]
    """New tempos of the bars; that of the phrase is their mean."""
    decoded: bool
    """True if the model decoded it."""


def versions_of(
    spans: Sequence[tuple[int, int]], lanes: Mapping[str, Lane], exact: Collection[str] = ()
) -> list[Version]:
    """Group the bars of each phrase by their settings.

    Args:
        spans: Bars of each phrase: (first, one after the last), from 0.
        lanes: Lane of each fader.
        exact: Faders that exact edits move.

    Returns:
        The versions, front to back.
    """
    versions = []
    for row, (start, end) in enumerate(spans):
        bars_of: dict[tuple[tuple[str, Setting], ...], list[int]] = {}
        for bar in range(start, end):
            if settings := settings_at(lanes, bar):
                bars_of.setdefault(tuple(settings.items()), []).append(bar)
        versions += [
            Version(row, dict(settings), tuple(bars), frozenset(exact) & {name for name, _ in settings})
            for settings, bars in bars_of.items()
        ]
    return versions
