"""Loops of drums: hits on pads, drawn, varied, morphed and humanized by the drum models; MIDI and sound.

A loop is a phrase on the grid of the models, two bars of 4/4, whose pitches are the keys of pads.
"""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from symvae.audio.kit import KitPlayer
from symvae.audio.notes import Notes
from symvae.audio.one_shot import SAMPLE_RATE
from symvae.audio.render import PEAK
from symvae.dsp.audio import Audio
from symvae.dsp.wav import write_wav
from symvae.errors import AudioError, ConfigError
from symvae.music.arrangement import AnyPhrase
from symvae.music.grid import Grid
from symvae.music.io.midi_write import to_bytes
from symvae.music.phrase import Phrase
from symvae.pipelines.drum_pads import PADS, PadKit, pad_of_key
from symvae.system.groove import Groove
from symvae.system.symvae import SymVAE

#: Tempos of a loop, in quarter notes a minute.
SLOWEST_QPM, FASTEST_QPM = 40.0, 240.0
#: Most times that a loop is written in a row.
MOST_TIMES = 64


class PadHit(NamedTuple):
    """A hit of a loop."""

    pad: int
    """Number of one of `PADS`, from 0."""
    step: int
    """Sixteenth from the start of the loop."""
    velocity: int
    offset: float = 0.0
    """Distance from the step as played, in steps, -0.5 to 0.5; positive is late."""


def loop_of(hits: Iterable[PadHit], grid: Grid, tempo_qpm: float) -> Phrase:
    """Put hits on a grid.

    Args:
        hits: The hits.
        grid: Grid of the loop.
        tempo_qpm: Quarter notes a minute.

    Returns:
        A drum phrase.

    Raises:
        ConfigError: There is no such pad, or the tempo is out of range.
        PhraseError: A step, velocity or offset is out of range.
    """
    if not SLOWEST_QPM <= tempo_qpm <= FASTEST_QPM:
        raise ConfigError(f"A tempo is from {SLOWEST_QPM:g} to {FASTEST_QPM:g}, not {tempo_qpm:g}.")
    rows = list(hits)
    if unknown := [hit.pad for hit in rows if not 0 <= hit.pad < len(PADS)]:
        raise ConfigError(f"Pads are 0 to {len(PADS) - 1}, not {unknown[0]}.")
    step = np.array([hit.step for hit in rows], np.int64)
    pitch = np.array([PADS[hit.pad].key for hit in rows], np.int64)
    velocity = np.array([hit.velocity for hit in rows], np.int64)
    offset = np.array([hit.offset for hit in rows], np.float64)
    return Phrase(grid, step, np.ones_like(step), pitch, velocity, tempo_qpm, True, offset)


def hits_of(phrase: Phrase) -> list[PadHit]:
    """Put a drum phrase on pads.

    Args:
        phrase: The phrase.

    Returns:
        Its hits on the pads of their keys; of two on one pad and step the louder one.
    """
    columns = (phrase.pitch, phrase.onset_step, phrase.velocity, phrase.offset_step)
    hits: dict[tuple[int, int], PadHit] = {}
    for key, step, velocity, offset in zip(*(column.tolist() for column in columns), strict=True):
        pad = pad_of_key(key)
        if (pad, step) not in hits or hits[pad, step].velocity < velocity:
            hits[pad, step] = PadHit(pad, step, velocity, offset)
    return list(hits.values())


class LoopModels:
    """Drum models that write loops.

    Args:
        patterns: Model of drum tracks.
        groove: Model of timing and dynamics.
    """

    def __init__(self, patterns: SymVAE, groove: Groove) -> None:
        self.patterns, self.groove = patterns, groove

    def sample(self, tempo_qpm: float, *, seed: int, prior_temperature: float = 1.0) -> list[PadHit]:
        """Draw a loop.

        Args:
            tempo_qpm: Tempo in quarter notes a minute.
            seed: The same seed gives the same loop.
            prior_temperature: Scale of the noise that the draw starts from.

        Returns:
            Its hits.
        """
        (drawn,) = self.patterns.sample(
            1, seed=seed, prior_temperature=prior_temperature, tempo_qpm=tempo_qpm
        )
        return hits_of(_drums(drawn))

    def vary(self, loop: Phrase, amount: float, *, seed: int) -> list[PadHit]:
        """Vary a loop.

        Args:
            loop: The loop.
            amount: 0 reconstructs it, 1 is unrelated.
            seed: The same seed gives the same variation.

        Returns:
            The hits of the variation.
        """
        return hits_of(_drums(self.patterns.variations(loop, amount, 1, seed=seed)[0]))

    def morph(self, first: Phrase, last: Phrase, steps: int) -> list[list[PadHit]]:
        """Walk from one loop to another.

        Args:
            first: The loop at the start.
            last: The loop at the end, of the same tempo.
            steps: Number of loops, both ends among them.

        Returns:
            The hits of each.
        """
        return [hits_of(_drums(each)) for each in self.patterns.interpolate(first, last, steps)]

    def humanize(self, loop: Phrase, style: str | None, amount: float, *, seed: int) -> list[PadHit]:
        """Give a loop a drummer's timing and dynamics.

        Args:
            loop: The loop.
            style: Style of the drummer; None for any.
            amount: Share of the way to the drummer.
            seed: The same seed gives the same touch.

        Returns:
            The same hits as they are played.
        """
        return hits_of(self.groove.humanize([loop], style=style, amount=amount, seed=seed)[0])


def loop_midi(loop: Phrase, times: int = 1) -> bytes:
    """Write a loop as a MIDI file.

    Args:
        loop: The loop.
        times: Times that it is played.

    Returns:
        The file.

    Raises:
        ConfigError: It is to be played less than once or too often.
    """
    _check_times(times)
    return to_bytes([loop] * times)


def loop_wav(loop: Phrase, sounds: Sequence[Audio], times: int = 1) -> bytes:
    """Render a loop as a WAV file that repeats without a seam: what rings at its end rings into its start.

    Args:
        loop: The loop.
        sounds: Samples of each pad.
        times: Times that it is played.

    Returns:
        The file.

    Raises:
        AudioError: The loop has no hits.
        ConfigError: It is to be played less than once or too often.
    """
    _check_times(times)
    if not len(loop):
        raise AudioError("The loop has no hits. Set a step, or draw a pattern.")
    length = round(loop.duration_sec * SAMPLE_RATE)
    once = (loop.onset_step + loop.offset_step) * loop.step_sec
    passes = 3  # a first stroke may be early, and a last one rings
    onset = np.concatenate([once + turn * length / SAMPLE_RATE for turn in range(passes)])
    pitch, velocity = np.tile(loop.pitch, passes), np.tile(loop.velocity, passes)
    notes = Notes(onset, np.full(len(onset), loop.step_sec), pitch, velocity)
    blocks = list(KitPlayer(PadKit(sounds), SAMPLE_RATE).blocks(notes, 2 * length))
    samples = np.concatenate(blocks, axis=1)[:, length:]
    samples = samples * min(1.0, PEAK / max(float(np.abs(samples).max(initial=0.0)), 1e-9))
    with tempfile.TemporaryDirectory() as folder:
        path = write_wav(np.tile(samples, times), SAMPLE_RATE, Path(folder) / "loop.wav")
        return path.read_bytes()


def _check_times(times: int) -> None:
    if not 1 <= times <= MOST_TIMES:
        raise ConfigError(f"A loop is written 1 to {MOST_TIMES} times, not {times}.")


def _drums(phrase: AnyPhrase) -> Phrase:
    assert isinstance(phrase, Phrase)
    return phrase
