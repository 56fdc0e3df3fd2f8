"""Style of a song: the pitches that follow each other in it, as a table for whoever plays new notes.

Counts of each pitch after the four before it, after three, two, one, and at all, are interpolated as in text
compression (Witten and Bell 1991, method C): pitches that were often seen after a context weigh much, and
those never seen there are left to the shorter context. Below them stand the pitch classes of the song, in
every octave, and a small share of all pitches.
"""

from collections import Counter, defaultdict

import numpy as np
from jaxtyping import Float, Int

from symvae.errors import MidiError
from symvae.music.io.source import Music, load_any, name_of
from symvae.music.key_presses import LOWEST, NUM_KEYS

#: Notes before a note that are looked up together.
LONGEST_CONTEXT = 4
#: Share of pitches that the song does not have, together.
UNSEEN_SHARE = 0.02


class PitchStyle:
    """Probabilities of pitches that follow others, as in a song.

    Args:
        pitch: Pitches of the song in the order of their onsets, all on the keys of a piano.
        longest: Notes before a note that are looked up together.
    """

    def __init__(self, pitch: Int[np.ndarray, " note"], longest: int = LONGEST_CONTEXT) -> None:
        self.longest = longest
        every = np.arange(LOWEST, LOWEST + NUM_KEYS)
        classes = np.bincount(pitch % 12, minlength=12)[every % 12].astype(float)
        self._base = UNSEEN_SHARE / NUM_KEYS + (1 - UNSEEN_SHARE) * classes / max(classes.sum(), 1e-9)
        self._base /= self._base.sum()
        self._after: list[dict[tuple[int, ...], Counter[int]]] = [
            defaultdict(Counter) for _ in range(longest + 1)
        ]
        row = pitch.tolist()
        for note, each in enumerate(row):
            for order in range(min(note, longest) + 1):
                self._after[order][tuple(row[note - order : note])][each - LOWEST] += 1

    def next(self, before: tuple[int, ...]) -> Float[np.ndarray, " key"]:
        """Probability of each key as the next one.

        Args:
            before: Pitches that were played before it, the last ones of which count.

        Returns:
            Probabilities, none of which is 0.
        """
        share = self._base.copy()
        for order in range(min(len(before), self.longest) + 1):
            seen = self._after[order].get(before[len(before) - order :])
            if seen is None:
                break
            total = seen.total() + len(seen)
            share *= len(seen) / total
            share[list(seen)] += np.fromiter(seen.values(), float) / total
        return share


def style_of(song: Music) -> PitchStyle:
    """Style of all pitched tracks of a song.

    Args:
        song: A file, a phrase, or any other music that `symvae.read` takes.

    Returns:
        The style.

    Raises:
        MidiError: It has no notes for a piano, or cannot be read.
    """
    tracks = [track for track in load_any(song).tracks if not track.is_drum]
    onset, pitch = (
        np.concatenate([np.zeros(0, np.int64), *columns])
        for columns in ([each.onset_tick for each in tracks], [each.pitch for each in tracks])
    )
    pitch = pitch[np.lexsort((pitch, onset))]
    pitch = pitch[(pitch >= LOWEST) & (pitch < LOWEST + NUM_KEYS)]
    if not len(pitch):
        raise MidiError(f"{name_of(song)} has no notes to follow. Give a song with a pitched track.")
    return PitchStyle(pitch)
