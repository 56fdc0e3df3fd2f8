"""Damaged and hostile MusicXML: valid scores with wild values, broken trees and entities."""

import numpy as np

from benchmarks.fuzzing.damage import damaged
from symvae.music.io.score_read import load_score_bytes

_NUMBERS = (
    "1",
    "2",
    "3",
    "4",
    "8",
    "0",
    "-1",
    "0.5",
    "1e9",
    "nan",
    "inf",
    "999999",
    "9" * 5000,
    "",
    "x",
    " 2 ",
)
_ENTITIES = (
    '<!DOCTYPE score-partwise [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    '<!DOCTYPE score-partwise [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 3.1 Partwise//EN" "http://localhost/p.dtd">',
)
_SOUNDS = ('dacapo="yes"', 'dalsegno="s"', 'segno="s"', 'coda="c"', 'tocoda="c"', 'fine="yes"', 'tempo="{}"')
_NAMES = ("Soprano", "Violin", "Clarinet in Bb", "", "Piano")


def mutated(rng: np.random.Generator) -> bytes:
    """Draw a MusicXML file.

    Args:
        rng: Source of the draws.

    Returns:
        Its bytes.
    """
    text = _score(rng)
    if rng.random() < 0.15:
        start = int(rng.integers(len(text)))
        part = text[start : start + int(rng.integers(1, 60))]
        text = text[:start] + part * int(rng.integers(2, 3_000)) + text[start:]
    encoding = ("utf-8", "utf-16", "latin-1")[int(rng.choice(3, p=(0.8, 0.1, 0.1)))]
    declared = (
        encoding if rng.random() < 0.97 else _pick(rng, ("ascii", "utf-32", "cp1252", "shift-jis", "x"))
    )
    data = f'<?xml version="1.0" encoding="{declared}"?>{text}'.encode(encoding, "replace")
    return damaged(data, rng) if rng.random() < 0.2 else data


def check(data: bytes) -> None:
    """Read a file.

    Args:
        data: Content of a MusicXML file.
    """
    load_score_bytes(data, ".musicxml", "fuzz.musicxml")


def _pick(rng: np.random.Generator, words: tuple[str, ...]) -> str:
    return words[int(rng.integers(len(words)))]


def _number(rng: np.random.Generator) -> str:
    return _pick(rng, _NUMBERS if rng.random() < 0.004 else _NUMBERS[:5])


def _score(rng: np.random.Generator) -> str:
    kind = _pick(rng, ("score-partwise",) * 8 + ("score-timewise", "opus"))
    doctype = _pick(rng, _ENTITIES) if rng.random() < 0.05 else ""
    num_parts, num_measures = int(rng.integers(1, 4)), int(rng.integers(0, 12))
    listed = "".join(
        f'<score-part id="P{i}"><part-name>{_pick(rng, _NAMES)}</part-name><midi-instrument id="I{i}">'
        f"<midi-channel>{_number(rng)}</midi-channel><midi-program>{_number(rng)}</midi-program>"
        f"</midi-instrument></score-part>"
        for i in range(num_parts)
    )
    parts = [[_measure(rng, row) for row in range(num_measures)] for _ in range(num_parts)]
    if kind == "score-timewise":
        rows = zip(*parts, strict=True)
        wrapped = ("".join(f'<part id="P{i}">{m}</part>' for i, m in enumerate(row)) for row in rows)
        body = "".join(f"<measure>{row}</measure>" for row in wrapped)
    else:
        body = "".join(
            f'<part id="P{i}">{"".join(f"<measure>{m}</measure>" for m in measures)}</part>'
            for i, measures in enumerate(parts)
        )
    return f"{doctype}<{kind}><part-list>{listed}</part-list>{body}</{kind}>"


def _measure(rng: np.random.Generator, row: int) -> str:
    found = [_attributes(rng)] if row == 0 or rng.random() < 0.1 else []
    if rng.random() < 0.15:
        found.append(f'<barline location="left">{_marks(rng, "forward")}</barline>')
    for _ in range(int(rng.integers(0, 8))):
        draw = rng.random()
        if draw < 0.8:
            found.append(_note(rng))
        elif draw < 0.9:
            found.append(f"<{_pick(rng, ('backup', 'forward'))}><duration>{_number(rng)}</duration></backup>")
            found[-1] = found[-1].replace("<forward>", "<backup>")
        else:
            sound = _pick(rng, _SOUNDS).format(_number(rng))
            words = f"<words>{_pick(rng, ('D.C. al Fine', 'Fine', 'To Coda', 'dolce'))}</words>"
            found.append(f"<direction><direction-type>{words}</direction-type><sound {sound}/></direction>")
    if rng.random() < 0.3:
        found.append(f'<barline location="right">{_marks(rng, "backward")}</barline>')
    return "".join(found)


def _marks(rng: np.random.Generator, direction: str) -> str:
    marks = ""
    if rng.random() < 0.3:
        kind = _pick(rng, ("start", "stop", "discontinue"))
        marks += (
            f'<ending number="{_pick(rng, ("1", "2", "1, 2", "1-3") * 9 + ("999", "x"))}" type="{kind}"/>'
        )
    return f'{marks}<repeat direction="{direction}" times="{_number(rng)}"/>'


def _attributes(rng: np.random.Generator) -> str:
    time = f"<beats>{_number(rng)}</beats><beat-type>{_pick(rng, ('4', '8', '2'))}</beat-type>"
    transpose = f"<transpose><chromatic>{_number(rng)}</chromatic></transpose>" if rng.random() < 0.3 else ""
    divisions = f"<divisions>{_number(rng)}</divisions>" if rng.random() < 0.9 else ""
    return f"<attributes>{divisions}<time>{time}</time>{transpose}</attributes>"


def _note(rng: np.random.Generator) -> str:
    octave = _pick(rng, ("3", "4", "5"))
    pitch = f"<pitch><step>{_pick(rng, tuple('CDEFGABX'))}</step><octave>{octave}</octave></pitch>"
    place = _pick(rng, (pitch, pitch, pitch, "<rest/>", "<unpitched/>", ""))
    extra = "".join(
        tag
        for tag in ("<chord/>", "<grace/>", "<cue/>", '<tie type="start"/>', "<staff>2</staff>")
        if rng.random() < 0.1
    )
    return f"<note>{extra}{place}<duration>{_number(rng)}</duration></note>"
