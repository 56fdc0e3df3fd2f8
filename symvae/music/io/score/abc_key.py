"""Parse the field K of ABC, "Gmix", "F#m", "A Minor", "Hp", into sharp and flat letters."""

import re

_SHARPS = "FCGDAEB"
#: Sharps of the major key on each letter.
_MAJOR = {"C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5, "F": -1}
#: Sharps of a mode relative to the major key on the same note.
_MODES = {
    "maj": 0,
    "ion": 0,
    "lyd": 1,
    "mix": -1,
    "dor": -2,
    "min": -3,
    "m": -3,
    "aeo": -3,
    "phr": -4,
    "loc": -5,
}
_KEY = re.compile(r"\s*([A-G])([#b]?)\s*([A-Za-z]*)(.*)")
_EXTRA = re.compile(r"(?:^|\s)(\^\^?|__?|=)([A-Ga-g])(?![A-Za-z])")
SIGNS = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}


def key_signature(text: str) -> dict[str, int] | None:
    """Parse the field K: altered letter → semitones; None where it states no key, only a clef.

    Explicit accidentals after the key ("K:D =c") are added to it; after "exp" they are all there is.
    Highland pipers write no sharps and play f and c sharp, so "HP" and "Hp" are read as D.
    """
    if text.strip().lower().startswith("hp"):
        return {"F": 1, "C": 1}
    if not text.strip() or text.strip().lower().startswith("none"):
        return {}
    match = _KEY.match(text)
    if not match:
        return _explicit(text) or None
    tonic, sign, mode, rest = match.groups()
    short = mode.lower() if mode.lower() == "m" else mode[:3].lower()
    if short == "exp":
        return _explicit(rest)
    sharps = _MAJOR[tonic] + {"#": 7, "b": -7, "": 0}[sign] + _MODES.get(short, 0)
    letters = (_SHARPS * 2)[:sharps] if sharps > 0 else (_SHARPS[::-1] * 2)[:-sharps]
    return {letter: letters.count(letter) * (1 if sharps > 0 else -1) for letter in letters} | _explicit(rest)


def _explicit(text: str) -> dict[str, int]:
    return {letter.upper(): SIGNS[sign] for sign, letter in _EXTRA.findall(text)}
