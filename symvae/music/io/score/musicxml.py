"""Parse MusicXML: the parts of a score, part-wise or time-wise, with their instruments.

The measures are parsed by `musicxml_part`. The format is MusicXML 4.0 (w3.org/2021/06/musicxml40).
"""

from typing import NamedTuple
from xml.etree.ElementTree import Element

from symvae.errors import MidiError
from symvae.music.io import limits
from symvae.music.io.programs import DRUM_CHANNEL, NUM_PROGRAMS
from symvae.music.io.score.file_text import xml_root
from symvae.music.io.score.instruments import program_named
from symvae.music.io.score.musicxml_part import PartReader
from symvae.music.io.score.written import Bar, Part, WrittenScore, left_out, merged

#: Characters of a title or name; the rest is cut.
_LONGEST_NAME = 400


class _Instruments(NamedTuple):
    """Entry of a part in the part list."""

    name: str
    program: int
    is_drum: bool
    keys: dict[str, int]
    """MIDI key of each unpitched instrument."""


def read_musicxml(data: bytes, where: str) -> WrittenScore:
    """Parse a score.

    Args:
        data: Content of the file, plain or packed (.mxl).
        where: The file in error messages.

    Returns:
        The score as written.

    Raises:
        MidiError: The file is no MusicXML score, or something in it cannot be or is larger than is read.
    """
    root = xml_root(data, where)
    kind = _local(root.tag)
    if kind not in ("score-partwise", "score-timewise"):
        raise MidiError(
            f"{where} is no MusicXML score: it is a {kind!r}. Export it as MusicXML, or give MIDI."
        )
    if "}" in root.tag:
        for element in root.iter():
            if isinstance(element.tag, str):
                element.tag = _local(element.tag)
    score_parts = root.findall("part-list/score-part")
    limits.TRACKS.check(len(score_parts), where)
    listed = {part.get("id", ""): _instruments(part) for part in score_parts}
    measures = _measures_of_parts(root, where)
    limits.TRACKS.check(len(measures), where)
    limits.WRITTEN_MEASURES.check(sum(map(len, measures.values())), where)
    is_concert = root.find("defaults/concert-score") is not None
    voices: list[list[Bar]] = []
    parts: list[Part] = []
    num_elements = 0
    for index, (part_id, written) in enumerate(measures.items()):
        limits.MEASURES.check(len(written), where)
        known = listed.get(part_id) or _Instruments("", 0, False, {})
        reader = PartReader(where, index, known.keys, is_concert=is_concert)
        voices.append(reader.read(written))
        num_elements += reader.num_elements
        limits.WRITTEN_NOTES.check(num_elements, where)
        parts.append(
            Part(
                known.name,
                known.program,
                known.is_drum,
                left_out(reader.num_grace, reader.num_cue, reader.unread_chords),
            )
        )
    return WrittenScore("", _title(root), _whole(merged(voices)), parts)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _measures_of_parts(root: Element, where: str) -> dict[str, list[Element]]:
    """The measures of each part, in the order of the score."""
    found: dict[str, list[Element]] = {}
    if root.tag == "score-partwise":
        for part in root.iterfind("part"):
            found.setdefault(part.get("id", ""), []).extend(part.iterfind("measure"))
        return found
    empty = Element("measure")
    for row, measure in enumerate(root.iterfind("measure")):
        limits.MEASURES.check(row + 1, where)
        for part in measure.iterfind("part"):
            bars = found.setdefault(part.get("id", ""), [])
            bars += [empty] * (row - len(bars))
            bars.append(part)
    return found


def _title(root: Element) -> str:
    title = root.findtext("work/work-title") or root.findtext("movement-title") or ""
    return " ".join(title[:_LONGEST_NAME].split())


def _instruments(listed: Element) -> _Instruments:
    name = " ".join((listed.findtext("part-name") or "")[:_LONGEST_NAME].split())
    program = next(
        (p for m in listed.iterfind("midi-instrument") if (p := _midi(m, "midi-program")) >= 0), None
    )
    if program is None or program >= NUM_PROGRAMS:
        texts = [
            listed.findtext(f"score-instrument/{tag}") for tag in ("instrument-sound", "instrument-name")
        ]
        named = (program_named(text) for text in (*texts, name) if text)
        program = next((number for number in named if number is not None), 0)
    channels = {_midi(m, "midi-channel") for m in listed.iterfind("midi-instrument")} - {-1}
    keys = {
        m.get("id", ""): key
        for m in listed.iterfind("midi-instrument")
        if (key := _midi(m, "midi-unpitched")) >= 0
    }
    return _Instruments(name, program, channels == {DRUM_CHANNEL}, keys)


def _midi(instrument: Element, tag: str) -> int:
    """A number of MIDI counted from 0; -1 if it is missing."""
    text = (instrument.findtext(tag) or "").strip()
    return int(text) - 1 if text.isdecimal() and len(text) < 4 else -1


def _whole(bars: list[Bar]) -> list[Bar]:
    """Give a measure without notes or rests the length of its metre."""
    for number, bar in enumerate(bars, 1):
        bar.number = number
        if bar.is_blank:
            bar.length_quarter = bar.full_quarter or 4.0
    return bars
