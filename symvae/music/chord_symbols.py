"""Chord symbols of lead sheets, such as "F#m7b5" or "Bb/D": parsed to pitch classes, and written.

    parse_symbol("C-7")           root, tones above it and bass; None for text that is no chord symbol
    str(symbol)                   the usual spelling, "Cm7", which parses to the same tones
    parse_chart("C Am | F G")     the chords of each bar

Understood are triads, sixths, sevenths, ninths, elevenths and thirteenths, "sus", "add", "alt", "no3",
altered degrees as b5, #9 or -5, brackets, and the signs Δ, ø, °, + and -. A bass is one more tone. "N.C." is
no chord, and every pitch class is free under it. Of "G (Em)" the first is taken.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from symvae.errors import ConfigError

OCTAVE = 12
NO_CHORD = "N.C."
_NONE = re.compile(r"N\.? ?C\.?|NC|tacet", re.IGNORECASE)
_SYMBOL = re.compile(r"([A-G])([#♯b♭]{0,2})(.*?)(?:/\s*([A-G])([#♯b♭]{0,2}))?", re.DOTALL)
_LIKE = re.compile(r"[A-G][#♯b♭]?(?:$|[0-9(/°øΔ+-]|m(?![a-z]{3})|maj|min|dim|aug|sus|add)")
_ALTERNATIVE = re.compile(r"\s*\([A-G][^()]*\)$")
_LETTER = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_LONGEST = 32
#: Kinds of triads and sevenths: semitones of third, fifth and seventh.
_KINDS = {"major": (4, 7, 10), "minor": (3, 7, 10), "dim": (3, 6, 9), "hdim": (3, 6, 10), "aug": (4, 8, 10)}
_WORDS = {
    **dict.fromkeys(("minor", "min", "mi", "m", "-"), "minor"),
    **dict.fromkeys(("dim", "°", "o", "º"), "dim"),
    **dict.fromkeys(("hdim", "ø", "Ø"), "hdim"),
    **dict.fromkeys(("aug", "+"), "aug"),
}
_KIND = re.compile(r"minor|min|mi|m(?!a(?!dd))|-|dim|°|º|o(?=7)|hdim|ø|Ø|aug|\+(?!5|9|11|13)")
_DEGREE = {2: 14, 4: 17, 5: 7, 6: 9, 7: 10, 9: 14, 11: 17, 13: 21}
_TOKEN = re.compile(
    r"(?P<major>major|maj|Maj|MAJ|ma|Ma|M|Δ|△|\^|j)|(?P<sus>sus(?:[24](?!\d))?)|add\s*(?P<add>2|4|6|7|9|11|13)"
    r"|(?:no|omit)\s*(?P<omit>[35])|(?P<alt>alt)|(?P<sign>[b♭#♯+-])(?P<altered>5|6|9|11|13)"
    r"|(?P<sixth>6(?:/?9)?)|(?P<extended>7|9|11|13)|(?P<power>5)"
)
_STACKED = {7: (), 9: (14,), 11: (14, 17), 13: (14, 21)}
#: Usual spellings; the rest is written as it was typed.
_SPELLINGS: tuple[str, ...] = (
    "",
    "m",
    "7",
    "maj7",
    "m7",
    "dim",
    "dim7",
    "m7b5",
    "aug",
    "sus4",
    "sus2",
    "7sus4",
    "6",
    "m6",
)
_SPELLINGS += ("9", "maj9", "m9", "add9", "6/9", "mMaj7", "5", "13", "7b9", "7#9")
#: Words of MusicXML 4.0 for kinds, where the letters above do not stand for them.
MUSICXML_KINDS = {
    "major": "",
    "minor": "m",
    "augmented": "aug",
    "diminished": "dim",
    "dominant": "7",
    "major-seventh": "maj7",
    "minor-seventh": "m7",
    "diminished-seventh": "dim7",
    "augmented-seventh": "aug7",
    "half-diminished": "m7b5",
    "major-minor": "mMaj7",
    "major-sixth": "6",
    "minor-sixth": "m6",
    "dominant-ninth": "9",
    "major-ninth": "maj9",
    "minor-ninth": "m9",
    "dominant-11th": "11",
    "major-11th": "maj11",
    "minor-11th": "m11",
    "dominant-13th": "13",
    "major-13th": "maj13",
    "minor-13th": "m13",
    "suspended-second": "sus2",
    "suspended-fourth": "sus4",
    "power": "5",
    "pedal": "5",
}


class ChordSymbol(NamedTuple):
    """A chord by its root, the tones above it, and its bass."""

    root: int
    """Pitch class, 0 to 11; -1 for no chord."""
    quality: str
    """Letters after the root, such as "m7"."""
    tones: tuple[int, ...]
    """Semitones above the root, 0 to 11, ascending."""
    bass: int
    """Pitch class of the lowest tone: the root, unless a slash names another; -1 for no chord."""

    @property
    def pitch_classes(self) -> frozenset[int]:
        """The tones of the chord and its bass; all twelve for no chord."""
        if self.root < 0:
            return frozenset(range(OCTAVE))
        return frozenset({(self.root + tone) % OCTAVE for tone in self.tones} | {self.bass})

    def transposed(self, semitones: int) -> "ChordSymbol":
        """The chord some semitones higher."""
        if self.root < 0:
            return self
        root, bass = (self.root + semitones) % OCTAVE, (self.bass + semitones) % OCTAVE
        return self._replace(root=root, bass=bass)

    def __str__(self) -> str:
        if self.root < 0:
            return NO_CHORD
        bass = "" if self.bass == self.root else f"/{_NAMES[self.bass]}"
        return f"{_NAMES[self.root]}{self.quality}{bass}"


SILENT = ChordSymbol(-1, "", (), -1)


class ChordChange(NamedTuple):
    """A chord that holds from ``tick`` on, until the next."""

    tick: int
    symbol: ChordSymbol


@lru_cache(4096)
def parse_symbol(text: str) -> ChordSymbol | None:
    """Parse a chord symbol; None for text that is none."""
    text = _ALTERNATIVE.sub("", text.strip()[: _LONGEST + 1])
    if _NONE.fullmatch(text):
        return SILENT
    found = _SYMBOL.fullmatch(text)
    if not found or len(text) > _LONGEST:
        return None
    tones = quality_tones(found[3])
    if tones is None:
        return None
    root = _pitch_class(found[1], found[2])
    bass = _pitch_class(found[4], found[5]) if found[4] else root
    return ChordSymbol(root, _usual().get(tones, found[3].strip()), tones, bass)


def is_like_a_symbol(text: str) -> bool:
    """True for text that is written as a chord symbol, whether or not it is understood; false for words."""
    return bool(_LIKE.match(text.strip()))


@lru_cache(4096)
def quality_tones(quality: str) -> tuple[int, ...] | None:
    """Semitones above the root of a quality such as "m7b5", ascending from 0; None for text that is none."""
    text = re.sub(r"[\s(),]", "", quality)
    kind = _KIND.match(text)
    third, fifth, seventh = _KINDS[_WORDS[kind[0]] if kind else "major"]
    at = kind.end() if kind else 0
    tones: dict[str, int | None] = {"third": third, "fifth": fifth}
    more: set[int] = {10} if kind and _WORDS[kind[0]] == "hdim" else set()
    is_major_seventh = False
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            return None
        at = token.end()
        if token["major"]:
            is_major_seventh = True
            if token["major"] in "Δ△^" and at == len(text):
                more.add(11)
        elif token["extended"]:
            degree = int(token["extended"])
            more |= {11 if is_major_seventh else seventh, *_STACKED[degree]}
        elif token["power"]:
            if kind or at < len(text):
                return None
            tones["third"] = None
        elif not _add(token, tones, more):
            return None
    sounding = {0, *more, *(tone for tone in tones.values() if tone is not None)}
    return tuple(sorted({tone % OCTAVE for tone in sounding}))


def _add(token: "re.Match[str]", tones: dict[str, int | None], more: set[int]) -> bool:
    """Take one sign of a quality into its tones; False where it alters what is not altered."""
    if token["sus"]:
        tones["third"] = 2 if token["sus"] == "sus2" else 5
    elif token["add"]:
        more.add(_DEGREE[int(token["add"])])
    elif token["omit"]:
        tones["third" if token["omit"] == "3" else "fifth"] = None
    elif token["alt"]:
        tones["fifth"] = None
        more |= {10, 13, 15, 18, 20}
    elif token["sixth"]:
        more |= {9} if token["sixth"] == "6" else {9, 14}
    elif token["altered"]:
        by = -1 if token["sign"] in "b♭-" else 1
        degree = int(token["altered"])
        if degree == 5:
            tones["fifth"] = _DEGREE[5] + by
        else:
            more -= {_DEGREE[degree]}
            more.add(_DEGREE[degree] + by)
    else:
        return False
    return True


def _pitch_class(letter: str, signs: str) -> int:
    sharps = sum(sign in "#♯" for sign in signs)
    return (_LETTER[letter] + 2 * sharps - len(signs)) % OCTAVE


@lru_cache(1)
def _usual() -> dict[tuple[int, ...], str]:
    """The usual spelling of each set of tones."""
    return {tones: text for text in reversed(_SPELLINGS) if (tones := quality_tones(text)) is not None}


def parse_chart(text: str) -> list[tuple[ChordSymbol, ...]]:
    """Parse the chords of a user: "C Am F G" is one a bar.

    With "|" between bars, several chords of a bar have equal parts of it. "%" repeats the chord before it.

    Args:
        text: Chord symbols with spaces between them.

    Returns:
        The chords of each bar, at least one.

    Raises:
        ConfigError: A word is no chord symbol, or there is none.
    """
    cells = text.strip().strip("|").split("|") if "|" in text else text.split()
    bars: list[tuple[ChordSymbol, ...]] = []
    last: ChordSymbol | None = None
    for number, cell in enumerate(cells, 1):
        symbols = []
        for word in cell.split() or ["%"]:
            last = last if word == "%" else parse_symbol(word)
            if last is None:
                fault = (
                    f"{word!r:.40} in bar {number} of the chords is no chord symbol"
                    if word != "%"
                    else f"Bar {number} of the chords has none, and none stands before it"
                )
                raise ConfigError(f'{fault}. Write them as "C Am F G7", or "C | Am F | Bb/D".')
            symbols.append(last)
        bars.append(tuple(symbols))
    if not bars:
        raise ConfigError('There are no chords. Write them as "C Am F G7", or "C | Am F | Bb/D".')
    return bars


def chart_changes(bars: Sequence[Sequence[ChordSymbol]], bar_lines: Sequence[int]) -> tuple[ChordChange, ...]:
    """Place the chords of a chart on a song, from its first bar on, again and again to its end.

    Args:
        bars: Chords of each bar of the chart.
        bar_lines: Tick of every bar line of the song.

    Returns:
        Chords by tick; the chords of a bar have equal parts of it.
    """
    at: dict[int, ChordSymbol] = {}
    for number, (start, end) in enumerate(pairwise(bar_lines)):
        symbols = bars[number % len(bars)]
        for place, symbol in enumerate(symbols):
            at[start + (end - start) * place // len(symbols)] = symbol
    return changes_of(at)


def changes_of(symbols: Mapping[int, ChordSymbol]) -> tuple[ChordChange, ...]:
    """List the chords that differ from the one before, by ascending tick."""
    changes: list[ChordChange] = []
    for tick in sorted(symbols):
        if symbols[tick] != (changes[-1].symbol if changes else SILENT):
            changes.append(ChordChange(tick, symbols[tick]))
    return tuple(changes)


def chords_in_words(changes: Sequence[ChordChange], most: int = 8) -> str:
    """Write the first chords as "C Am F G …".

    Args:
        changes: Chords by tick.
        most: Number of chords that are written.

    Returns:
        Their symbols.
    """
    return " ".join([str(change.symbol) for change in changes[:most]] + ["…"] * (len(changes) > most))
