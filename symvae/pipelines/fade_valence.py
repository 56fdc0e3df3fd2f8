"""Valence of a whole song, moved by mode mixture on its own notes.

All pitched tracks change together, before any fader moves: thirds, sixths and sevenths of the song's key go
up or down a semitone, as many of these degrees as bring the predicted valence nearest to what was asked.
Time, loudness and all other notes stay. A song that modulates is mixed around its main key.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from symvae.attributes.emotion import valence_cues
from symvae.attributes.key import Key, key_of
from symvae.errors import ConfigError, LatentError, MidiError
from symvae.latent.valence import Valence
from symvae.music.arranging.mode_mixture import STEPS, degrees_of, mixed
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase, join
from symvae.music.pitch import PIANO_PITCHES
from symvae.music.song import Song
from symvae.music.windows import windows
from symvae.pipelines.song_locks import RHYTHM
from symvae.pipelines.words import counted
from symvae.system.artifacts import load_scales
from symvae.system.choice import ModelFacts


@dataclass(frozen=True)
class ValenceMove:
    """A song whose valence was moved."""

    song: Song
    key: Key
    step: int
    """Degrees of the scale that were lowered; below 0, raised."""
    notes: int
    """Notes with another pitch."""
    before: float
    asked: float
    achieved: float
    correlation: float
    """Correlation of the regression with listeners, on music that it was not fitted to."""

    def data(self) -> dict[str, Any]:
        """The move as plain data."""
        return {
            "key": str(self.key),
            "degrees": [each.name for each in degrees_of(self.step)],
            "way": "lowered" if self.step > 0 else "raised" if self.step < 0 else None,
            "notes": self.notes,
            "before": self.before,
            "asked": self.asked,
            "achieved": self.achieved,
            "correlation": self.correlation,
        }

    def line(self) -> str:
        """The move as a line of text."""
        names = " and ".join(each.name for each in degrees_of(self.step))
        way = "lowered" if self.step > 0 else "raised"
        what = (
            f"{names} of {self.key} {way} in {counted(self.notes, 'note')}" if self.step else "no note moved"
        )
        return (
            f"valence {self.before:.2f} is {self.achieved:.2f} now, {self.asked:.2f} was asked for: {what} "
            f"(agrees with listeners at r {self.correlation:.2f})"
        )


def move_valence(song: Song, grid: Grid, scale: Valence, valence: float) -> ValenceMove:
    """Mix the modes of a song until it has a valence.

    Args:
        song: The song.
        grid: Grid of the windows on which valence is measured.
        scale: The regression of valence.
        valence: The valence to reach, 0 to 1.

    Returns:
        The song with the ladder's step that comes nearest.

    Raises:
        MidiError: The song has no bar on the grid.
        LatentError: The regression agrees too little with listeners.
    """
    scale.check()
    phrases = windows(song, grid, polyphonic=True, pitch_range=PIANO_PITCHES).phrases
    if not phrases:
        raise MidiError(f"The song has no bar of {grid.metre} on whose notes valence could be measured.")
    key = key_of(join(phrases))

    def at(step: int) -> float:
        moved = [_mixed(phrase, key.tonic, step) for phrase in phrases]
        return scale.of(valence_cues(moved))

    reached = {step: at(step) for step in STEPS if (step >= 0) != key.minor or step == 0}
    step = min(reached, key=lambda each: (abs(reached[each] - valence), abs(each)))
    pitched = [track for track in song.tracks if not track.is_drum]
    notes = sum(np.count_nonzero(track.pitch != mixed(track.pitch, key.tonic, step)) for track in pitched)
    tracks = tuple(
        track if track.is_drum or not step else replace(track, pitch=mixed(track.pitch, key.tonic, step))
        for track in song.tracks
    )
    return ValenceMove(
        replace(song, tracks=tracks),
        key,
        step,
        int(notes),
        reached[0],
        valence,
        reached[step],
        scale.correlation,
    )


def refuse_mixed(kept: Sequence[str]) -> None:
    """Refuse to keep notes that a mixture of modes changes.

    Args:
        kept: Names of what is kept.

    Raises:
        ConfigError: Something beside the rhythm is kept.
    """
    if notes := [name for name in kept if name != RHYTHM]:
        raise ConfigError(
            "Valence changes the mode, and with it notes of every part, so it cannot keep "
            f"{' and '.join(notes)}. Set --arousal alone, or leave out what is kept."
        )


def valence_of(model: ModelFacts) -> Valence:
    """Regression of valence of a model.

    Args:
        model: A model with faders.

    Returns:
        The regression.

    Raises:
        LatentError: It has none.
    """
    scales = load_scales(model.folder) if model.loaded is None else model.loaded.scales
    if scales is None or scales.valence is None:
        raise LatentError(f"{model.name} has not learned valence. Set arousal alone, or use train-arousal.")
    return scales.valence


def _mixed(phrase: Phrase, tonic: int, step: int) -> Phrase:
    return replace(phrase, pitch=mixed(phrase.pitch, tonic, step)).without_overlaps()
