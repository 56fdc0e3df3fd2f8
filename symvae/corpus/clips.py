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

from symvae.audio.excitation import excite
from symvae.audio.keyboard import KEYS, LOWEST, on_keyboard
from symvae.audio.lanes import lane_count
from symvae.audio.notes import Notes, notes_of
from symvae.audio.soundfont import FontPlayer
from symvae.corpus.dataset import windows
from symvae.corpus.shards import Shards, open_shards
from symvae.dsp.stft import Stft
from symvae.errors import AudioError

PHRASE_BARS = 4
MOST_PHRASES = 4000
_LONGEST_NOTE_SEC = 6.0
_STRIKE_SEC = 0.5
_SILENT_DB, _SOFTER_DB = 45.0, 3.0


class Clips(NamedTuple):
    """What is heard and how it came about."""

    roll: Float[Tensor, "clip lane frame feature"]
    source: Float[Tensor, "clip lane group sample"]
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
        self.keys = {
            (font, timbre): sounding_keys(player, program, sample_rate)
            for font, player in enumerate(players)
            for timbre, program in enumerate(programs)
        }
        """Lowest and highest key of each timbre; of those that a player cannot play, None."""
        self.timbres = [timbre for timbre, keys in self.keys.items() if keys is not None]
        """Font and instrument of all that can be played."""
        if not self.timbres:
            raise AudioError("None of the instruments can be played by these sound fonts. Give another font.")
        self.samples = (frames - 1) * stft.hop
        self.stft = stft
        self.sample_rate = sample_rate
        self.made_up = made_up
        self.seed = seed

    def batch(self, step: int, clips: int, alike: int) -> Clips:
        """Batch ``step``: ``clips`` clips of single lines, ``alike`` in a row of one timbre."""
        rng = np.random.default_rng([self.seed, step])
        drawn = rng.integers(len(self.timbres), size=clips // alike).tolist()
        timbres = [self.timbres[row] for row in drawn for _ in range(alike)]
        rows = [self.clip(font, timbre, line(self.notes(rng), rng)) for font, timbre in timbres]
        return Clips(*(torch.stack(column) for column in zip(*rows, strict=True)))

    def of(self, timbres: Sequence[tuple[int, int]], rng: np.random.Generator) -> Clips:
        """Two clips of each timbre, given as font and instrument, with all the notes that sound together."""
        chosen = [(*timbre, self.notes(rng)) for timbre in timbres for _ in range(2)]
        lanes = lane_count([notes for _, _, notes in chosen])
        rows = [self.clip(font, timbre, notes, lanes) for font, timbre, notes in chosen]
        return Clips(*(torch.stack(column) for column in zip(*rows, strict=True)))

    def clip(self, font: int, timbre: int, notes: Notes, lanes: int = 1) -> tuple[Tensor, ...]:
        """The columns of `Clips` for one clip of given notes, by octaves brought onto the timbre's keys."""
        keys = self.keys[font, timbre]
        assert keys is not None, "a timbre that its player cannot play"
        notes = notes._replace(pitch=within(notes.pitch, *keys))
        wave = self.players[font].play(notes, self.programs[timbre], self.samples).mean(0)
        given = excite(notes, 0, self.stft.frames(self.samples), self.stft.hop, self.sample_rate, lanes=lanes)
        return (*given, torch.from_numpy(wave), torch.tensor(font), torch.tensor(timbre))

    def notes(self, rng: np.random.Generator) -> Notes:
        """Notes of a corpus, or made up, to fill a clip."""
        seconds = self.samples / self.sample_rate
        if not self.phrases or rng.random() < self.made_up:
            return made_up_notes(rng, seconds)
        notes = self.phrases[int(rng.integers(len(self.phrases)))]
        return excerpt(notes, rng, seconds)


def line(notes: Notes, rng: np.random.Generator) -> Notes:
    """One voice of ``notes``: of several at once one by chance, held until the next at most."""
    rows, now = [], -1.0
    for onset in np.unique(notes.onset_sec):
        row = int(rng.choice(np.flatnonzero(notes.onset_sec == onset)))
        if onset >= now or rng.random() < 0.3:  # now and then a longer note gives way
            rows.append(row)
            now = float(notes.end_sec[row])
    chosen = notes.select(np.array(rows, int))
    ends = np.append(chosen.onset_sec[1:], np.inf)
    return chosen._replace(duration_sec=np.minimum(chosen.end_sec, ends) - chosen.onset_sec)


def sounding_keys(player: FontPlayer, program: int, sample_rate: int) -> tuple[int, int] | None:
    """The lowest and the highest key of the run around middle C that sounds on a program.

    Some programs are silent on part of the keyboard. None for one that grows softer when it is struck
    harder: then the player does not know what the font asks of it.
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


def within(pitch: Int[np.ndarray, " note"], low: int, high: int) -> Int[np.ndarray, " note"]:
    """The pitches, moved by octaves to between two keys at least an octave apart."""
    pitch = pitch + 12 * -(-np.maximum(low - pitch, 0) // 12)
    return pitch - 12 * -(-np.maximum(pitch - high, 0) // 12)


def _loudness_db(
    player: FontPlayer, program: int, pitch: np.ndarray, velocity: np.ndarray, sample_rate: int
) -> Float[np.ndarray, " note"]:
    """Level of each of some notes, struck one after the other."""
    each = round(_STRIKE_SEC * sample_rate)
    onset = np.arange(len(pitch)) * each / sample_rate
    notes = Notes(onset, np.full(len(pitch), _STRIKE_SEC / 2), pitch, velocity)
    wave = player.play(notes, program, len(pitch) * each).mean(0).reshape(len(pitch), each)
    return 10 * np.log10(np.square(wave).mean(1) + 1e-12)


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
        now = rng.uniform(0, min(0.6, 0.9 * seconds))
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
