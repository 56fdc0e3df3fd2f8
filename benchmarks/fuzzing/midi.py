"""MIDI: bundled tunes with random damage, half of them with correct lengths again."""

import functools
from pathlib import Path

import numpy as np

from benchmarks.fuzzing.damage import damaged, pick
from symvae.music.grid import Grid
from symvae.music.io.files import load_any
from symvae.music.io.midi_write import to_bytes
from symvae.music.windows import whole, windows
from symvae.pipelines.inspect import inspect_song
from symvae.system.choice import released

TUNES = Path(__file__).parent.parent.parent / "data" / "tunes"
GRIDS = (Grid.of_metre("4/4", 2), Grid.of_metre("3/4", 16), Grid.of_metre("6/8", 4))


def mutated(rng: np.random.Generator) -> bytes:
    """Draw a MIDI file.

    Args:
        rng: Source of the draws.

    Returns:
        Its bytes.
    """
    data = bytearray(damaged(pick(rng, _tunes()), rng))
    at = data.rfind(b"MTrk")
    if rng.random() < 0.5 and 0 <= at <= len(data) - 8:
        data[at + 4 : at + 8] = (len(data) - at - 8).to_bytes(4, "big")
    return bytes(data)


def check(data: bytes) -> None:
    """Read a file, inspect it, read it as whole phrases and as windows, and write them.

    Args:
        data: Content of a MIDI file.
    """
    song = load_any(data)
    inspect_song(song, released()).to_text()
    for polyphonic in (False, True):
        for phrase in whole(song, polyphonic=polyphonic).phrases:
            load_any(to_bytes(phrase))
        for grid in GRIDS:
            windows(song, grid, polyphonic=polyphonic, stride_bars=1, max_rest_bars=1)


@functools.cache
def _tunes() -> list[bytes]:
    return [path.read_bytes() for path in sorted(TUNES.glob("*.mid"))]
