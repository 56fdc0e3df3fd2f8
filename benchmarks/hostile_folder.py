"""Prepare a folder of which a fifth is hostile to the same shards as the rest alone.

    python benchmarks/hostile_folder.py --good 800 --bad 200 --seed 0

The good files are random melodies, as MIDI and as ABC. The bad files are of the kinds in `HOSTILE`: numbers
that divide by zero or overflow, rests of a billion bars, repeats in repeats, entities that expand to
gigabytes, archives that unpack to gigabytes, XML of a hundred thousand levels, MIDI files that are cut off.
Each begins with a note below every keyboard, so that it is left out where its reader copes with it. Printed
are the reasons of all drops, and the time of both preparations; the exit status is 1 if any file of the
shards differs.
"""

import argparse
import io
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np

from symvae.corpus.guard.limits import FileLimits
from symvae.corpus.prepare import prepare
from symvae.corpus.sources.folder import folder
from symvae.music.grid import Grid
from symvae.music.io.midi_write import to_bytes
from symvae.music.phrase import Phrase

LOW = "C,,,,,"


def _abc(header: str, body: str) -> bytes:
    return f"X:1\nT:hostile\n{header}\nK:C\n{LOW} {body}|\n".encode()


def _xml(measures: str, head: str = "") -> bytes:
    low = "<note><pitch><step>C</step><octave>-1</octave></pitch><duration>4</duration></note>"
    return (
        f'<?xml version="1.0"?>{head}<score-partwise><part-list><score-part id="P"><part-name>hostile'
        '</part-name></score-part></part-list><part id="P"><measure><attributes><divisions>1</divisions>'
        "<time><beats>4</beats><beat-type>4</beat-type></time></attributes>"
        f"{low}</measure>{measures}</part></score-partwise>"
    ).encode()


def _repeats(depth: int) -> str:
    note = "<note><pitch><step>C</step><octave>4</octave></pitch><duration>4</duration></note>"
    opened = f'<measure><barline location="left"><repeat direction="forward"/></barline>{note}</measure>'
    closed = f'<measure>{note}<barline location="right"><repeat direction="backward"/></barline></measure>'
    return opened * depth + closed * depth


def _bomb(mebibytes: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("score.xml", bytes(mebibytes * 2**20))
    return packed.getvalue()


def _laughs(levels: int) -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, levels))
    head = f'<!DOCTYPE score-partwise [<!ENTITY e0 "ha">{entities}]>'
    return _xml(f"<measure>&e{levels - 1};</measure>", head)


def _cut(random: Random) -> bytes:
    whole = to_bytes(Phrase(Grid(4), np.arange(0, 64, 4), np.full(16, 4), np.full(16, 3)))
    return whole[: random.randrange(len(whole))]


#: Suffix and content of each kind of bad file.
HOSTILE: dict[str, tuple[str, Callable[[Random], bytes]]] = {
    "metre of nothing": ("abc", lambda r: _abc(f"M:{r.randint(1, 9)}/0", "C D E F")),
    "unit of nothing": ("abc", lambda r: _abc(f"M:4/4\nL:{r.randint(1, 9)}/0", "C D E F")),
    "tempo of nothing": ("abc", lambda r: _abc(f"M:4/4\nQ:{r.randint(1, 9)}/0=120", "C D E F")),
    "tuplet of nothing": ("abc", lambda r: _abc("M:4/4", "(0 C D E F")),
    "note of nothing": ("abc", lambda r: _abc("M:4/4", f"C/{'0' * r.randint(1, 9)} D E F")),
    "length of thousands of digits": ("abc", lambda r: _abc("M:4/4", f"C{'9' * r.randint(4000, 9000)} D")),
    "tempo of thousands of digits": ("abc", lambda r: _abc(f"M:4/4\nQ:{'9' * 5000}", "C D E F")),
    "rest of a billion bars": ("abc", lambda r: _abc("M:4/4", f"Z{r.randint(10**9, 10**12)}|C")),
    "endings to a billion": ("abc", lambda r: _abc("M:4/4", f"C4|[1-{10**9} D4:|")),
    "metre of a million beats": ("abc", lambda r: _abc(f"M:{10**6}/4", "C D E F")),
    "repeats in repeats": ("musicxml", lambda r: _xml(_repeats(r.randint(12, 30)))),
    "divisions of nothing": ("musicxml", lambda r: _xml("").replace(b"<divisions>1", b"<divisions>0")),
    "a hundred thousand levels": ("xml", lambda r: _xml("<a>" * 10**5 + "</a>" * 10**5)),
    "billion laughs": ("xml", lambda r: _laughs(r.randint(9, 12))),
    "archive that unpacks to a gigabyte": ("mxl", lambda r: _bomb(1100)),
    "no archive": ("mxl", lambda r: r.randbytes(100)),
    "cut off": ("mid", _cut),
    "nothing": ("mid", lambda r: b""),
    "noise": ("mid", lambda r: b"MThd\0\0\0\6\0\1\0\2\1\340MTrk\x7f\xff\xff\xff" + r.randbytes(500)),
}


def write_good(root: Path, count: int, seed: int) -> None:
    """Write random melodies into ``root``, every third as ABC."""
    root.mkdir(parents=True)
    for number in range(count):
        pitch = np.random.default_rng([seed, number]).integers(60, 73, 32)
        if number % 3:
            phrase = Phrase(Grid(4), np.arange(0, 64, 2), np.full(32, 2), pitch)
            (root / f"{number:04}.mid").write_bytes(to_bytes(phrase))
        else:
            names = ["CDEFGABcdefga"[each - 60] for each in pitch]
            bars = "|".join("".join(names[bar : bar + 8]) for bar in range(0, 32, 8))
            (root / f"{number:04}.abc").write_text(f"X:1\nT:{number}\nM:4/4\nL:1/8\nK:C\n{bars}|\n")


def write_bad(root: Path, count: int, seed: int) -> None:
    """Write hostile files between the others, the kinds in turn."""
    random = Random(seed)
    cache: dict[str, bytes] = {}
    for number in range(count):
        kind = list(HOSTILE)[number % len(HOSTILE)]
        suffix, make = HOSTILE[kind]
        content = cache.setdefault(kind, make(random)) if suffix == "mxl" else make(random)
        (root / f"{random.randrange(10_000):04} bad {number}.{suffix}").write_bytes(content)


def compare(root: Path, *, good: int, bad: int, seed: int, workers: int, limits: FileLimits) -> list[str]:
    """Prepare both folders and print the figures.

    Returns:
        Names of the files of the shards that differ, but for the card and the list of drops.
    """
    cards, seconds = [], []
    for name in ("alone", "all"):
        write_good(root / name / "music", good, seed)
        if name == "all":
            write_bad(root / name / "music", bad, seed)
        start = time.perf_counter()
        source = folder(root / name / "music", workers=workers, limits=limits)
        cards.append(prepare([source], root / name / "shards"))
        seconds.append(time.perf_counter() - start)
    for reason, count in cards[1]["dropped"].items():
        print(f"{reason:24}{count:6}")
    print(f"{good} good files alone {seconds[0]:.1f} s, with {bad} bad ones {seconds[1]:.1f} s")
    alone, beside = (card["sha256"] for card in cards)
    return [name for name in alone if alone[name] != beside[name] and name != "dropped.csv"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--good", type=int, default=800)
    parser.add_argument("--bad", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--max-seconds-per-file", type=float, default=FileLimits.seconds)
    parser.add_argument("--max-memory-per-file", type=int, default=FileLimits.memory_mib)
    given = parser.parse_args()
    limits = FileLimits(given.max_seconds_per_file, given.max_memory_per_file)
    root = Path(tempfile.mkdtemp())
    try:
        differ = compare(
            root, good=given.good, bad=given.bad, seed=given.seed, workers=given.workers, limits=limits
        )
    finally:
        shutil.rmtree(root)
    print(f"These files differ: {', '.join(differ)}" if differ else "The shards are the same.")
    sys.exit(bool(differ))


if __name__ == "__main__":
    main()
