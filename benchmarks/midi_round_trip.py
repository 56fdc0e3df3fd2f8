"""Read and write every MIDI file of a folder, and count the events that differ:

python benchmarks/midi_round_trip.py FOLDER
"""

import argparse
import time
from collections import Counter
from pathlib import Path

from symvae.errors import SymvaeError
from symvae.music.io.events import read_events
from symvae.music.io.midi_read import load
from symvae.music.io.midi_write import song_to_bytes


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    counts: Counter[str] = Counter()
    seconds: list[float] = []
    for path in sorted(folder.rglob("*.mid")):
        data = path.read_bytes()
        start = time.process_time()
        try:
            written = song_to_bytes(load(data))
        except SymvaeError as error:
            counts["refused"] += 1
            print(f"{path}: {error}")
            continue
        seconds.append(time.process_time() - start)
        before, after = read_events(data, str(path)), read_events(written, str(path))
        counts["files"] += 1
        counts["events"] += sum(map(len, before.tracks))
        counts["repaired"] += bool(load(data).repairs)
        if before.tracks != after.tracks or before.other_chunks != after.other_chunks:
            counts["different"] += 1
            print(f"{path}: its events differ")
    print(dict(counts))
    if seconds:
        mean, most = 1000 * sum(seconds) / len(seconds), 1000 * max(seconds)
        print(f"in and out: {mean:.1f} ms a file, at most {most:.0f} ms")


if __name__ == "__main__":
    main()
