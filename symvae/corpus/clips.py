"""Clips to learn a synthesizer from: notes, played by sound fonts while training goes on.

Each step draws timbres (a font and an instrument) and, for each, two clips with different notes. Which
notes, keys and velocities follows from seed and step alone, so a run that stops and resumes hears the
same as one that does not. Notes come from phrases of prepared shards and, so that no key and no
velocity is left out, from chance.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.audio.excitation import on_keyboard, roll, source
from symvae.audio.notes import Notes, notes_of
from symvae.audio.soundfont import FontPlayer
from symvae.corpus.dataset import windows
from symvae.corpus.shards import Shards, open_shards
from symvae.dsp.stft import Stft

PHRASE_BARS = 4
MOST_PHRASES = 4000
_LONGEST_NOTE_SEC = 6.0


class Clips(NamedTuple):
    """What is heard and how it came about; rows 2i and 2i + 1 have one timbre."""

    roll: Float[Tensor, "clip frame feature"]
    source: Float[Tensor, "clip group sample"]
    wave: Float[Tensor, "clip sample"]
    font: Int[Tensor, " clip"]
    timbre: Int[Tensor, " clip"]


class ClipDraws:
    """The endless, seeded sequence of batches."""

    def __init__(
        self,
        phrases: Sequence[Notes],
        players: Sequence[FontPlayer],
        programs: Sequence[int],
        *,
        frames: int,
        stft: Stft,
        sample_rate: int,
        made_up: float,
        seed: int,
    ) -> None:
        self.phrases = phrases
        self.players = players
        self.programs = programs
        self.samples = (frames - 1) * stft.hop
        self.stft = stft
        self.sample_rate = sample_rate
        self.made_up = made_up
        self.seed = seed

    def batch(self, step: int, clips: int) -> Clips:
        """Batch ``step``: ``clips`` clips, an even number."""
        rng = np.random.default_rng([self.seed, step])
        sizes = (len(self.players), len(self.programs))
        drawn = rng.integers(sizes, size=(clips // 2, 2)).tolist()
        return self.of([(font, timbre) for font, timbre in drawn], rng)

    def of(self, timbres: Sequence[tuple[int, int]], rng: np.random.Generator) -> Clips:
        """Two clips of each timbre, given as font and instrument."""
        rows = [self.clip(font, timbre, self.notes(rng)) for font, timbre in timbres for _ in range(2)]
        return Clips(*(torch.stack(column) for column in zip(*rows, strict=True)))

    def clip(self, font: int, timbre: int, notes: Notes) -> tuple[Tensor, ...]:
        """The columns of `Clips` for one clip of given notes."""
        wave = self.players[font].play(notes, self.programs[timbre], self.samples).mean(0)
        return (
            torch.from_numpy(
                roll(notes, 0, self.stft.frames(self.samples), self.stft.hop / self.sample_rate)
            ),
            source(notes, 0, self.samples, self.sample_rate),
            torch.from_numpy(wave),
            torch.tensor(font),
            torch.tensor(timbre),
        )

    def notes(self, rng: np.random.Generator) -> Notes:
        """Notes of a corpus, or made up, to fill a clip."""
        seconds = self.samples / self.sample_rate
        if not self.phrases or rng.random() < self.made_up:
            return made_up_notes(rng, seconds)
        notes = self.phrases[int(rng.integers(len(self.phrases)))]
        return excerpt(notes, rng, seconds)


def excerpt(notes: Notes, rng: np.random.Generator, seconds: float) -> Notes:
    """So many seconds from somewhere in ``notes``, in another key and at another pace and loudness."""
    pace = np.exp(rng.uniform(-0.3, 0.3))
    onset, duration = notes.onset_sec * pace, notes.duration_sec * pace
    start = rng.uniform(-0.2, max(float(onset.max(initial=0.0)) - seconds / 2, 0.0))
    inside = (onset >= start) & (onset < start + seconds)
    shift = int(rng.integers(-12, 13))
    # A melody's notes are all as loud as each other in the shards: bend them, so that velocities vary.
    loud = rng.uniform(-35, 25) + rng.normal(0, 8, len(onset))
    return Notes(
        onset[inside] - start,
        np.minimum(duration[inside], _LONGEST_NOTE_SEC),
        on_keyboard(notes.pitch[inside] + shift),
        np.clip(notes.velocity[inside] + loud[inside], 20, 127).astype(np.int64),
    )


def made_up_notes(rng: np.random.Generator, seconds: float) -> Notes:
    """One to five voices that wander over the keyboard, with notes of every length and velocity."""
    rows = []
    for _ in range(int(rng.integers(1, 6))):
        now = rng.uniform(0, 0.6)
        pitch = int(rng.integers(28, 100))
        step = rng.choice([0.15, 0.3, 0.6, 1.2, 3.0])
        velocity = rng.uniform(20, 120)
        while now < seconds:
            length = step * np.exp(rng.uniform(-0.5, 0.5))
            loud = int(np.clip(velocity + rng.normal(0, 10), 20, 127))
            rows.append((now, length * rng.uniform(0.3, 1.0), pitch, loud))
            now += length
            pitch = int(np.clip(pitch + rng.integers(-7, 8), 24, 105))
    onset, duration, pitches, velocities = (np.array(column) for column in zip(*rows, strict=True))
    return Notes(onset, duration, pitches, velocities)


def phrases_of(folders: Sequence[Path | Shards], split: str, seed: int = 0) -> list[Notes]:
    """Phrases of a split of prepared shards, as notes in seconds; equally many from each folder."""
    found: list[Notes] = []
    for folder in folders:
        shards = folder if isinstance(folder, Shards) else open_shards(folder)
        arrays = shards.split(split)
        taken = windows(shards, split, PHRASE_BARS, stride=PHRASE_BARS)
        order = np.random.default_rng(seed).permutation(len(taken.ids))[: MOST_PHRASES // len(folders)]
        for row in order:
            tempo_qpm = float(arrays.tempo_qpm[taken.tune[row]])
            phrase = shards.tokenizer.decode_ids(taken.ids[row], tempo_qpm=tempo_qpm)
            found.append(notes_of(phrase)[0])
    return found
