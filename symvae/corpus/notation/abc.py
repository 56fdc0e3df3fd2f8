"""Parse ABC text into written bars, by one regular expression over the body of a tune.

Parsed: notes, accidentals (which hold to the end of the bar, in their octave), rests, broken rhythm, tuplets,
ties, chords (the highest note is the melody), bar lines, repeats, endings, and the fields M L K Q V inside
the body. Ignored: grace notes, ornaments, words, chord symbols, and all voices but the first. The standard
is ABC 2.1 (abcnotation.com).

Lengths stay exact; this module knows no grid.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from symvae.corpus.notation.bar import WrittenBar, WrittenNote, WrittenTune
from symvae.corpus.notation.key import key_signature
from symvae.music.phrase import DEFAULT_TEMPO_QPM

_FIELD = re.compile(r"([A-Za-z]):(?![|:])\s*(.*)")
_TOKEN = re.compile(
    r"""
    (?P<skip> "[^"]*" | ![^!|\s]*! | \{[^}]*\} | y\d* )
  | \[(?P<inline>[A-Za-z]):(?P<value>[^\]]*)\]
  | (?P<bar> :*(?:\[\||\|)\|*\]?:* | ::+ ) (?:\s*\[?(?P<after>\d(?:[,\-]\d)*))?
  | \[(?P<ending>\d(?:[,\-]\d)*)
  | \((?P<tuplet>\d)(?::(?P<into>\d?)(?::(?P<count>\d?))?)?
  | \[(?P<chord>[^\]|:]*)\](?P<chord_length>[\d/]*)\s*(?P<chord_tie>-?)
  | (?P<sign>\^\^?|__?|=)?(?P<letter>[A-Ga-g])(?P<octave>[,']*)(?P<length>[\d/]*)(?P<tie>\s*-)?
  | (?P<rest>[zx])(?P<rest_length>[\d/]*)
  | Z(?P<rest_bars>\d*)
  | (?P<broken>>+|<+)
  | (?P<overlay>&)
    """,
    re.VERBOSE,
)
_CHORD_NOTE = re.compile(r"(\^\^?|__?|=)?([A-Ga-g])([,']*)([\d/]*)(-?)")
_SIGNS = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}
_SEMITONE = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_QPM = re.compile(r"(\d+)/(\d+)\s*=\s*(\d+(?:\.\d+)?)")


def read_abc(text: str) -> Iterator[WrittenTune]:
    """Parse each tune of an ABC file, in order."""
    for block in re.split(r"(?m)^(?=X:)", text)[1:]:
        yield _Reader().read(block)


def read_length(text: str) -> Fraction:
    """Parse the length after a note: "" 1, "3" 3, "/" 1/2, "//" 1/4, "3/2", "/4"."""
    if "/" not in text:
        return Fraction(int(text)) if text else Fraction(1)
    above, _, below = text.partition("/")
    length = Fraction(int(above or 1))
    if below.strip("/"):
        return length / int(below.strip("/"))
    return length / 2 ** text.count("/")


@dataclass
class _Reader:
    """Parser state: all that the length and pitch of the next note depend on."""

    metre: tuple[int, int] | None = None
    unit_step: Fraction | None = None
    key: dict[str, int] = field(default_factory=dict)
    tempo: str = ""
    voice: str = ""
    first_voice: str = ""
    in_bar: dict[tuple[str, int], int] = field(default_factory=dict)
    bars: list[WrittenBar] = field(default_factory=list)
    tuplet_left: int = 0
    tuplet_ratio: Fraction = Fraction(1)
    broken: Fraction = Fraction(1)
    endings: tuple[int, ...] = ()

    def read(self, block: str) -> WrittenTune:
        number, titles, in_header = "", [], True
        for line in block.splitlines():
            line = re.sub(r"(?<!\\)%.*", "", line).rstrip()
            found = _FIELD.match(line)
            if found:
                name, value = found.groups()
                if name == "X" and in_header:
                    number = value
                elif name == "T" and in_header:
                    titles.append(value)
                else:
                    self._field(name, value)
                in_header = in_header and name != "K"
            elif line.strip() and not in_header:
                self._line(line)
        bars = [bar for bar in self.bars if bar.notes or bar.closes_repeat]
        for count, bar in enumerate(bars, 1):
            bar.number = count
        return WrittenTune(number, " / ".join(titles), bars, self._tempo_qpm())

    def _field(self, name: str, value: str) -> None:
        if name == "M":
            self.metre = _metre(value)
            if self.bars and not self.bars[-1].notes:
                self.bars[-1].metre = self.metre
        elif name == "L" and (found := re.match(r"(\d+)/(\d+)", value)):
            self.unit_step = Fraction(16 * int(found[1]), int(found[2]))
        elif name == "K":
            self.key = key_signature(value)
            if "M:" not in value and self.unit_step is None:
                self.unit_step = self._default_unit()
        elif name == "Q" and not self.tempo:
            self.tempo = value
        elif name == "V":
            self.voice = value.split()[0] if value.split() else ""
            self.first_voice = self.first_voice or self.voice

    def _default_unit(self) -> Fraction:
        """An eighth, or a sixteenth in metres below 3/4 (ABC 2.1, section 3.1.7), in sixteenths."""
        small = self.metre is not None and Fraction(*self.metre) < Fraction(3, 4)
        return Fraction(1) if small else Fraction(2)

    def _tempo_qpm(self) -> float:
        """Tempo of the field Q in quarter notes a minute; a bare number counts unit lengths (ABC 2.1)."""
        if found := _QPM.search(self.tempo):
            return float(Fraction(4 * int(found[1]), int(found[2])) * Fraction(found[3])) or DEFAULT_TEMPO_QPM
        if found := re.fullmatch(r"\s*(\d+)\s*", self.tempo):
            return float(int(found[1]) * (self.unit_step or 2) / 4) or DEFAULT_TEMPO_QPM
        return DEFAULT_TEMPO_QPM

    def _bar(self) -> WrittenBar:
        if not self.bars:
            self.bars.append(WrittenBar(self.metre))
        return self.bars[-1]

    def _line(self, line: str) -> None:
        for token in _TOKEN.finditer(line):
            kind = token.lastgroup
            if token["inline"]:
                self._field(token["inline"], token["value"])
            elif self.voice != self.first_voice or token["skip"] is not None:
                continue
            elif token["bar"]:
                self._bar_line(token["bar"], token["after"])
            elif token["ending"]:
                self._ending(token["ending"])
            elif token["tuplet"]:
                self._tuplet(int(token["tuplet"]), token["into"], token["count"])
            elif token["letter"]:
                pitch = self._pitch(token["sign"], token["letter"], token["octave"])
                self._note(pitch, read_length(token["length"]), token["tie"] is not None)
            elif token["chord"]:
                self._chord(token["chord"], read_length(token["chord_length"]), bool(token["chord_tie"]))
            elif token["rest"]:
                self._note(None, read_length(token["rest_length"]), False)
            elif token["broken"]:
                self._broken(token["broken"])
            elif token["rest_bars"] is not None and self.metre is not None:
                for _ in range(int(token["rest_bars"] or 1)):
                    self._bar().notes.append(WrittenNote(None, Fraction(16 * self.metre[0], self.metre[1])))
                    self._bar_line("|", None)
            elif kind == "overlay":
                self._bar().problem = "a second voice within the bar"

    def _bar_line(self, sign: str, ending: str | None) -> None:
        bar = self._bar()
        closes, opens = sign.startswith(":"), sign.endswith(":")
        ends = closes or "||" in sign or "]" in sign or "[" in sign
        self.in_bar = {}
        if not bar.notes and not bar.closes_repeat:
            bar.opens_repeat = bar.opens_repeat or opens
            if len(self.bars) > 1:
                before = self.bars[-2]
                before.closes_repeat = before.closes_repeat or closes
                before.ends_section = before.ends_section or ends
        else:
            bar.closes_repeat, bar.ends_section = closes, ends
            bar = WrittenBar(self.metre, opens_repeat=opens)
            self.bars.append(bar)
        if ends or opens:
            self.endings = ()
        bar.endings = self.endings
        if ending:
            self._ending(ending)

    def _ending(self, text: str) -> None:
        """Open a bracket. In the middle of a bar it cuts the bar in two; `measures` joins them again."""
        low_high = [part.split("-") for part in text.split(",")]
        self.endings = tuple(n for part in low_high for n in range(int(part[0]), int(part[-1]) + 1))
        if self._bar().notes:
            self.bars.append(WrittenBar(self.metre))
        self._bar().endings = self.endings

    def _tuplet(self, notes: int, into: str | None, count: str | None) -> None:
        compound = self.metre is not None and self.metre[0] in (6, 9, 12)
        usual = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}.get(notes, 3 if compound else 2)
        self.tuplet_ratio = Fraction(int(into) if into else usual, notes)
        self.tuplet_left = int(count) if count else notes

    def _pitch(self, sign: str | None, letter: str, octave: str) -> int:
        height = octave.count("'") - octave.count(",") + letter.islower()
        place = (letter.upper(), height)
        if sign:
            self.in_bar[place] = _SIGNS[sign]
        alter = self.in_bar.get(place, self.key.get(letter.upper(), 0))
        return 60 + 12 * height + _SEMITONE[letter.upper()] + alter

    def _note(self, pitch: int | None, length: Fraction, tied: bool) -> None:
        length_step = length * (self.unit_step or 2) * self.broken
        self.broken = Fraction(1)
        in_tuplet = self.tuplet_left > 0
        if in_tuplet:
            length_step *= self.tuplet_ratio
            self.tuplet_left -= 1
        self._bar().notes.append(WrittenNote(pitch, length_step, tied, in_tuplet))

    def _chord(self, text: str, length: Fraction, tied: bool) -> None:
        notes = [
            (self._pitch(sign, letter, octave), read_length(own), bool(tie))
            for sign, letter, octave, own, tie in _CHORD_NOTE.findall(text)
        ]
        if notes:
            pitch, own, tie = max(notes)
            self._note(pitch, length * own, tied or tie)

    def _broken(self, sign: str) -> None:
        """Broken rhythm a>b: the first note gains what the second loses; >> and >>> go further."""
        notes = self._bar().notes
        if not notes:
            return
        short = Fraction(1, 2 ** len(sign))
        first, self.broken = (2 - short, short) if sign[0] == ">" else (short, 2 - short)
        notes[-1].length_step *= first


def _metre(text: str) -> tuple[int, int] | None:
    text = text.strip()
    if text.startswith("C|"):
        return (2, 2)
    if text.startswith("C"):
        return (4, 4)
    found = re.match(r"(\d+)/(\d+)", text)
    return (int(found[1]), int(found[2])) if found else None
