"""Key signatures of ABC: "Gmix", "F#m", "A Minor", "Hp" → which letters are sharp or flat."""

import re

_SHARPS = "FCGDAEB"
#: Sharps of the major key on each letter.
_MAJOR = {"C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5, "F": -1}
#: How many sharps a mode has more than the major key on the same note.
_MODES = {"maj": 0, "lyd": 1, "mix": -1, "dor": -2, "min": -3, "m": -3, "aeo": -3, "phr": -4, "loc": -5}
_KEY = re.compile(r"\s*([A-G])\s*([#b]?)\s*([A-Za-z]*)(.*)")
_EXTRA = re.compile(r"(\^\^?|__?|=)([A-Ga-g])")
_SIGNS = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}


def key_signature(text: str) -> dict[str, int]:
    """Letter → semitones. ``none``, an empty field and Highland pipes ("HP") have no sign we add.

    Explicit accidentals after the key ("K:D =c") are added to it. Pipers write no sharps and
    play f and c sharp, so "Hp" reads as D.
    """
    if text.strip().lower().startswith("hp"):
        return {"F": 1, "C": 1}
    match = _KEY.match(text)
    if not match:
        return _explicit(text)
    tonic, sign, mode, rest = match.groups()
    known = mode.lower() if mode.lower() == "m" else mode[:3].lower()
    sharps = _MAJOR[tonic] + {"#": 7, "b": -7, "": 0}[sign] + _MODES.get(known, 0)
    letters = _SHARPS[:sharps] if sharps > 0 else _SHARPS[::-1][:-sharps]
    return {letter: (1 if sharps > 0 else -1) for letter in letters} | _explicit(rest)


def _explicit(text: str) -> dict[str, int]:
    return {letter.upper(): _SIGNS[sign] for sign, letter in _EXTRA.findall(text)}
