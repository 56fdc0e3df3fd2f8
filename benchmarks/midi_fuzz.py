"""Fuzz test of the MIDI reader: no crash, no hang, and no exception but MidiError.

    python benchmarks/midi_fuzz.py --count 5000 --seed 0

Each file is a bundled tune with random damage: cut off, bits flipped, bytes replaced, inserted or deleted,
half of the time near the beginning, where lengths, ticks, metre and tempo are. Half of the files get a
correct track length again, so that the parser meets the damage. A file that loads nevertheless is
inspected, read as whole phrases and as windows in each metre, and written as MIDI. Printed are the counts
of each outcome, the time of the slowest file and peak memory; the exit status is 1 after any exception but
`MidiError`. A hang ends the run with a traceback after `HANG_SEC` seconds.
"""

import argparse
import faulthandler
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

from symvae.errors import MidiError
from symvae.music.grid import Grid
from symvae.music.io.midi_read import load
from symvae.music.io.midi_write import to_bytes
from symvae.music.metre import METRES
from symvae.music.windows import whole, windows
from symvae.pipelines.inspect import inspect_song
from symvae.system.choice import released

TUNES = Path(__file__).parent.parent / "data" / "tunes"
HEAD_BYTES = 64
HANG_SEC = 60.0
GRIDS = {f"{bars} bars of {metre}": Grid.of_metre(metre, bars) for metre in METRES for bars in (2, 16)}


def damaged_files(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield (kind of damage, bytes) for each file."""
    random = Random(seed)
    tunes = [path.read_bytes() for path in sorted(TUNES.glob("*.mid"))]
    for _ in range(count):
        data = bytearray(random.choice(tunes))
        kind = random.choice(("cut off", "bits flipped", "replaced", "inserted", "deleted"))
        if kind == "cut off":
            del data[random.randrange(len(data)) :]
        else:
            for _ in range(random.choice((1, 1, 1, 2, 4, 16))):
                _damage(data, kind, random)
        if random.random() < 0.5:
            _mend_length(data)
        yield kind, bytes(data)


def _damage(data: bytearray, kind: str, random: Random) -> None:
    at = random.randrange(min(len(data), HEAD_BYTES) if random.random() < 0.5 else len(data))
    length = random.randint(1, 4)
    if kind == "bits flipped":
        data[at] ^= 1 << random.randrange(8)
    elif kind == "replaced":
        data[at : at + length] = random.choice((b"\x00", b"\xff", random.randbytes(1))) * length
    elif kind == "inserted":
        data[at:at] = random.randbytes(length)
    elif len(data) > HEAD_BYTES:
        del data[at : at + length]


def _mend_length(data: bytearray) -> None:
    """Correct the length of the last track, so that the file passes the first check."""
    at = data.rfind(b"MTrk")
    if at >= 0 and at + 8 <= len(data):
        data[at + 4 : at + 8] = (len(data) - at - 8).to_bytes(4, "big")


def outcome(data: bytes) -> str:
    """Outcome of one file: "read", or the kind of `MidiError`; any other exception passes through."""
    try:
        song = load(data)
        inspect_song(song, released()).to_text()
        for polyphonic in (False, True):
            for phrase in whole(song, polyphonic=polyphonic).phrases:
                load(to_bytes(phrase))
            for grid in GRIDS.values():
                windows(song, grid, polyphonic=polyphonic, stride_bars=1, max_rest_bars=1)
    except MidiError as error:
        return re.sub(r"\(.*?\)|'.*?'|-?\d+(/\d+)?", "…", str(error)).split(".")[0]
    return "read"


def main() -> int:
    """Run, print the outcomes, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    outcomes: Counter[str] = Counter()
    faults: list[str] = []
    slowest_sec = 0.0
    for number, (kind, data) in enumerate(damaged_files(arguments.count, arguments.seed)):
        faulthandler.dump_traceback_later(HANG_SEC, exit=True)
        start_sec = time.perf_counter()
        try:
            outcomes[outcome(data)] += 1
        except Exception as error:  # any other exception is what this script looks for
            faults.append(f"file {number} ({kind}): {type(error).__name__}: {error}")
        slowest_sec = max(slowest_sec, time.perf_counter() - start_sec)
    faulthandler.cancel_dump_traceback_later()
    for sentence, times in outcomes.most_common():
        sys.stdout.write(f"{times:6d}  {sentence}\n")
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{len(faults):6d}  other exceptions\n")
    sys.stdout.write(f"slowest file {slowest_sec * 1000:.0f} ms, peak memory {peak_mib:.0f} MiB\n")
    sys.stdout.writelines(f"{fault}\n" for fault in faults[:20])
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
