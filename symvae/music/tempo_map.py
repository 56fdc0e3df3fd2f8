"""Tempo map: one tempo for a span of a song, and the same change of tempo for the rest."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int, Num

from symvae.music.song import Song, TempoChange


class TempoSpan(NamedTuple):
    """One tempo from a tick to another."""

    start_tick: int
    end_tick: int
    """First tick after the span."""
    qpm: float


def with_tempos(song: Song, spans: Sequence[TempoSpan]) -> tuple[TempoChange, ...]:
    """The tempo map of a song with one tempo in each span; spans do not overlap."""
    if not spans:
        return song.tempos
    spans = sorted(spans)
    starts, ends = np.array([span.start_tick for span in spans]), np.array([span.end_tick for span in spans])
    under = inside(np.array([change.tick for change in song.tempos]), starts, ends)
    stays = [change for change, gone in zip(song.tempos, under, strict=True) if not gone]
    new = {span.start_tick: span.qpm for span in spans}
    changing = new.keys() | {change.tick for change in stays}
    after = [int(end) for end in ends if end not in changing and end < song.end_tick]
    new |= dict(zip(after, song.tempo_qpm_of(np.array(after, np.int64)).tolist(), strict=True))
    ordered = sorted([*stays, *(TempoChange(*row) for row in new.items())], key=lambda change: change.tick)
    return tuple(
        change
        for before, change in zip([None, *ordered], ordered, strict=False)
        if before is None or change.tick not in new or change.qpm != before.qpm
    )


def scaled(song: Song, start_tick: int, end_tick: int, ratio: float) -> list[TempoSpan]:
    """The tempos of a stretch of a song, each multiplied by one number.

    Args:
        song: The song.
        start_tick: First tick of the stretch.
        end_tick: First tick after it.
        ratio: New tempo over old tempo.

    Returns:
        One span for each tempo of the stretch.
    """
    changes = [change.tick for change in song.tempos if start_tick < change.tick < end_tick]
    lines = [start_tick, *changes, end_tick]
    tempos_qpm = song.tempo_qpm_of(np.array(lines[:-1], np.int64)) * ratio
    return [
        TempoSpan(start, end, round(float(qpm), 2))
        for start, end, qpm in zip(lines, lines[1:], tempos_qpm, strict=False)
    ]


def inside(
    tick: Num[np.ndarray, " event"], starts: Int[np.ndarray, " span"], ends: Int[np.ndarray, " span"]
) -> Bool[np.ndarray, " event"]:
    """Mask of the ticks inside of any span.

    Args:
        tick: Ticks.
        starts: First tick of each span, in time order; spans do not overlap.
        ends: First tick after each span.

    Returns:
        True inside.
    """
    span = np.searchsorted(starts, tick, side="right") - 1
    return (span >= 0) & (tick < ends[np.maximum(span, 0)]) if len(starts) else np.zeros(len(tick), bool)
