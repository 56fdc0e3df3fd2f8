"""Parse ABC: a tune book to its tunes, and a tune to a written score with one part for each voice.

The standard is ABC 2.1 (abcnotation.com). Read are the fields X T M L Q K V P, in the head, in the body and
inline, and the directives propagate-accidentals and MIDI program, channel and transpose. Chord symbols are
read and not played. Left out: words, ornaments, and grace notes, which are counted.
"""

import re
from typing import NamedTuple

from symvae.errors import MidiError
from symvae.music.io import limits
from symvae.music.io.programs import DRUM_CHANNEL, NUM_PROGRAMS
from symvae.music.io.score.abc_fields import metre_of, tempo_of, unit_quarter
from symvae.music.io.score.abc_key import key_signature
from symvae.music.io.score.abc_tokens import TOKEN
from symvae.music.io.score.abc_voice import Voice
from symvae.music.io.score.written import Part, WrittenScore, left_out, merged

_START = re.compile(r"(?m)^(?=X:)")
_BOOK_LINE = re.compile(r"(?m)^(?:%%|[IML]:).*")
_NUMBER_LINE = re.compile(r"(?m)^X:([^%\n]*)")
_TITLE_LINE = re.compile(r"(?m)^T:(.*)")
_KEY_LINE = re.compile(r"(?m)^K:")
_FIELD = re.compile(r"([A-Za-z]):(?![|:])\s*(.*)")
_DIRECTIVE = re.compile(r"%%\s*(\S+)\s*(.*)")
_MIDI = re.compile(r"(program|channel|transpose)\s+(?:\d{1,2}\s+)?(-?\d{1,3})\b")
_OCTAVE_CLEF = re.compile(r"(?:^|[\s=\"])(?:treble|alto|tenor|bass|[gcfGCF])\d?([+\-])(8|15)\b")
_SHIFT = re.compile(r"\b(transpose|octave)=\s*(-?\d{1,2})\b")
#: Characters of a title; the rest is cut.
_LONGEST_NAME = 400
_NAME = re.compile(r'\b(?:name|nm)="([^"]*)"')


class AbcTune(NamedTuple):
    """The text of one tune of a book."""

    number: str
    title: str
    text: str
    head: str
    """The lines before the first tune that hold for all tunes."""


def abc_tunes(text: str, where: str) -> list[AbcTune]:
    """Split a book into its tunes, which begin with the field X; a text without one is one tune.

    Args:
        text: Content of the file.
        where: The file in error messages.

    Returns:
        The tunes in order, not parsed yet.

    Raises:
        MidiError: There are more tunes than are read.
    """
    limits.TUNES.check(len(_START.findall(text)), where)
    first, *blocks = _START.split(text)
    if not blocks:
        return [_tune(text, "")]
    head = "\n".join(_BOOK_LINE.findall(first))
    # Each tune is read with the head of the book.
    limits.SCORE_MIB.check((len(text) + len(head) * len(blocks)) / limits.MIB, where)
    return [_tune(block, head) for block in blocks]


def _tune(text: str, head: str) -> AbcTune:
    key = _KEY_LINE.search(text)
    fields = text[: key.start()] if key else text
    number = _NUMBER_LINE.search(fields)
    titles = (title.partition("%")[0].strip() for title in _TITLE_LINE.findall(fields))
    return AbcTune(_name(number[1] if number else ""), _name(" / ".join(filter(None, titles))), text, head)


def _name(text: str) -> str:
    """A number or title, which messages show: printable, and cut where it is long."""
    return "".join(filter(str.isprintable, text[:_LONGEST_NAME])).strip()


def read_abc(tune: AbcTune, where: str) -> WrittenScore:
    """Parse a tune.

    Args:
        tune: The text.
        where: The file and tune in error messages.

    Returns:
        The tune as written, with the parts that have bars.

    Raises:
        MidiError: The tune has no key, or holds something that cannot be or is larger than is read.
    """
    return _Tune(where).read(tune)


class _Tune:
    """Parser of one tune: what the head says for all voices, and the voice that is written."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.head = Voice(where)
        self.voices: dict[str, Voice] = {}
        self.current: Voice | None = None
        self.in_head = True
        self.play_order = self.label = ""
        self.tempo = ""

    def read(self, tune: AbcTune) -> WrittenScore:
        limits.TUNE_TEXT.check(len(tune.text) + len(tune.head), self.where)
        in_text = after_blank = False
        for line in (*tune.head.splitlines(), *tune.text.splitlines()):
            if line.startswith(("%%begin", "%%end")):
                in_text = line.startswith("%%begin")
            elif not line.strip():
                after_blank = bool(self.voices)
            elif not in_text and not (after_blank and _is_prose(line)):
                self._line(line)
        if self.in_head:
            raise MidiError(f"{self.where} has no field K:, so no music begins. Add its key, such as K:C.")
        voices = list(self.voices.values())
        bars = merged([voice.finish() for voice in voices])
        return WrittenScore(
            tune.number,
            tune.title,
            [bar for bar in bars if not bar.is_blank or bar.closes_repeat],
            [_part(voice) for voice in voices],
            self.play_order,
        )

    @property
    def voice(self) -> Voice:
        """The voice that is written: the one that field V named last, or the only one."""
        if self.current is None and not self.in_head:
            self._voice("")
        return self.current or self.head

    def _line(self, line: str) -> None:
        if line.startswith("%%"):
            if found := _DIRECTIVE.match(line):
                self._directive(found[1], found[2])
            return
        if "%" in line:
            line = re.sub(r"(?<!\\)%.*", "", line)
        if found := _FIELD.match(line):
            self._field(found[1], found[2].strip())
        elif not self.in_head:
            for token in TOKEN.finditer(line):
                if token.lastgroup == "inline":
                    self._field(token["inline"][0], token["inline"][2:].strip())
                else:
                    self.voice.take(token)

    def _directive(self, name: str, value: str) -> None:
        if name == "propagate-accidentals" and value.strip() in ("not", "octave", "pitch"):
            self.voice.accidentals.propagate = value.strip()
        elif name == "MIDI" and (found := _MIDI.match(value)):
            setting, count = found[1], int(found[2])
            if setting == "program" and 0 <= count < NUM_PROGRAMS:
                self.voice.program = count
            elif setting == "channel":
                self.voice.is_drum = count == DRUM_CHANNEL + 1
            elif setting == "transpose":
                self.voice.shift = count

    def _field(self, name: str, value: str) -> None:
        if name in "VPKIQML":
            limits.FIELD_TEXT.check(len(value), self.where)
        if name == "V":
            self._voice(value)
        elif name == "P" and self.in_head:
            self.play_order = value
        elif name == "P" and value[:1].isalpha():
            self._label(value[0])
        elif name == "K":
            self._key(value)
        elif name == "I":
            setting, _, rest = value.replace("=", " ", 1).partition(" ")
            self._directive(setting, rest.strip())
        elif name == "Q" and self.in_head:
            self.tempo = value  # it may count unit lengths, which are settled by the field K
        elif name in "MLQ":
            voice = self.head if self.in_head else self.voice
            if name == "M":
                voice.set_metre(metre_of(value, self.where))
            elif name == "L":
                voice.unit = unit_quarter(value, self.where) or voice.unit
            elif (tempo_qpm := tempo_of(value, voice.unit_quarter, self.where)) is not None:
                voice.set_tempo(tempo_qpm)

    def _key(self, value: str) -> None:
        voice = self.head if self.in_head else self.voice
        key = key_signature(value)
        if key is not None:
            voice.accidentals.key = key
        _shift(voice, value)
        if self.in_head:
            head = self.head
            tempo_qpm = tempo_of(self.tempo, head.unit_quarter, self.where)
            for other in (head, *self.voices.values()):
                other.accidentals.key = head.accidentals.key
                other.unit, other.shift = head.unit, other.shift or head.shift
                other.set_metre(head.metre)
                if tempo_qpm is not None:
                    other.set_tempo(tempo_qpm)
            self.in_head = False

    def _label(self, label: str) -> None:
        """Begin a labeled part; a repeat without an opening sign does not go back beyond it."""
        if not self.voices:  # the first voice has not begun
            self.label = label
            return
        voice = next(iter(self.voices.values()))
        if not voice.bar.is_blank:
            voice.begin_bar()
        if len(voice.bars) > 1:
            voice.bars[-2].ends_section = True
        voice.bar.label = label

    def _voice(self, value: str) -> None:
        name = value.split(maxsplit=1)[0] if value else ""
        unnamed = self.voices.get("")
        if name and unnamed and len(self.voices) == len(unnamed.bars) == 1 and unnamed.bar.is_blank:
            self.voices = {name: unnamed}  # only fields stood before the first voice
            unnamed.name = name
        elif name not in self.voices:
            limits.TRACKS.check(len(self.voices) + 1, self.where)
            self.voices[name] = self.head.copy(len(self.voices), name)
            self.voices[name].bar.label, self.label = self.label, ""
        self.current = self.voices[name]
        if found := _NAME.search(value):
            self.current.name = found[1].replace("\\n", " ").strip()
        _shift(self.current, value)


def _is_prose(line: str) -> bool:
    """True for text after the empty line that ends a tune: neither a field nor music with bar lines."""
    return "|" not in line and not _FIELD.match(line)


def _shift(voice: Voice, text: str) -> None:
    """Transposition by a clef such as treble-8, and by the properties transpose and octave."""
    semitones = 0
    if found := _OCTAVE_CLEF.search(text):
        semitones += (12 if found[2] == "8" else 24) * (1 if found[1] == "+" else -1)
    for name, count in _SHIFT.findall(text):
        semitones += int(count) * (12 if name == "octave" else 1)
    if semitones or "clef=" in text or _SHIFT.search(text):
        voice.shift = semitones
    if re.search(r"\bperc\b", text):
        voice.is_drum = True


def _part(voice: Voice) -> Part:
    return Part(voice.name, voice.program, voice.is_drum, left_out(voice.num_grace, 0, voice.unread_chords))


def tunes_named(tunes: list[AbcTune], wanted: str | int) -> list[AbcTune]:
    """Find tunes by number or title.

    Args:
        tunes: Tunes of a book.
        wanted: A number, or a title or some words of it, in any case.

    Returns:
        The tune of that number; else those of that title; else those whose title has the words.
    """
    word = str(wanted).strip().lower()
    for finds in (
        lambda tune: word == tune.number.lower(),
        lambda tune: word in tune.title.lower().split(" / "),
        lambda tune: bool(word) and word in tune.title.lower(),
    ):
        if found := [tune for tune in tunes if finds(tune)]:
            return found
    return []
