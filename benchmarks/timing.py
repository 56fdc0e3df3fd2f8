"""Beat, swing and triplets measured on folders of MIDI files: false alarms, and what a performance changes.

    python benchmarks/timing.py FOLDER …

For each folder: songs in which no beat is found as they are, played with deviations of 20 ms (all notes
10 ms late), and as transcriptions: along a random tempo curve (the logarithm of the tempo is an
autoregressive process from beat to beat, .9, of the deviation named), written at a constant 120 qpm; and the
change of the share of triplets by the deviations of 20 ms.
"""

import argparse
from pathlib import Path

import numpy as np

from symvae.errors import SymvaeError
from symvae.music.beat import has_beat
from symvae.music.io.source import load_any
from symvae.music.song import Song
from symvae.music.swing import find_swing
from symvae.music.tuplets import find_tuplets

CURVES = (0.02, 0.05, 0.12)


def transcribed(onset_quarter: np.ndarray, deviation: float, rng: np.random.Generator) -> np.ndarray:
    beats = int(onset_quarter.max()) + 2
    log_tempo = np.zeros(beats)
    log_tempo[0] = rng.normal(0, deviation)
    for beat in range(1, beats):
        log_tempo[beat] = 0.9 * log_tempo[beat - 1] + rng.normal(0, deviation * np.sqrt(1 - 0.81))
    second = np.concatenate([[0], np.cumsum(60 / rng.uniform(60, 140) * np.exp(-log_tempo))])
    onset_sec = np.interp(onset_quarter, np.arange(beats + 1), second)
    return np.unique(np.round((onset_sec + rng.normal(0, 0.01, len(onset_sec))) * 2 * 480)) / 480


def measure(song: Song, rng: np.random.Generator) -> dict[str, float]:
    notes = np.concatenate([track.onset_tick for track in song.tracks]) / song.ticks_per_quarter
    tempo_qpm = float(np.median([tempo.qpm for tempo in song.tempos]))
    played = notes + rng.normal(0.01, 0.02, len(notes)) * tempo_qpm / 60
    swing = find_swing(notes)
    shares = [find_tuplets(each, song.ticks_per_quarter, swing).triplets for each in (notes, played)]
    found = {"as it is": has_beat(song.onset_quarter), "20 ms": has_beat(np.unique(played))}
    found |= {f"curve {each}": has_beat(transcribed(song.onset_quarter, each, rng)) for each in CURVES}
    found = {name: float("nan") if beat is None else float(not beat) for name, beat in found.items()}
    return found | {"swing": float(swing is not None), "triplets": abs(shares[1] - shares[0])}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--most", type=int, default=200, help="files of each folder, drawn at random")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for folder in options.folders:
        rng = np.random.default_rng(options.seed)
        files = rng.permutation(sorted(folder.rglob("*.mid")))[: options.most]
        rows = []
        for file in files:
            try:
                song = load_any(file)
            except SymvaeError:
                continue
            if song.num_notes:
                rows.append(measure(song, rng))
        print(f"{folder}: {len(rows)} songs")
        for name in rows[0]:
            column = np.array([row[name] for row in rows])
            known = column[~np.isnan(column)]
            if name == "triplets":
                middle, most = np.percentile(known, [50, 95])
                print(f"  share of triplets changed by {middle:.3f} (median), {most:.3f} (95 %)")
            elif name == "swing":
                print(f"  swing in {int(known.sum())}")
            else:
                print(f"  no beat {name}: {int(known.sum())} of {len(known)} that can be told")


if __name__ == "__main__":
    main()
