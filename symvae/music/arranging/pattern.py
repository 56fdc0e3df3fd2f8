"""Pattern of an accompaniment, made denser or sparser: the number of onsets of a phrase without its melody.

Denser: the steps of the bar that have no onset are filled, the metrically strongest first, the same ones in
every bar. New notes are tones of the chord, in the scale of the phrase where one is left, broken upward and
downward between bass and melody. None starts a semitone or a minor ninth from one that sounds, and none
repeats a pitch that has just sounded where another is left.

Sparser: onsets on the metrically weakest steps go first. Their notes gather with those of the stronger step
before, so a broken chord becomes a chord; a note that would clash there goes, and one whose pitch sounds
there, or up to there, makes that note last longer.

The melody keeps every note, and so does what else is to be kept.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int

from symvae.music.arranging.texture import PITCHES, chords, clashes, meets_clash, sounding, texture_of
from symvae.music.diatonic import scale_of
from symvae.music.metrical_weight import metrical_weight
from symvae.music.phrase import Phrase

#: Lowest new note, and the least room for new notes below the melody, in semitones.
LOWEST, ROOM = 36, 24
#: How much softer than its bar a new note is on a step of the least weight; none on a beat.
SOFTER = 6


class _New(NamedTuple):
    onset: int
    duration: int
    pitch: int
    velocity: int


def onsets_of(phrase: Phrase) -> int:
    """Number of steps at which a note starts."""
    return len(np.unique(phrase.onset_step))


def with_onsets(phrase: Phrase, count: int, kept: Bool[np.ndarray, " note"] | None = None) -> Phrase:
    """Make the pattern denser or sparser.

    Args:
        phrase: The phrase.
        count: Number of steps at which a note should start.
        kept: Notes that stay beside those of the melody.

    Returns:
        The phrase with about as many, as far as its chords and its melody allow.
    """
    present = onsets_of(phrase)
    if not len(phrase) or count == present:
        return phrase
    if count > present:
        return _denser(phrase, count - present)
    return _sparser(phrase, present - count, np.zeros(len(phrase), bool) if kept is None else kept)


def _denser(phrase: Phrase, more: int) -> Phrase:
    grid, per_bar = phrase.grid, phrase.grid.steps_per_bar
    texture = texture_of(phrase)
    chord = chords(phrase, texture.melody)
    struck = np.zeros(grid.num_steps, bool)
    struck[phrase.onset_step] = True
    free = ~struck & chord.any(axis=1)
    weight = metrical_weight(grid)
    order = np.lexsort((-np.arange(per_bar), -weight))  # the strongest first, of equals the last in the bar
    at = free.reshape(grid.bars, per_bar)[:, order].sum(axis=0).cumsum()
    positions = order[: int(np.abs(at - more).argmin()) + 1] if at[0] < 2 * more else order[:0]
    steps = np.flatnonzero(free & np.isin(np.arange(grid.num_steps) % per_bar, positions))
    starts = np.append(np.union1d(steps, phrase.onset_step), grid.num_steps)
    sounds, low, scale = texture.sounds.copy(), _floor(phrase), scale_of(phrase)
    new: list[_New] = []
    pitch, rising, bar = 0, True, -1
    for step in steps.tolist():
        if step // per_bar != bar:
            bar, pitch, rising = step // per_bar, 0, True
        end = int(starts[np.searchsorted(starts, step, side="right")])
        top = int(texture.top[step])
        high = top if top < PITCHES else int(phrase.pitch.max()) + 1
        span = np.arange(LOWEST, high)
        span = span[chord[step, span % 12] & ~clashes(span, sounds[step])]
        fresh = span[~sounds[max(0, step - 1) : end + 1, span].any(axis=0)]
        allowed = fresh[fresh >= min(low[bar], high - ROOM)]
        if scale[allowed % 12].any():
            allowed = allowed[scale[allowed % 12]]
        if not len(allowed):
            allowed = fresh if len(fresh) else span[~sounds[step:end, span].any(axis=0)]
        if not len(allowed):
            continue
        onward = allowed[allowed > pitch] if rising else allowed[allowed < pitch]
        if not len(onward):
            rising = not rising
            onward = allowed[allowed > pitch] if rising else allowed[allowed < pitch]
        pitch = int((onward[0] if rising else onward[-1]) if len(onward) else allowed[0])
        softer = round(SOFTER * max(0, 3 - int(weight[step % per_bar])) / 2)
        new.append(_New(step, end - step, pitch, max(1, _loudness(phrase, bar) - softer)))
        sounds[step:end, pitch] = True
    if not new:
        return phrase
    columns = zip(phrase.columns, np.array(new).T, strict=True)
    return phrase.with_notes(*(np.concatenate(pair) for pair in columns))


def _sparser(phrase: Phrase, fewer: int, kept: Bool[np.ndarray, " note"]) -> Phrase:
    grid, per_bar = phrase.grid, phrase.grid.steps_per_bar
    melody = texture_of(phrase).melody | kept
    weight = metrical_weight(grid)
    sung = np.zeros(grid.num_steps, bool)
    sung[phrase.onset_step[melody]] = True
    struck = np.zeros(grid.num_steps, bool)
    struck[phrase.onset_step] = True
    free = struck & ~sung & (np.arange(grid.num_steps) % per_bar > 0)
    order = np.lexsort((-np.arange(per_bar), weight))  # the weakest first, of equals the last in the bar
    at = free.reshape(grid.bars, per_bar)[:, order].sum(axis=0).cumsum()
    positions = order[: int(np.abs(at - fewer).argmin()) + 1] if at[-1] else order[:0]
    going = np.flatnonzero(free & np.isin(np.arange(grid.num_steps) % per_bar, positions))
    stay = np.setdiff1d(np.flatnonzero(struck), going)
    onset, duration, pitch, velocity = (column.copy() for column in phrase.columns)
    end, keep = onset + duration, np.ones(len(phrase), bool)
    sounds = sounding(phrase)
    for row in np.flatnonzero(np.isin(onset, going) & ~melody).tolist():
        step = int(onset[row])
        before = int(np.searchsorted(stay, step)) - 1
        home = int(stay[before]) if before >= 0 else -1
        if home // per_bar != step // per_bar:
            continue
        tone = int(pitch[row])
        sings = bool(sounds[max(0, home - 1) : home + 1, tone].any())
        clear = not sounds[home:step, tone].any() and not meets_clash(tone, sounds[home : end[row]])
        if clear and not sings:
            onset[row] = home
            sounds[home : end[row], tone] = True
            continue
        keep[row] = False
        if sings:  # the note that sounds there, or up to there, lasts longer instead
            rows = np.flatnonzero((pitch == tone) & (onset <= home) & (end >= home) & keep & ~melody)
            if len(rows) and end[row] > (last := int(end[rows[-1]])):
                between = sounds[last : end[row]]
                if not sounds[last:step, tone].any() and not meets_clash(tone, between):
                    end[rows[-1]] = end[row]
                    between[:, tone] = True
    return phrase.with_notes(onset[keep], (end - onset)[keep], pitch[keep], velocity[keep]).without_overlaps()


def _floor(phrase: Phrase) -> Int[np.ndarray, " bar"]:
    """Lowest pitch of each bar; of the phrase where a bar is silent."""
    low = np.full(phrase.grid.bars, phrase.pitch.min())
    bar = phrase.onset_step // phrase.grid.steps_per_bar
    for number in np.unique(bar).tolist():
        low[number] = phrase.pitch[bar == number].min()
    return low


def _loudness(phrase: Phrase, bar: int) -> int:
    """Median velocity of the notes that start in a bar; of the phrase if none does."""
    inside = phrase.onset_step // phrase.grid.steps_per_bar == bar
    return int(np.median(phrase.velocity[inside] if inside.any() else phrase.velocity))
