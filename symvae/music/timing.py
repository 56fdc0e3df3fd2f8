"""Timing: where notes lie between the beats of their file, and which rhythms sixteenths cannot notate.

All is read from the places of onsets within a quarter note, their phases.

**Beat.** Notes that were played to a beat gather at some phases; notes of a performance that was recorded
without one, as transcriptions are, fall anywhere. The measure is the Rayleigh statistic (Mardia and Jupp,
Directional statistics, Wiley 2000, section 6.3): the length of the mean vector of phases, which is 1 for
equal phases and near 0 for random ones. It is taken at 1 to 8, 12 and 16 cycles a quarter, so that triplets,
swing and quintuplets count as a beat, too. Random phases alone give about 1 / √n.

**Tuplets.** A mixture of normal distributions at the sixteenths and the sixths of a quarter, over a uniform
rest, fitted by expectation maximization (Dempster, Laird and Rubin, J. R. Stat. Soc. B 39, 1977). A place in
the score with a normal deviation is the likelihood of Cemgil, Desain and Kappen (Rhythm quantization for
transcription, Computer Music Journal 24(2), 2000). One deviation and one delay for all places keep unsteady
sixteenths from passing for triplets, as they would if each note went to its nearest place.

**Swing.** Place of the second of two notes in a quarter, or in an eighth: b / (1 + b) for the beat-upbeat
ratio b of Benadon (Slicing the beat, Ethnomusicology 50(1), 2006). Given only where it is consistent.

This module knows quarters and phases, and no songs, bars or pitches.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

#: A note farther from its step counts as off the grid: a 128th note, 16 ms at 120 qpm.
OFF_GRID_STEP = 0.125
#: Cycles a quarter at which a beat is looked for.
CYCLES = (*range(1, 9), 12, 16)
#: Onsets needed to tell that there is no beat.
BEAT_ONSETS = 48
#: Limit of the mean vector without a beat, a + b / √n for n onsets. The weakest drummer measured has .19.
BEAT_LIMIT = (0.15, 0.8)
#: Places of sixteenths, and of thirds and sixths that are no sixteenths, in quarters.
SIXTEENTHS, TRIPLETS = (0.0, 0.25, 0.5, 0.75), (1 / 6, 1 / 3, 2 / 3, 5 / 6)
#: Bins a quarter of the phases that the mixture is fitted to; thirds, fourths and fifths are whole bins.
BINS = 480
ITERATIONS = 60
#: Largest common deviation and delay of notes from their places, in quarters: 25 and 30 ms at 120 qpm.
MAX_DEVIATION, MAX_DELAY = 0.05, 0.06
#: Notes in pairs by swing: name, pairs a quarter.
SWUNG = {"eighths": 1, "sixteenths": 2}
#: Swing lies between straight and dotted notes.
LEAST_SWING, MOST_SWING = 0.54, 0.71
#: Pairs needed, the share of pairs needed, and how far from the median place, in pairs.
SWING_PAIRS, SWING_SHARE, SWING_REACH = 6, 0.7, 0.06


class Swing(NamedTuple):
    """Unequal pairs of notes."""

    position: float
    """Place of the second note of a pair: .5 is straight, .667 is the last note of a triplet."""
    unit: str
    """The notes in pairs: "eighths" or "sixteenths"."""


class Tuplets(NamedTuple):
    """Shares of notes that sixteenths do not notate, 0 to 1."""

    triplets: float
    """Share at thirds and sixths of a quarter."""
    other: float
    """Share at neither these, nor sixteenths, nor the place of swung notes: quintuplets, ornaments …"""


class Timing(NamedTuple):
    """Relation of notes to the sixteenth grid and to the beat of their file."""

    off_grid_share: float
    """Share of notes farther than `OFF_GRID_STEP` from their step, 0 to 1."""
    mean_shift_step: float
    """Mean absolute shift by quantization, in steps."""
    mean_shift_ms: float
    """The same in milliseconds."""
    triplet_share: float
    """Share of notes at thirds and sixths of a quarter; 0 without a beat."""
    other_share: float
    """Share at neither these nor sixteenths, as quintuplets are; 0 without a beat."""
    swing: Swing | None
    """None if the notes are straight, dotted or without a beat."""
    has_beat: bool | None
    """False if the notes of the song have no relation to its quarters; None if they are too few to tell."""

    def data(self) -> dict[str, Any]:
        """The measures as plain data."""
        return self._asdict() | {"swing": self.swing and self.swing._asdict()}


class Onsets(NamedTuple):
    """Notes of a reading, as `measure_timing` takes them."""

    quarter: Float[np.ndarray, " note"]
    """Start of each note before quantization, in quarters."""
    shift_step: Float[np.ndarray, " note"]
    """Absolute distance of each note from its step, in steps."""
    shift_ms: Float[np.ndarray, " note"]
    """The same in milliseconds."""
    ticks_per_quarter: int
    """Resolution of the file."""
    song_quarter: Float[np.ndarray, " onset"]
    """Distinct onsets of all tracks of the song, in quarters, which tell if there is a beat."""


def measure_timing(notes: Onsets) -> Timing:
    """Measure how a grid of sixteenths fits some notes of a song; 0 for no notes."""
    beat = has_beat(notes.song_quarter)
    if not len(notes.quarter):
        return Timing(0.0, 0.0, 0.0, 0.0, 0.0, None, beat)
    off_grid = float((notes.shift_step > OFF_GRID_STEP).mean())
    swing, tuplets = None, Tuplets(0.0, 0.0)
    if off_grid and beat is not False:
        swing = find_swing(notes.quarter)
        tuplets = find_tuplets(notes.quarter, notes.ticks_per_quarter, swing)
    shifts = float(notes.shift_step.mean()), float(notes.shift_ms.mean())
    return Timing(off_grid, *shifts, *tuplets, swing, beat)


def beat_length(onset_quarter: Float[np.ndarray, " onset"]) -> float:
    """Length of the mean vector of phases, the largest of all `CYCLES`: 0 for no beat, 1 for a clear one."""
    if not len(onset_quarter):
        return 0.0
    phase = onset_quarter % 1.0
    return max(float(np.abs(np.exp(2j * np.pi * cycles * phase).mean())) for cycles in CYCLES)


def has_beat(onset_quarter: Float[np.ndarray, " onset"]) -> bool | None:
    """Tell whether onsets have any relation to the quarters; None for too few to tell."""
    count = len(onset_quarter)
    if count < BEAT_ONSETS:
        return None
    least, for_chance = BEAT_LIMIT
    return beat_length(onset_quarter) >= least + for_chance / math.sqrt(count)


def find_swing(onset_quarter: Float[np.ndarray, " onset"]) -> Swing | None:
    """Swing of the eighths, else of the sixteenths; None if it is straight, or not consistent."""
    for unit, pairs in SWUNG.items():
        onset = np.sort(onset_quarter) * pairs
        pair = np.floor(onset + 0.15)  # a note played early belongs to the next beat
        place = onset - pair
        second = place > 0.2
        if not second.any():
            continue
        delay = np.median(place[~second]) if not second.all() else 0.0
        numbers, first = np.unique(pair[second], return_index=True)
        earliest = place[second][first]
        latest = place[second][np.append(first[1:], second.sum()) - 1]
        places = (earliest + latest)[latest - earliest < SWING_REACH] / 2 - delay
        if not len(places):
            continue
        median = float(np.median(places))
        near = int((np.abs(places - median) < SWING_REACH).sum())
        enough = near >= max(SWING_PAIRS, SWING_SHARE * len(numbers))
        if enough and LEAST_SWING < median < MOST_SWING:
            return Swing(median, unit)
    return None


def find_tuplets(
    onset_quarter: Float[np.ndarray, " note"], ticks_per_quarter: int, swing: Swing | None = None
) -> Tuplets:
    """Fit the mixture of sixteenths, triplets and anything else to the phases of notes.

    Args:
        onset_quarter: Start of each note, in quarters.
        ticks_per_quarter: Resolution of the file, by which all notes deviate.
        swing: Swing of the song, whose notes are not counted as other.

    Returns:
        Share of triplets, and of what is neither.
    """
    if not len(onset_quarter):
        return Tuplets(0.0, 0.0)
    bins = np.round((onset_quarter % 1.0) * BINS).astype(np.int64) % BINS
    used, count = np.unique(bins, return_counts=True)
    weight = (count / count.sum())[:, None]
    phase = used[:, None] / BINS
    center = np.array([*SIXTEENTHS, *TRIPLETS, *_swung_places(swing)])
    share = np.full(len(center) + 1, 1.0 / (len(center) + 1))
    least = max(1 / 128, 0.3 / ticks_per_quarter)
    deviation, delay = max(0.03, least), 0.0
    for _ in range(ITERATIONS):
        distance = (phase - center + 0.5) % 1.0 - 0.5
        density = np.exp(-0.5 * ((distance - delay) / deviation) ** 2) / (deviation * np.sqrt(2 * np.pi))
        joint = np.column_stack([density, np.ones(len(used))]) * share
        member = joint / joint.sum(1, keepdims=True) * weight
        share, near = member.sum(0), member[:, :-1]
        if near.sum() < 1e-9:
            break
        delay = float(np.clip((near * distance).sum() / near.sum(), -MAX_DELAY, MAX_DELAY))
        variance = (near * (distance - delay) ** 2).sum() / near.sum()
        deviation = max(least, min(MAX_DEVIATION, float(np.sqrt(variance))))
    return Tuplets(float(share[4:8].sum()), float(share[-1]))


def _swung_places(swing: Swing | None) -> list[float]:
    """Places of swung notes in a quarter, unless they are those of triplets."""
    if swing is None:
        return []
    pairs = SWUNG[swing.unit]
    places = [(pair + swing.position) / pairs for pair in range(pairs)]
    return [place for place in places if min(abs(place - third) for third in TRIPLETS) > 0.03]
