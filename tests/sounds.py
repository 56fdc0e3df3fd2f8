"""Notes in seconds and comparisons of sound, for tests of audio."""

import numpy as np
import pytest
from hypothesis import strategies as st

from symvae.audio import player as players
from symvae.audio.notes import Notes
from symvae.audio.player import Player
from symvae.dsp.audio import Audio
from symvae.dsp.loudness import LoudnessMeter

RATE = 8_000
NO_NOTES = Notes(np.zeros(0), np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64))


def notes_from(*rows: tuple[float, float, int, int]) -> Notes:
    """Notes from rows of onset, duration, pitch and velocity."""
    onset, duration, pitch, velocity = zip(*rows, strict=True)
    return Notes(np.array(onset), np.array(duration), np.array(pitch), np.array(velocity))


@st.composite
def any_notes(draw: st.DrawFn) -> Notes:
    """One to five notes in five seconds, some beyond the piano's range."""
    row = st.tuples(st.floats(0, 2), st.floats(0.001, 3), st.integers(15, 115), st.integers(1, 127))
    return notes_from(*draw(st.lists(row, min_size=1, max_size=5)))


def random_notes(seconds: float, count: int = 24, seed: int = 0) -> Notes:
    """Notes spread evenly over a time, with random lengths, pitches and velocities."""
    rng = np.random.default_rng(seed)
    onset = np.linspace(0, seconds, count, endpoint=False) + rng.uniform(0, 0.03, count)
    return Notes(
        onset, rng.uniform(0.05, 0.8, count), rng.integers(30, 100, count), rng.integers(20, 128, count)
    )


def one_note(onset_sec: float = 0.0, duration_sec: float = 0.5, pitch: int = 69) -> Notes:
    return Notes(np.array([onset_sec]), np.array([duration_sec]), np.array([pitch]), np.array([100]))


def play(player: Player, notes: Notes, samples: int, block_sec: float) -> np.ndarray:
    """The player's blocks as one sound, at a given length of blocks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(players, "BLOCK_SEC", block_sec)
        blocks = list(player.blocks(notes, samples))
    if block_sec < samples / RATE:
        assert len(blocks) > 1
    return np.concatenate(blocks, 1)


def difference_db(a: np.ndarray, b: np.ndarray) -> float:
    """Largest difference, relative to the largest sample of ``b``."""
    return 20 * float(np.log10(max(np.abs(a - b).max(), 1e-12) / np.abs(b).max()))


def integrated_lufs(audio: Audio) -> float:
    """Loudness of a whole sound."""
    meter = LoudnessMeter(audio.sample_rate, len(audio.samples))
    meter.add(audio.samples)
    return meter.integrated_lufs()
