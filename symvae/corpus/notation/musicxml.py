"""Parse MusicXML into written bars: of a part the first voice, of a chord the highest note.

Only the few elements that a melody needs are parsed: a chorale takes 5 ms this way and hundreds through a
full importer. Compressed files (.mxl) are zip archives with one score inside.
"""

import zipfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

from symvae.corpus.notation.bar import WrittenBar, WrittenNote, WrittenTune
from symvae.errors import CorpusError
from symvae.music.phrase import DEFAULT_TEMPO_QPM

_SEMITONE = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def read_musicxml(path: Path, part_name: str) -> WrittenTune | None:
    """Parse the first part whose name begins with ``part_name``; None if the score has none.

    Raises:
        CorpusError: For a file that is no MusicXML score.
    """
    return next(read_parts(path, part_name), None)


def read_parts(path: Path, *part_names: str) -> Iterator[WrittenTune]:
    """Parse the parts whose names begin with one of ``part_names``, in the order of the score.

    Raises:
        CorpusError: For a file that is no MusicXML score.
    """
    try:
        root = ElementTree.fromstring(_score_text(path))
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, StopIteration) as fault:
        raise CorpusError(f"{path.name} is no MusicXML score ({fault}). Export it again.") from fault
    beginnings = tuple(name.lower() for name in part_names)
    names = {p.get("id"): (p.findtext("part-name") or "").strip().lower() for p in root.iter("score-part")}
    title = (root.findtext("work/work-title") or root.findtext("movement-title") or path.stem).strip()
    for part in root.iter("part"):
        if names.get(part.get("id"), "").startswith(beginnings):
            yield _read_part(part, path.stem, title)


def _score_text(path: Path) -> bytes:
    if path.suffix != ".mxl":
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        names = (n for n in archive.namelist() if not n.startswith("META-INF"))
        return archive.read(next(n for n in names if n.endswith((".xml", ".musicxml"))))


def _read_part(part: ElementTree.Element, number: str, title: str) -> WrittenTune:
    bars: list[WrittenBar] = []
    metre: tuple[int, int] | None = None
    divisions, tempo_qpm = 1, 0.0
    endings: tuple[int, ...] = ()
    for measure in part.iter("measure"):
        bar = WrittenBar(metre, number=len(bars) + 1)
        first_voice = None
        for element in measure:
            if element.tag == "attributes":
                divisions = int(element.findtext("divisions") or divisions)
                if (beats := element.findtext("time/beats")) is not None:
                    metre = (int(beats), int(element.findtext("time/beat-type") or 4))
                    bar.metre = metre
            elif element.tag == "note":
                voice = element.findtext("voice")
                first_voice = first_voice or voice
                if voice == first_voice:
                    _read_note(element, divisions, bar)
            elif element.tag == "barline":
                endings = _read_barline(element, bar, endings)
            elif (sound := element if element.tag == "sound" else element.find("sound")) is not None:
                tempo_qpm = tempo_qpm or float(sound.get("tempo") or 0)
        if bar.notes:
            bars.append(bar)
    return WrittenTune(number, title, bars, tempo_qpm or DEFAULT_TEMPO_QPM)


def _read_note(element: ElementTree.Element, divisions: int, bar: WrittenBar) -> None:
    if element.find("grace") is not None or element.find("cue") is not None:
        return
    pitch = None
    if (place := element.find("pitch")) is not None:
        octave = int(place.findtext("octave") or 4)
        alter = round(float(place.findtext("alter") or 0))
        pitch = 12 * (octave + 1) + _SEMITONE[place.findtext("step") or "C"] + alter
    tied = any(tie.get("type") == "start" for tie in element.findall("tie"))
    if element.find("chord") is not None:
        if bar.notes and pitch is not None and pitch > (bar.notes[-1].pitch or 0):
            bar.notes[-1].pitch, bar.notes[-1].tied = pitch, tied
        return
    length_step = Fraction(4 * int(element.findtext("duration") or 0), divisions)
    in_tuplet = element.find("time-modification") is not None
    bar.notes.append(WrittenNote(pitch, length_step, tied, in_tuplet))


def _read_barline(element: ElementTree.Element, bar: WrittenBar, endings: tuple[int, ...]) -> tuple[int, ...]:
    if (repeat := element.find("repeat")) is not None:
        bar.opens_repeat = bar.opens_repeat or repeat.get("direction") == "forward"
        bar.closes_repeat = bar.closes_repeat or repeat.get("direction") == "backward"
    style = element.findtext("bar-style") or ""
    bar.ends_section = bar.ends_section or (element.get("location") != "left" and style.startswith("light-"))
    if (ending := element.find("ending")) is not None:
        if ending.get("type") == "start":
            numbers = (ending.get("number") or "1").replace(",", " ").split()
            endings = tuple(int(n) for n in numbers if n.isdigit())
            bar.endings = endings
        else:
            bar.endings = endings
            endings = ()
    elif endings:
        bar.endings = endings
    return endings
