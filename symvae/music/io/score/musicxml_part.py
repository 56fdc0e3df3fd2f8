"""Parse the measures of one part of MusicXML to written bars.

All voices and staves are read, at sounding pitch: what ``<transpose>`` says is added to the written pitch.
Tempo comes from ``<sound>``, else from ``<metronome>``. Grace notes and cue notes are counted.
"""

import re
from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element

from symvae.errors import MidiError
from symvae.music.io import limits
from symvae.music.io.score import signs
from symvae.music.io.score.abc_fields import checked_metre, endings_of, number, playable
from symvae.music.io.score.harmony import symbol_of
from symvae.music.io.score.written import Bar, Jump, Note

_SEMITONE = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_BEAT_QUARTER = {
    "maxima": 32.0,
    "long": 16.0,
    "breve": 8.0,
    "whole": 4.0,
    "half": 2.0,
    "quarter": 1.0,
    "eighth": 0.5,
    "16th": 0.25,
    "32nd": 0.125,
    "64th": 0.0625,
}
_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,6})?")
_FLOAT = re.compile(r"\s*[+-]?\d{1,9}(?:\.\d{0,12})?\s*")


class PartReader:
    """Parser state: what the next measure depends on.

    Args:
        where: The file in error messages.
        index: Number of the part, from 0.
        keys: MIDI key of each unpitched instrument.
        is_concert: The score is in concert pitch, so only octaves are transposed.
    """

    def __init__(self, where: str, index: int, keys: Mapping[str, int], *, is_concert: bool) -> None:
        self.where, self.index, self.keys, self.is_concert = where, index, keys, is_concert
        self.num_grace = self.num_cue = self.num_elements = self.unread_chords = 0
        self.bars: list[Bar] = []
        self.notes: list[Note] = []
        self.metre: tuple[int, int] | None = None
        self.divisions = 1.0
        self.shift: dict[int, int] = {}  # semitones, by staff; 0: all staves
        self.tempo_qpm: float | None = None
        self.ending: tuple[int, ...] = ()
        self.now = self.onset = 0.0  # in quarters from the start of the measure
        self.opens_next = False

    def read(self, measures: Iterable[Element]) -> list[Bar]:
        """Parse measures into bars."""
        for measure in measures:
            self.num_elements += len(measure)
            limits.WRITTEN_NOTES.check(self.num_elements, self.where)
            self.notes = []
            bar = Bar(
                self.metre,
                notes={self.index: self.notes},
                opens_repeat=self.opens_next,
                ending=self.ending,
                tempo_qpm=self.tempo_qpm,
            )
            self.bars.append(bar)
            self.now = self.onset = 0.0
            self.opens_next = False
            for element in measure:
                self._element(element, bar)
            bar.length_quarter = max(bar.length_quarter, self.now)
        return self.bars

    def _element(self, element: Element, bar: Bar) -> None:
        tag = element.tag
        if tag == "note":
            self._note(element, bar)
        elif tag == "backup":
            bar.length_quarter = max(bar.length_quarter, self.now)
            self.now = max(0.0, self.now - self._quarters(element.findtext("duration")))
        elif tag == "forward":
            self.now += self._quarters(element.findtext("duration"))
        elif tag == "attributes":
            self._attributes(element, bar)
        elif tag == "direction":
            self._direction(element, bar)
        elif tag == "harmony":
            self._harmony(element, bar)
        elif tag == "sound":
            self._sound(element, bar)
        elif tag == "barline":
            self._barline(element, bar)

    def _note(self, element: Element, bar: Bar) -> None:
        place = unpitched = duration = instrument = None
        staff = 1
        is_chord = tied = is_cue = is_rest = False
        ties: list[str | None] = []
        for child in element:
            tag = child.tag
            if tag == "pitch":
                place = child
            elif tag == "duration":
                duration = child.text
            elif tag == "chord":
                is_chord = True
            elif tag == "rest":
                is_rest = True
            elif tag == "tie":
                ties.append(child.get("type"))
            elif tag == "staff":
                staff = int(child.text or 1) if (child.text or "").strip() in _STAVES else 1
            elif tag == "grace":
                self.num_grace += 1
                return
            elif tag == "cue":
                is_cue = True
            elif tag == "unpitched":
                unpitched = child
            elif tag == "instrument":
                instrument = child.get("id")
            elif tag == "notations" and not ties:
                tied = any(mark.get("type") == "start" for mark in child.iterfind("tied"))
        tied = "start" in ties if ties else tied
        length = self._quarters(duration)
        if not is_chord:
            self.onset = self.now
            self.now += length
        if is_cue:
            self.num_cue += not is_rest
        elif length and place is not None:
            shift = self.shift.get(staff, self.shift.get(0, 0))
            self.notes.append(Note(self.onset, length, self._pitch(place) + shift, tied, staff))
        elif length and unpitched is not None:
            key = self.keys.get(instrument or "")
            if key is None:
                key = self._pitch(unpitched, "display-")
            self.notes.append(Note(self.onset, length, key, tied, staff, True))
        bar.length_quarter = max(bar.length_quarter, self.now, self.onset + length)

    def _pitch(self, element: Element, prefix: str = "") -> int:
        step = (element.findtext(f"{prefix}step") or "B").strip().upper()
        octave = int(self._float(element.findtext(f"{prefix}octave") or "4"))
        alter = round(self._float(element.findtext("alter") or "0"))
        return 12 * (octave + 1) + _SEMITONE.get(step, 11) + alter

    def _quarters(self, text: str | None) -> float:
        return max(0.0, self._float(text or "0")) / self.divisions

    def _float(self, text: str) -> float:
        if not _FLOAT.fullmatch(text):
            raise MidiError(
                f"{self.where} has {text.strip()[:20]!r} where a number belongs. Export it again."
            )
        return float(text)

    def _attributes(self, element: Element, bar: Bar) -> None:
        if (text := element.findtext("divisions")) is not None:
            self.divisions = self._float(text)
            if self.divisions <= 0:
                raise MidiError(f"{self.where} has {text} divisions per quarter note. Export it again.")
        if (time := element.find("time")) is not None:
            self.metre = self._time(time)
            if bar.is_blank and not self.now:
                bar.metre = self.metre
        for transpose in element.iterfind("transpose"):
            octaves = 12 * int(self._float(transpose.findtext("octave-change") or "0"))
            semitones = round(self._float(transpose.findtext("chromatic") or "0"))
            staff = transpose.get("number", "0")
            self.shift[int(staff) if staff in _STAVES else 0] = octaves + semitones * (not self.is_concert)

    def _time(self, time: Element) -> tuple[int, int] | None:
        """The metre; several fractions, as in 3/8 + 2/8, are one bar."""
        if time.find("senza-misura") is not None:
            return None
        beats = [child.text or "" for child in time if child.tag == "beats"]
        types = [child.text or "" for child in time if child.tag == "beat-type"]
        fractions = []
        for above, below in zip(beats, types, strict=False):
            limits.FIELD_TEXT.check(len(above), self.where)
            parts = [part.strip() for part in above.split("+")]
            if not all(part.isdecimal() for part in (*parts, below.strip())):
                raise MidiError(
                    f"{self.where} has an impossible metre, {above[:20]}/{below[:20]}. Correct it."
                )
            total = sum(number(part, self.where) for part in parts)
            fractions.append(checked_metre(total, number(below.strip(), self.where), self.where))
        if not fractions:
            return self.metre
        finest = max(below for _, below in fractions)
        return checked_metre(sum(above * finest // below for above, below in fractions), finest, self.where)

    def _direction(self, element: Element, bar: Bar) -> None:
        sound = element.find("sound")
        for child in element.iterfind("direction-type/*"):
            if child.tag == "words":
                signs.mark(bar, child.text or "", is_symbol=False)
            elif child.tag in ("segno", "coda"):
                signs.mark(bar, child.tag, is_symbol=True)
            elif child.tag == "metronome" and (sound is None or sound.get("tempo") is None):
                self._tempo(self._metronome(child), bar)
        if sound is not None:
            self._sound(sound, bar)

    def _harmony(self, element: Element, bar: Bar) -> None:
        symbol = symbol_of(element)
        if symbol is None:
            self.unread_chords += 1
            return
        offset = self._float(element.findtext("offset") or "0") / self.divisions
        shift = self.shift.get(1, self.shift.get(0, 0))
        bar.chords.append((max(0.0, self.now + offset), symbol.transposed(shift)))

    def _metronome(self, element: Element) -> float | None:
        found = _NUMBER.search((element.findtext("per-minute") or "")[:40])
        beat = _BEAT_QUARTER.get((element.findtext("beat-unit") or "").strip())
        if not found or beat is None:
            return None
        dots = sum(child.tag == "beat-unit-dot" for child in element)
        return float(found[0]) * beat * (2 - 0.5 ** min(dots, 4))

    def _sound(self, sound: Element, bar: Bar) -> None:
        if found := _NUMBER.match(sound.get("tempo", "")):
            self._tempo(float(found[0]), bar)
        if sound.get("dacapo") == "yes" or sound.get("dalsegno") is not None:
            bar.jump = Jump.DA_CAPO if sound.get("dacapo") == "yes" else Jump.DAL_SEGNO
            bar.jump_needs_fine = False
        bar.fine = bar.fine or sound.get("fine") is not None
        bar.segno = bar.segno or sound.get("segno") is not None
        bar.opens_repeat = bar.opens_repeat or sound.get("forward-repeat") == "yes"
        if sound.get("tocoda") is not None:
            bar.to_coda, bar.coda = True, False
        elif sound.get("coda") is not None:
            bar.coda, bar.to_coda = True, False

    def _tempo(self, tempo_qpm: float | None, bar: Bar) -> None:
        tempo_qpm = playable(tempo_qpm)
        if tempo_qpm is None:
            return
        self.tempo_qpm = tempo_qpm
        if self.now:
            bar.tempo_changes.append((self.now, tempo_qpm))
        else:
            bar.tempo_qpm = tempo_qpm

    def _barline(self, element: Element, bar: Bar) -> None:
        location = element.get("location", "right")
        for sign in ("segno", "coda"):
            if element.find(sign) is not None or element.get(sign) is not None:
                signs.mark(bar, sign, is_symbol=True)
        if location != "left":
            bar.ends_section = bar.ends_section or element.findtext("bar-style") == "light-heavy"
        ending = element.find("ending")
        if ending is not None and ending.get("type") == "start":
            self.ending = endings_of(ending.get("number") or "1", self.where) or (1,)
            bar.ending, bar.starts_ending = self.ending, True
        if (repeat := element.find("repeat")) is not None:
            self._repeat(repeat, bar, location)
        if ending is not None and ending.get("type") != "start":
            bar.ending = bar.ending or self.ending
            self.ending = ()

    def _repeat(self, repeat: Element, bar: Bar, location: str) -> None:
        if repeat.get("direction") == "forward":
            if location == "right":
                self.opens_next = True
            else:
                bar.opens_repeat = True
            return
        if location == "left" and len(self.bars) > 1:
            bar = self.bars[-2]
        text = repeat.get("times", "2")
        times = number(text, self.where) if text.isdecimal() else 2
        bar.closes_repeat = max(times, 1)
        bar.repeats_after_jump = repeat.get("after-jump") == "yes"
        self.ending = ()


#: Numbers of staves that are told apart.
_STAVES = frozenset(str(staff) for staff in range(1, 17))
