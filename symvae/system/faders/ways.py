"""Ways to move a fader: by an exact edit of the notes that are there, or through z, for what needs new music.

Loudness, lengths, transposition and tempo need no new note. The sum of durations of one line is a matter of
articulation, too; with chords it is not, since longer notes would sound into other chords.
"""

from collections.abc import Collection, Iterable
from enum import Enum

from symvae.errors import ConfigError
from symvae.system.faders.performance import LOUDNESS, TEMPO
from symvae.system.faders.request import AROUSAL
from symvae.tokens.tokenizer import Tokenizer

REGISTER = "register"
#: Faders that lengths move, of all music and of a single line.
ARTICULATION, LINE_DENSITY = "articulation", "note_density"
_EXACT = frozenset({TEMPO, LOUDNESS, ARTICULATION, REGISTER})


class Via(Enum):
    """The way that a user asks for."""

    AUTO = "auto"
    """Exact edits where there are any, z for the rest."""
    NOTES = "notes"
    """Exact edits alone."""
    LATENT = "latent"
    """Through z; tempo and loudness, where nothing else is asked for, are set all the same."""


def via_of(name: str) -> Via:
    """The way of a name.

    Raises:
        ConfigError: There is no such way.
    """
    try:
        return Via(name)
    except ValueError:
        raise ConfigError(f"The way is auto, notes or latent, not {name!r:.40}.") from None


def has_exact_edit(fader: str, *, polyphonic: bool) -> bool:
    """True if a fader moves by an edit of the notes that are there."""
    return fader in _EXACT or (fader == LINE_DENSITY and not polyphonic)


def arranged_faders(faders: Collection[str], tokenizer: Tokenizer) -> frozenset[str]:
    """Faders that are arranged on the notes and add new ones: arousal of drums and of polyphonic music.

    Args:
        faders: All faders of a model.
        tokenizer: Its tokenizer.

    Returns:
        Their names.
    """
    arranges = tokenizer.drums or tokenizer.polyphonic
    return frozenset({AROUSAL.name} & set(faders)) if arranges else frozenset()


def exact_faders(
    names: Iterable[str], via: Via, *, polyphonic: bool, arranged: Collection[str] = ()
) -> frozenset[str]:
    """Choose the faders that are moved by exact edits.

    Args:
        names: Faders that are set.
        via: The way that the user asks for.
        polyphonic: The music has chords.
        arranged: Faders that are arranged on the notes, which "notes" allows as well.

    Returns:
        Their names.

    Raises:
        ConfigError: Exact edits alone are asked for, and a fader has none.
    """
    names = list(names)
    exact = frozenset(name for name in names if has_exact_edit(name, polyphonic=polyphonic))
    if via is Via.LATENT:
        return frozenset()
    others = [name for name in names if name not in exact and name not in arranged]
    if via is Via.NOTES and others:
        raise ConfigError(
            f"{', '.join(others)} cannot be set on the notes alone: new notes are needed. "
            "Use the way auto or latent."
        )
    return exact
