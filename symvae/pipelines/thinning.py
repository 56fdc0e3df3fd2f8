"""Bars with more notes than their tokens hold: the notes that are removed are counted by bar."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from symvae.music.phrase import Phrase
from symvae.pipelines.fade_versions import step_ticks
from symvae.pipelines.intake import Intake
from symvae.pipelines.version import Version
from symvae.system.note_faders import FaderModel


class Thinned(NamedTuple):
    """Notes removed from a bar that has more than its tokens hold."""

    bar: int
    """Bar of the song, from 0."""
    notes: int


def thin_full_bars(
    intake: Intake, model: FaderModel, versions: Sequence[Version], lines: Sequence[int]
) -> tuple[list[Phrase], list[Thinned]]:
    """Remove the notes that a bar's tokens cannot hold.

    Args:
        intake: The song and its phrases.
        model: The model, whose tokenizer says how full a bar may be.
        versions: The faded phrases.
        lines: Bar lines of the song, in ticks.

    Returns:
        The phrase of each version, whole where nothing is decoded, and the notes removed from others by bar.
    """
    rows = sorted({version.row for version in versions if not version.is_performance})
    thinned = {row: model.tokenizer.fit(intake.phrases[row]) for row in rows}
    removed = []
    for row in rows:
        before, after, start = intake.phrases[row], thinned[row], intake.reading.start_bar[row]
        per_bar = before.grid.steps_per_bar
        counts = [
            np.bincount(each.onset_step // per_bar, minlength=before.grid.bars) for each in (before, after)
        ]
        for bar in np.flatnonzero(counts[0] - counts[1]).tolist():
            tick = lines[start] + bar * per_bar * step_ticks(intake.song)
            song_bar = int(np.searchsorted(lines, tick, side="right")) - 1
            removed.append(Thinned(song_bar, int((counts[0] - counts[1])[bar])))
    phrases = [(intake.phrases if version.is_performance else thinned)[version.row] for version in versions]
    return phrases, removed
