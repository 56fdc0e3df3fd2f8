"""Notes of a file as they stand in it, before they are moved to the grid.

A phrase that returns token by token is still not the music of the file where its rhythm was moved, so results
are compared with both.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from symvae.music.arrangement import DRUMS, AnyPhrase
from symvae.music.bars import bar_lines
from symvae.music.grid import STEPS_PER_QUARTER
from symvae.music.reading import Reading
from symvae.music.song import Song
from symvae.music.timing import OFF_GRID_STEP


class FileNotes(NamedTuple):
    """Notes of a window in steps from its start, sorted by onset, then pitch."""

    onset_step: Float[np.ndarray, " note"]
    end_step: Float[np.ndarray, " note"]
    pitch: Int[np.ndarray, " note"]

    def __len__(self) -> int:
        return len(self.pitch)

    def are(self, phrase: AnyPhrase) -> bool:
        """Tell whether a phrase has these notes.

        Args:
            phrase: The phrase, from the same start.

        Returns:
            True if each note is there at its place, as long to a 128th note, and no other.
        """
        if len(self.pitch) != len(phrase):
            return False
        onset = phrase.onset_step + phrase.offset_step
        order = np.lexsort((phrase.pitch, onset))
        # An offset is rounded to a 120th of a step.
        return (
            np.array_equal(self.pitch, phrase.pitch[order])
            and np.allclose(self.onset_step, onset[order], rtol=0, atol=0.005 if phrase.is_drum else 1e-6)
            and (phrase.is_drum or np.allclose(self.end_step, phrase.end_step, rtol=0, atol=OFF_GRID_STEP))
        )

    def num_in(self, phrase: AnyPhrase) -> int:
        """Count the notes that a phrase has at their place.

        Args:
            phrase: The phrase, from the same start.

        Returns:
            Number of notes whose pitch starts in the phrase where they do, to a 128th note.
        """
        shift = np.abs(self.onset_step[:, None] - phrase.onset_step - phrase.offset_step)
        return int(((shift <= OFF_GRID_STEP) & (self.pitch[:, None] == phrase.pitch)).any(1).sum())


def file_notes(song: Song, reading: Reading) -> list[FileNotes]:
    """All notes of the tracks that were read, window by window.

    Args:
        song: The file's song.
        reading: Windows of the song.

    Returns:
        One for each window, with the notes that were dropped and those that sound into it.
    """
    if reading.parts:
        drums = DRUMS in reading.parts
        chosen = {track.index for track in reading.parts.values()}
        parts = [each for i, each in enumerate(song.tracks) if i in chosen or (drums and each.is_drum)]
    elif reading.track is not None:
        parts = [song.tracks[reading.track.index]]
    else:
        parts = [part for part in song.tracks if part.is_drum == reading.drums]
    columns = [np.concatenate(column) for column in zip(*(part.columns for part in parts), strict=True)]
    onset_tick, duration_tick, pitch, _ = columns or [np.empty(0, np.int64)] * 4
    step_tick = song.ticks_per_quarter / STEPS_PER_QUARTER
    lines = bar_lines(song)
    found = []
    for phrase, start_tick, end_bar in zip(reading.phrases, reading.start_tick, reading.end_bar, strict=True):
        onset = np.round((onset_tick - start_tick) / step_tick, 9)
        end = onset + duration_tick / step_tick
        end_tick = lines[min(end_bar, len(lines) - 1)]
        last_step = min(phrase.grid.num_steps, (end_tick - start_tick) / step_tick)
        heard = (onset >= -0.5) | (end > OFF_GRID_STEP)
        inside = np.flatnonzero(heard & (onset < last_step - 0.5))
        order = inside[np.lexsort((pitch[inside], onset[inside]))]
        found.append(FileNotes(onset[order], end[order], pitch[order]))
    return found
