"""A sound font without a file, and a synthesizer that trains on it in a second."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from symvae.audio.notes import Notes

#: ``--set`` values of a synthesizer whose training steps take some milliseconds.
TINY_SYNTH = (
    "name=tiny",
    "model.sample_rate=8000",
    "model.stft_size=256",
    "model.hop=64",
    "model.mels=16",
    "model.low_bins=16",
    "model.noise_bands=8",
    "model.timbre_size=4",
    "model.encoder_channels=4",
    "model.width=16",
    "model.hidden=16",
    "model.blocks=2",
    "model.kernel=3",
    "objective.waveform_frames=40",
    "clips.frames=80",
    'clips.timbres=["piano","flute"]',
    "training.batch_size=4",
    "training.steps=4",
    "training.evaluate_every=2",
    "training.warmup_steps=1",
)


class SinePlayer:
    """A `FontPlayer`: a note is a sine and its octave, the octave louder at higher programs."""

    def __init__(self, font: Path, sample_rate: int) -> None:
        self.font = font
        self.sample_rate = sample_rate

    def play(self, notes: Notes, program: int, samples: int, *, drums: bool = False) -> np.ndarray:
        mix = np.zeros(samples)
        for onset, end, pitch, velocity in zip(
            notes.onset_sec, notes.end_sec, notes.pitch, notes.velocity, strict=True
        ):
            first, last = (max(round(sec * self.sample_rate), 0) for sec in (onset, end))
            phase = 2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * np.arange(last - first) / self.sample_rate
            tone = 0.1 * velocity / 127 * (np.sin(phase) + program / 127 * np.sin(2 * phase))
            mix[first:last] += tone[: samples - first] if first < samples else 0.0
        return np.stack([mix, mix]).astype(np.float32)

    def stream(
        self, notes: Notes, program: int, samples: int, block: int, *, drums: bool = False
    ) -> Iterator[np.ndarray]:
        whole = self.play(notes, program, samples)
        yield from (whole[:, first : first + block] for first in range(0, samples, block))
