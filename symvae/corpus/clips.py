"""Training data of a synthesizer: clips that sound fonts play during training.

Each step draws timbres (a font and an instrument) and, for each, two or more clips with different notes. All
draws follow from seed and step alone, so a resumed run sees the same clips as an uninterrupted one. Notes are
phrases of prepared shards, or random ones, so that all keys and velocities occur.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.audio.excitation import excite
from symvae.audio.keyboard import KEYS, LOWEST, fold_into, on_keyboard
from symvae.audio.lanes import lane_count
from symvae.audio.notes import Notes, notes_of
from symvae.audio.soundfont import FontPlayer, one_channel
from symvae.corpus.dataset import windows
from symvae.corpus.measured_partials import measured_partials
from symvae.corpus.shards import Shards, open_shards
from symvae.dsp.stft import Stft
from symvae.errors import AudioError

PHRASE_BARS = 4
MAX_PHRASES = 4000
_MAX_NOTE_SEC = 6.0
#: Duration of the test notes that find a program's sounding keys.
_TEST_SEC = 0.5
#: A key this far below the loudest is silent.
_SILENT_DB = 45.0
#: A program that loses this much between two velocities is played wrongly.
_SOFTER_DB = 3.0


class Clips(NamedTuple):
    """A batch: the network's input, the reference sound, and its timbre."""

    roll: Float[Tensor, "clip lane frame feature"]
    source: Float[Tensor, "clip lane group sample"]
    wave: Float[Tensor, "clip sample"]
    font: Int[Tensor, " clip"]
    """Number of the sound font."""
    timbre: Int[Tensor, " clip"]
    """Number of the instrument."""


class ClipDraws:
    """Endless, seeded sequence of batches.

    Args:
        phrases: Notes of the corpus; without any, all notes are random.
        players: A player for each font.
        programs: General MIDI program of each instrument.
        frames: Frames of a clip.
        stft: Transform that counts the frames.
        sample_rate: Hz.
        made_up: Share of clips with random notes.
        seed: Of all draws.

    Raises:
        AudioError: Where no font can play any of the instruments.
    """

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
        self.keys = {
            (font, timbre): sounding_keys(player, program, sample_rate)
            for font, player in enumerate(players)
            for timbre, program in enumerate(programs)
        }
        """Lowest and highest key of each font and instrument; None where it cannot be played."""
        self.timbres = [timbre for timbre, keys in self.keys.items() if keys is not None]
        """Font and instrument of each playable timbre."""
        if not self.timbres:
            raise AudioError("None of the instruments can be played by these sound fonts. Give another font.")
        self.partials = {
            (font, timbre): measured_partials(players[font], programs[timbre], sample_rate)
            for font, timbre in self.timbres
        }
        """Places of the partials of each playable timbre."""
        self.samples = (frames - 1) * stft.hop
        self.stft = stft
        self.sample_rate = sample_rate
        self.made_up = made_up
        self.seed = seed

    def batch(self, step: int, clips: int, alike: int) -> Clips:
        """Draw a batch of single lines.

        Args:
            step: Number of the batch.
            clips: Number of clips.
            alike: Consecutive clips that share a timbre.

        Returns:
            The batch.
        """
        rng = np.random.default_rng([self.seed, step])
        drawn = rng.integers(len(self.timbres), size=clips // alike).tolist()
        timbres = [self.timbres[row] for row in drawn for _ in range(alike)]
        rows = [self.clip(font, timbre, line(self.notes(rng), rng)) for font, timbre in timbres]
        return Clips(*(torch.stack(column) for column in zip(*rows, strict=True)))

    def of(self, timbres: Sequence[tuple[int, int]], rng: np.random.Generator) -> Clips:
        """Draw two polyphonic clips of each timbre, which is given as font and instrument."""
        chosen = [(*timbre, self.notes(rng)) for timbre in timbres for _ in range(2)]
        lanes = lane_count([notes for _, _, notes in chosen])
        rows = [self.clip(font, timbre, notes, lanes) for font, timbre, notes in chosen]
        return Clips(*(torch.stack(column) for column in zip(*rows, strict=True)))

    def clip(self, font: int, timbre: int, notes: Notes, lanes: int = 1) -> tuple[Tensor, ...]:
        """Play notes, folded by octaves onto the timbre's keys.

        Args:
            font: Number of the font.
            timbre: Number of the instrument.
            notes: Notes of the clip.
            lanes: Least number of lanes.

        Returns:
            The columns of `Clips` for one clip.
        """
        keys = self.keys[font, timbre]
        assert keys is not None, "a timbre that its player cannot play"
        notes = notes._replace(pitch=fold_into(notes.pitch, *keys))
        wave = one_channel(self.players[font].play(notes, self.programs[timbre], self.samples))
        roll, source, _ = excite(
            notes,
            0,
            self.stft.frames(self.samples),
            self.stft.hop,
            self.sample_rate,
            lanes=lanes,
            partials=self.partials[font, timbre],
        )
        return roll, source, torch.from_numpy(wave), torch.tensor(font), torch.tensor(timbre)

    def notes(self, rng: np.random.Generator) -> Notes:
        """Draw the notes of a clip: an excerpt of a phrase, or random ones."""
        seconds = self.samples / self.sample_rate
        if not self.phrases or rng.random() < self.made_up:
            return random_notes(rng, seconds)
        notes = self.phrases[int(rng.integers(len(self.phrases)))]
        return excerpt(notes, rng, seconds)


def line(notes: Notes, rng: np.random.Generator) -> Notes:
    """Extract a single line: one random note of each chord, ending at the next at the latest."""
    rows, now = [], -1.0
    for onset in np.unique(notes.onset_sec):
        row = int(rng.choice(np.flatnonzero(notes.onset_sec == onset)))
        if onset >= now or rng.random() < 0.3:  # sometimes a longer note is cut
            rows.append(row)
            now = float(notes.end_sec[row])
    chosen = notes.select(np.array(rows, int))
    ends = np.append(chosen.onset_sec[1:], np.inf)
    return chosen._replace(duration_sec=np.minimum(chosen.end_sec, ends) - chosen.onset_sec)


def sounding_keys(player: FontPlayer, program: int, sample_rate: int) -> tuple[int, int] | None:
    """Find the range of sounding keys around middle C of a program; parts of the keyboard may be silent.

    Args:
        player: Player of a font.
        program: General MIDI program.
        sample_rate: Hz.

    Returns:
        Lowest and highest key; None if middle C is silent, or if notes become softer at higher velocities,
        where the player does not support a feature of the font.
    """
    keys = np.arange(LOWEST, LOWEST + KEYS)
    loud = _loudness_db(player, program, keys, np.full(KEYS, 80), sample_rate)
    harder = _loudness_db(player, program, np.full(4, 60), np.array([40, 64, 90, 120]), sample_rate)
    sounds = loud > max(float(loud.max()) - _SILENT_DB, -90.0)
    middle = 60 - LOWEST
    if not sounds[middle] or (np.diff(harder) < -_SOFTER_DB).any():
        return None
    gaps = np.flatnonzero(~sounds)
    low, high = gaps[gaps < middle].max(initial=-1) + 1, gaps[gaps > middle].min(initial=KEYS) - 1
    return int(keys[low]), int(keys[high])


def _loudness_db(
    player: FontPlayer, program: int, pitch: np.ndarray, velocity: np.ndarray, sample_rate: int
) -> Float[np.ndarray, " note"]:
    """Level of single notes."""
    each = round(_TEST_SEC * sample_rate)
    onset = np.arange(len(pitch)) * each / sample_rate
    notes = Notes(onset, np.full(len(pitch), _TEST_SEC / 2), pitch, velocity)
    wave = one_channel(player.play(notes, program, len(pitch) * each)).reshape(len(pitch), each)
    return 10 * np.log10(np.square(wave).mean(1) + 1e-12)


def excerpt(notes: Notes, rng: np.random.Generator, seconds: float) -> Notes:
    """Cut a random excerpt, augmented by transposition, tempo and velocity.

    Args:
        notes: Notes of a phrase.
        rng: Source of the draws.
        seconds: Duration of the excerpt.

    Returns:
        The notes of the excerpt.
    """
    stretch = np.exp(rng.uniform(-0.3, 0.3))
    onset, duration = notes.onset_sec * stretch, notes.duration_sec * stretch
    start = rng.uniform(-0.2, max(float(onset.max(initial=0.0)) - seconds / 2, 0.0))
    inside = (onset >= start) & (onset < start + seconds)
    shift = int(rng.integers(-12, 13))
    # Melodies have one velocity in the shards: vary it.
    offset = rng.uniform(-35, 25) + rng.normal(0, 8, len(onset))
    return Notes(
        onset[inside] - start,
        np.minimum(duration[inside], _MAX_NOTE_SEC),
        on_keyboard(notes.pitch[inside] + shift),
        np.clip(notes.velocity[inside] + offset[inside], 20, 127).astype(np.int64),
    )


def random_notes(rng: np.random.Generator, seconds: float) -> Notes:
    """Draw one to five voices, random walks over the keyboard with notes of all lengths and velocities."""
    rows = []
    for _ in range(int(rng.integers(1, 6))):
        now = rng.uniform(0, min(0.6, 0.9 * seconds))
        pitch = int(rng.integers(LOWEST, LOWEST + KEYS))
        step = rng.choice([0.15, 0.3, 0.6, 1.2, 3.0])
        velocity = rng.uniform(20, 120)
        while now < seconds:
            length = step * np.exp(rng.uniform(-0.5, 0.5))
            level = int(np.clip(velocity + rng.normal(0, 10), 20, 127))
            rows.append((now, length * rng.uniform(0.3, 1.0), pitch, level))
            now += length
            pitch = int(np.clip(pitch + rng.integers(-7, 8), LOWEST, LOWEST + KEYS - 1))
    onset, duration, pitches, velocities = (np.array(column) for column in zip(*rows, strict=True))
    return Notes(onset, duration, pitches, velocities)


def phrases_of(
    folders: Sequence[Path | Shards], split: str, seed: int = 0, most: int = MAX_PHRASES
) -> list[Notes]:
    """Read phrases of prepared shards, equally many of each folder.

    Args:
        folders: Folders of shards, or opened ones.
        split: Split to read.
        seed: Of the choice of phrases.
        most: Largest number of phrases.

    Returns:
        Notes in seconds of each phrase.
    """
    found: list[Notes] = []
    for folder in folders:
        shards = folder if isinstance(folder, Shards) else open_shards(folder)
        arrays = shards.split(split)
        chosen = windows(shards, split, PHRASE_BARS, stride=PHRASE_BARS)
        order = np.random.default_rng(seed).permutation(len(chosen.ids))[: most // len(folders)]
        for row in order:
            tempo_qpm = float(arrays.tempo_qpm[chosen.tune[row]])
            phrase = shards.tokenizer.decode_ids(chosen.ids[row], tempo_qpm=tempo_qpm)
            found.append(notes_of(phrase)[0])
    return found
