"""Parse the fields M, L and Q of ABC, lengths of notes, and numbers of endings.

Every number is checked before it is converted, so that no text, however long, takes time or memory.
"""

import re

from symvae.errors import MidiError
from symvae.music.io import limits
from symvae.music.io.validate import DENOMINATORS

_METRE = re.compile(r"\(?\s*(\d+(?:\s*\+\s*\d+)*)\s*\)?\s*/\s*(\d+)")
_FRACTION = re.compile(r"(\d+)\s*/\s*(\d+)")
_BEATS = re.compile(r"((?:\d+\s*/\s*\d+\s*)+)=\s*(\d+(?:\.\d+)?)")
_UNITS = re.compile(r"(?:C\s*(\d*)\s*=\s*)?(\d+(?:\.\d+)?)\s*")
_QUOTED = re.compile(r'"([^"]*)"')
#: Quarter notes a minute of the usual words, where a tempo has no number.
TEMPO_WORDS = {
    "largo": 56.0,
    "larghetto": 66.0,
    "adagio": 60.0,
    "lento": 60.0,
    "andante": 88.0,
    "andantino": 96.0,
    "moderato": 104.0,
    "allegretto": 112.0,
    "allegro": 120.0,
    "vivace": 168.0,
    "vivo": 180.0,
    "presto": 192.0,
    "prestissimo": 208.0,
}


def number(text: str, where: str) -> int:
    """Convert digits.

    Raises:
        MidiError: There are more digits than any number of a score has.
    """
    limits.DIGITS.check(len(text), where)
    return int(text)


def metre_of(text: str, where: str) -> tuple[int, int] | None:
    """Parse the field M, such as "6/8", "C|" or "2+3/8"; None for free metre.

    Raises:
        MidiError: There is no such bar.
    """
    text = text.strip()
    if text.startswith("C|"):
        return (2, 2)
    if text.startswith("C"):
        return (4, 4)
    found = _METRE.match(text)
    if not found:
        return None
    beats = sum(number(part.strip(), where) for part in found[1].split("+"))
    return checked_metre(beats, number(found[2], where), where)


def checked_metre(beats: int, beat_type: int, where: str) -> tuple[int, int]:
    """The metre, if there is such a bar.

    Args:
        beats: Beats a bar.
        beat_type: Note value of a beat, 4 for a quarter.
        where: The file in error messages.

    Returns:
        Both numbers.

    Raises:
        MidiError: The bar is empty or longer than is read, or there is no such note value.
    """
    limits.NUMERATOR.check(beats, where)
    if beats < 1 or beat_type not in DENOMINATORS:
        raise MidiError(f"{where} has an impossible metre, {beats}/{beat_type}. Correct the time signature.")
    return beats, beat_type


def unit_quarter(text: str, where: str) -> float | None:
    """Parse the field L, the unit length, in quarter notes; None for text that states none.

    Raises:
        MidiError: The length is 0 or a fraction of 0.
    """
    found = _FRACTION.match(text.strip())
    if not found:
        return 4.0 if text.strip() == "1" else None
    return 4 * _fraction(found[1], found[2], where)


def _fraction(above: str, below: str, where: str) -> float:
    top, bottom = number(above, where), number(below, where)
    if not top or not bottom:
        raise MidiError(f"{where} has a length of {top}/{bottom}. Correct it.")
    return top / bottom


def length_of(text: str, where: str) -> float:
    """Parse the length after a note: "" 1, "3" 3, "/" 1/2, "//" 1/4, "3/2", "/4".

    Raises:
        MidiError: The length is 0, or its text is longer than is read.
    """
    above, slash, rest = text.partition("/")
    below = rest.strip("/")
    length = float(number(above or "1", where))
    if below:
        return length * _fraction("1", below.partition("/")[0], where)
    if slash:
        limits.DIGITS.check(len(rest) + 1, where)
        length /= 2 ** (len(rest) + 1)
    if not length:
        raise MidiError(f"{where} has a note of length 0. Correct it.")
    return length


def tempo_of(text: str, unit: float, where: str) -> float | None:
    """Parse the field Q: "1/4=120", "3/8 1/4=50", "C3=60", "120", '"Allegro"' and mixtures with text.

    Args:
        text: The field.
        unit: Unit length in quarter notes; a bare number counts these.
        where: The file in error messages.

    Returns:
        Quarter notes a minute; None where the field states no tempo.

    Raises:
        MidiError: The tempo counts a note of length 0.
    """
    words = " ".join(_QUOTED.findall(text)).lower()
    text = _QUOTED.sub(" ", text).strip()
    tempo_qpm = None
    if found := _BEATS.search(text):
        beats = sum(_fraction(above, below, where) for above, below in _FRACTION.findall(found[1]))
        tempo_qpm = 4 * beats * _decimal(found[2], where)
    elif found := _UNITS.fullmatch(text):
        tempo_qpm = unit * number(found[1] or "1", where) * _decimal(found[2], where)
    else:
        word = next(
            (word for word in re.findall(r"[a-z]+", words or text.lower()) if word in TEMPO_WORDS), ""
        )
        tempo_qpm = TEMPO_WORDS.get(word)
    return playable(tempo_qpm)


def playable(tempo_qpm: float | None) -> float | None:
    """The tempo, or None if MIDI cannot hold it."""
    return tempo_qpm if tempo_qpm is not None and 4 <= tempo_qpm <= 10_000 else None


def _decimal(text: str, where: str) -> float:
    limits.DIGITS.check(len(text.partition(".")[0]), where)
    limits.DIGITS.check(len(text.partition(".")[2]), where)
    return float(text)


def endings_of(text: str, where: str) -> tuple[int, ...]:
    """Parse the numbers of an ending: "1", "1,3", "1-3", "1. 2.".

    Raises:
        MidiError: A number is higher, or their text is longer than is read.
    """
    limits.FIELD_TEXT.check(len(text), where)
    found: set[int] = set()
    for first, last in re.findall(r"(\d+)(?:\.?\s*-\s*(\d+))?", text):
        low, high = number(first, where), number(last or first, where)
        limits.ENDING.check(max(low, high), where)
        found.update(range(low, high + 1))
    return tuple(sorted(found - {0}))
