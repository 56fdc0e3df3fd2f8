"""Notes left out or gathered, as starts of a search that lowers the number of notes or onsets of a phrase.

Single exchanges hardly lower either: an onset goes with the last of its notes only, and a note that goes
alone leaves a thinner chord. An arranger leaves out a step of the pattern in every bar.
"""

from collections.abc import Mapping

from symvae.music.arranging.pattern import onsets_of, with_onsets
from symvae.music.arranging.thinning import without_notes, without_onsets
from symvae.music.locks import Lock
from symvae.music.phrase import Phrase

#: Shares of the notes or onsets to lose with which starts are made.
SHARES = (0.25, 0.5, 0.75, 1.0, 1.25)


def surplus(phrase: Phrase, asked: Mapping[str, float]) -> dict[str, int]:
    """Count what a phrase has to lose.

    Args:
        phrase: The phrase.
        asked: Values by fader.

    Returns:
        The number of notes above what ``notes_per_bar`` asks for, and of onsets above ``rhythm_density``,
        where these are asked for and it is more than none.
    """
    grid = phrase.grid
    limits = {
        "notes_per_bar": (len(phrase), grid.bars),
        "rhythm_density": (onsets_of(phrase), grid.num_steps),
    }
    counts = {name: round(now - asked[name] * unit) for name, (now, unit) in limits.items() if name in asked}
    return {name: count for name, count in counts.items() if count > 0}


def thinned(lock: Lock, fewer: Mapping[str, int]) -> list[Phrase]:
    """Leave notes out of a phrase, more and more, and gather onsets.

    Args:
        lock: The phrase, and what of it stays.
        fewer: What it has to lose (`surplus`).

    Returns:
        Phrases that keep what is locked.
    """
    phrase = lock.source
    found = []
    for share in SHARES:
        if "notes_per_bar" in fewer:
            found.append(without_notes(phrase, round(share * fewer["notes_per_bar"]), lock.kept))
        if "rhythm_density" in fewer:
            count = round(share * fewer["rhythm_density"])
            found.append(without_onsets(phrase, count, lock.kept))
            found.append(with_onsets(phrase, onsets_of(phrase) - count, lock.kept))
    restored = [lock.restore(each).without_overlaps() for each in found]
    return [each for number, each in enumerate(restored) if each not in restored[:number]]
