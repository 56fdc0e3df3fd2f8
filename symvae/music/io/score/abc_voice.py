"""One voice of an ABC tune: tokens of its music lines to written bars.

Parsed: notes, accidentals, rests, chords, broken rhythm, tuplets, ties, overlays (&), bar lines, repeats,
endings, signs of form, and chord symbols. Grace notes are counted. Slurs and ornaments make no note.
"""

import re
from dataclasses import dataclass, field, replace

from symvae.errors import MidiError
from symvae.music.chord_symbols import is_like_a_symbol, parse_symbol
from symvae.music.io import limits
from symvae.music.io.score import signs
from symvae.music.io.score.abc_fields import endings_of, length_of, number
from symvae.music.io.score.abc_pitch import Accidentals, Spelled
from symvae.music.io.score.abc_tokens import NOTE
from symvae.music.io.score.written import Bar, Note

_GRACE_NOTE = re.compile(r"[A-Ga-g]")
_LETTER_SYMBOLS = {"S": "segno", "O": "coda"}
#: ">>>" halves three times; more signs have no meaning.
_MOST_BROKEN = 3


@dataclass
class Voice:
    """Parser state: all that the length and pitch of the next note depend on."""

    where: str
    metre: tuple[int, int] | None = None
    unit: float | None = None
    shift: int = 0
    """Semitones from the written to the sounding pitch."""
    accidentals: Accidentals = field(default_factory=Accidentals)
    tempo_qpm: float | None = None
    name: str = ""
    program: int = 0
    is_drum: bool = False
    index: int = 0
    """Number of the voice in its tune, from 0."""
    num_notes: list[int] = field(default_factory=lambda: [0])
    """Count of the notes of all voices, which share it."""
    num_grace: int = 0
    unread_chords: int = 0
    """Texts that look like chord symbols and are none that is understood."""
    bars: list[Bar] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lengths: dict[str, float] = {}
        self._now = 0.0  # position in the bar, in quarters
        self._last: tuple[int, float, float] | None = None  # row, start and length of the last note or rest
        self._last_heads: list[tuple[Spelled, float]] = []
        self._chord: list[tuple[Spelled, float]] | None = None
        self._chord_tied = False
        self._factor = 1.0  # of broken rhythm, for the next note
        self._tuplet = (1.0, 0)  # factor, and notes left
        self._ending: tuple[int, ...] = ()
        self.begin_bar()

    def copy(self, index: int, name: str) -> "Voice":
        """Another voice that begins as this one does."""
        accidentals = Accidentals(self.accidentals.key, self.accidentals.propagate)
        return replace(self, index=index, name=name, accidentals=accidentals, bars=[])

    @property
    def bar(self) -> Bar:
        """The bar being written."""
        return self.bars[-1]

    @property
    def unit_quarter(self) -> float:
        """Unit length in quarters: an eighth, or a sixteenth in metres below 3/4 (ABC 2.1, 3.1.7)."""
        if self.unit is None:
            self.unit = 0.25 if self.metre and self.metre[0] / self.metre[1] < 0.75 else 0.5
        return self.unit

    def set_metre(self, metre: tuple[int, int] | None) -> None:
        """Change the metre from this bar on, or from the next if this one has begun."""
        self.metre = metre
        if self.bar.is_blank:
            self.bar.metre = metre

    def set_tempo(self, tempo_qpm: float) -> None:
        """Change the tempo from here on."""
        self.tempo_qpm = tempo_qpm
        if self.bar.is_blank:
            self.bar.tempo_qpm = tempo_qpm
        else:
            self.bar.tempo_changes.append((self._now, tempo_qpm))

    def take(self, token: re.Match[str]) -> None:
        """Read one token of a music line."""
        kind = token.lastgroup
        if kind == "note":
            self._note(token)
        elif kind == "bar":
            self._bar_line(token["line"].replace(".", ""), token["after"])
        elif kind == "rest":
            self._add([], self._length(token["rest_length"]))
        elif kind == "tie":
            self._tie()
        elif kind == "broken":
            self._broken(token["broken"])
        elif kind == "chord":
            self._chord = []
        elif kind == "chord_end":
            self._end_chord(token["chord_end"])
        elif kind == "old_chord":
            self._chord = []
            for note in NOTE.finditer(token["old_chord"]):
                self._note(note)
            self._end_chord("")
        elif kind == "text":
            self._text(token["text"])
        elif kind == "symbol":
            signs.mark(self.bar, token["symbol"], is_symbol=True)
        elif kind == "letter_symbol":
            signs.mark(self.bar, _LETTER_SYMBOLS[token["letter_symbol"]], is_symbol=True)
        elif kind == "grace":
            self.num_grace += len(_GRACE_NOTE.findall(token["grace"]))
        elif kind == "tuplet":
            self._start_tuplet(token["tuplet"])
        elif kind == "ending":
            self._start_ending(token["ending"])
        elif kind == "rest_bars":
            self._rest_bars(token["rest_bars"][1:])
        elif kind == "overlay":
            self._now, self._last = 0.0, None

    def finish(self) -> list[Bar]:
        """The bars, without the empty ones at the ends of lines."""
        self._end_chord("")
        if len(self.bars) > 1 and self.bar.is_blank:  # signs after the last bar line
            last = self.bars.pop()
            before = self.bars[-1]
            before.jump, before.jump_needs_fine = before.jump or last.jump, last.jump_needs_fine
            before.fine = before.fine or last.fine
        for count, bar in enumerate(self.bars, 1):
            bar.number = count
        return self.bars

    def _text(self, text: str) -> None:
        """Read a text in quotes: a chord symbol, or a sign of form."""
        if (symbol := parse_symbol(text)) is not None:
            self.bar.chords.append((self._now, symbol.transposed(self.shift)))
            return
        signs.mark(self.bar, text, is_symbol=False)
        self.unread_chords += is_like_a_symbol(text)

    def _length(self, text: str) -> float:
        length = self._lengths.get(text)
        if length is None:
            length = self._lengths[text] = length_of(text, self.where)
        return length * self.unit_quarter

    def _note(self, token: re.Match[str]) -> None:
        head = (self.accidentals.spell(token), self._length(token["length"]))
        if self._chord is None:
            self._add([head], head[1])
        else:
            self._chord.append(head)

    def _end_chord(self, length: str) -> None:
        if not self._chord:
            self._chord = None
            return
        heads, self._chord = self._chord, None
        scale = self._length(length) / self.unit_quarter
        self._add(heads, heads[0][1] * scale)
        if self._chord_tied:
            self._chord_tied = False
            self._tie()

    def _add(self, heads: list[tuple[Spelled, float]], length: float) -> None:
        """Add a note, a chord, which lasts as long as its first note, or a rest, which has no heads."""
        written = heads[0][1] if heads else length
        length *= self._factor
        self._factor = 1.0
        factor, left = self._tuplet
        if left:
            length *= factor
            self._tuplet = (factor, left - 1)
        self.num_notes[0] += len(heads)
        limits.WRITTEN_NOTES.check(self.num_notes[0], self.where)
        notes = self.bar.notes[self.index]
        self._last, self._last_heads = (len(notes), self._now, length), heads
        for spelled, own in heads:
            scaled = length if own == written else length * own / written
            notes.append(Note(self._now, scaled, spelled.pitch + self.shift, False, 1, self.is_drum))
        self.accidentals.end_tie()
        self._advance(self._now + length)

    def _advance(self, now: float) -> None:
        self._now = now
        self.bar.length_quarter = max(self.bar.length_quarter, now)

    def _tie(self) -> None:
        if self._chord is not None:
            self._chord_tied = True
            return
        if self._last is None:
            return
        notes, first = self.bar.notes[self.index], self._last[0]
        if first == len(notes) or notes[first].tied:  # a rest, or a second sign
            return
        for row in range(first, len(notes)):
            notes[row] = notes[row]._replace(tied=True)
        self.accidentals.tie(spelled for spelled, _ in self._last_heads)

    def _broken(self, sign: str) -> None:
        """Broken rhythm a>b: the first note gains what the second loses; >> and >>> go further."""
        if self._last is None or self._factor != 1.0:  # one sign a note
            return
        short = 0.5 ** min(len(sign), _MOST_BROKEN)
        first, self._factor = (2 - short, short) if sign[0] == ">" else (short, 2 - short)
        row, start, length = self._last
        notes = self.bar.notes[self.index]
        for i in range(row, len(notes)):
            notes[i] = notes[i]._replace(duration_quarter=notes[i].duration_quarter * first)
        if self.bar.length_quarter == self._now:  # no overlay is longer
            self.bar.length_quarter = start
        self._last = (row, start, length * first)
        self._advance(start + length * first)

    def _start_tuplet(self, text: str) -> None:
        notes, into, count = (*text.split(":"), "", "")[:3]
        num_notes = number(notes, self.where)
        compound = self.metre is not None and self.metre[0] in (6, 9, 12)
        usual = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}.get(num_notes, 3 if compound else 2)
        time = number(into, self.where) if into else usual
        if not num_notes or not time:
            raise MidiError(
                f"{self.where} has a tuplet of {num_notes} notes in the time of {time}. Correct it."
            )
        self._tuplet = (time / num_notes, number(count, self.where) if count else num_notes)

    def _rest_bars(self, count: str) -> None:
        times = number(count or "1", self.where)
        limits.MEASURES.check(len(self.bars) + times, self.where)
        full = self.bar.full_quarter or 4.0
        for row in range(times):
            if row:
                self._bar_line("|", None)
            self._advance(full)
        self._last = None

    def begin_bar(self) -> None:
        """End the bar being written, without a sign."""
        limits.MEASURES.check(len(self.bars) + 1, self.where)
        self.bars.append(
            Bar(self.metre, notes={self.index: []}, ending=self._ending, tempo_qpm=self.tempo_qpm)
        )
        self._now, self._last = 0.0, None

    def _bar_line(self, sign: str, ending: str | None) -> None:
        if self._chord is not None:
            self._end_chord("")
        before = sign[: len(sign) - len(sign.lstrip(":"))]
        after = sign[len(sign.rstrip(":")) :]
        if not sign.strip(":"):  # "::" closes and opens
            before = after = sign[: len(sign) // 2]
        closes = len(before) + 1 if before else 0
        ends = bool(closes) or "||" in sign or "]" in sign or "[" in sign
        self.accidentals.end_bar()
        if self.bar.is_blank:
            # Nothing since the last line: the sign belongs to that one.
            closed = self.bars[-2] if len(self.bars) > 1 else None
            if closed is not None:
                closed.closes_repeat = max(closed.closes_repeat, closes)
                closed.ends_section = closed.ends_section or ends
        else:
            self.bar.closes_repeat, self.bar.ends_section = closes, ends
        if ends or after:
            self._ending = ()
        if self.bar.is_blank:
            self.bar.ending = self._ending
            self.bar.starts_ending = self.bar.starts_ending and bool(self._ending)
        else:
            self.begin_bar()
        self.bar.opens_repeat = self.bar.opens_repeat or bool(after)
        if ending:
            self._start_ending(ending)

    def _start_ending(self, text: str) -> None:
        """Open a bracket. In the middle of a bar it cuts the bar in two; the layout joins them again."""
        self._ending = endings_of(text, self.where)
        if not self.bar.is_blank:
            self.begin_bar()
        self.bar.ending, self.bar.starts_ending = self._ending, True
