"""Account of locks: what was kept, and the values that were not reached around it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from symvae.pipelines.version import Faded
from symvae.pipelines.words import counted
from symvae.system.faders.request import REACH, Fader

#: Distance from a value that counts as not reached, in standard deviations of the fader.
FAR = 0.25


class NotReached(NamedTuple):
    """A fader that missed its value in some versions."""

    fader: str
    versions: int
    """Versions in which it is farther away than `FAR`."""
    of: int
    """Versions that set it."""
    aimed: float
    """Mean of the values that these versions were to have."""
    achieved: float
    """Mean of the values that they have."""


def not_reached(faded: Sequence[Faded], faders: Mapping[str, Fader]) -> list[NotReached]:
    """Find the faders that missed their values where notes were exchanged.

    Args:
        faded: The versions.
        faders: Every fader of the model.

    Returns:
        One row for each such fader.
    """
    rows = []
    for name, fader in faders.items():
        far = FAR * (fader.high - fader.low) / (2 * REACH)
        asking = [each for each in faded if each.decoded and name in each.version.left]
        missed = [each for each in asking if abs(each.achieved[name] - each.aimed[name]) > far]
        if missed:
            aimed = sum(each.aimed[name] for each in missed) / len(missed)
            achieved = sum(each.achieved[name] for each in missed) / len(missed)
            rows.append(NotReached(name, len(missed), len(asking), aimed, achieved))
    return rows


def kept_in_words(kept: Sequence[str], missed: Sequence[NotReached]) -> list[str]:
    """Describe the locks.

    Args:
        kept: What was kept: words and tracks.
        missed: Faders that missed their values.

    Returns:
        A line for what was kept, and one for each value that was not reached beside it.
    """
    return [
        f"  kept note for note: {', '.join(kept)}",
        *(
            f"  {each.fader} not reached beside it in {each.versions} of {counted(each.of, 'version')}: "
            f"{each.achieved:.4g} instead of {each.aimed:.4g}"
            for each in missed
        ),
    ]
