"""Write drum loops as sound: grooves of drummers on kits of one-shots, the recordings of `drums-48k-live`.

    python -m benchmarks.drum_loops GROOVE SOUNDS OUT [--loops 120] [--seconds 25]

GROOVE is a folder of MIDI files of drummers, SOUNDS a folder that `symvae prepare sounds` wrote. Each loop
has a kit of its own: of each class a drum of the training split, with up to six of its strokes in turn.
"""

import argparse
from pathlib import Path

import numpy as np
from rich.progress import track

from symvae.audio.kit import Kit, KitPlayer
from symvae.audio.one_shot import SAMPLE_RATE
from symvae.audio.parts import parts_of
from symvae.corpus.pieces import Piece, pieces
from symvae.corpus.sound_shards import Sounds, open_sounds
from symvae.dsp.audio import Audio
from symvae.dsp.wav import write_wav

RATE = 48_000
PEAK = 0.7
ROUND_ROBINS = 6


def main() -> None:
    """Write the loops."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("groove", type=Path)
    parser.add_argument("sounds", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--loops", type=int, default=120)
    parser.add_argument("--seconds", type=float, default=25.0)
    arguments = parser.parse_args()
    shards = open_sounds(arguments.sounds)
    sounds, classes = shards.split("train"), shards.classes
    chance = np.random.default_rng(0)
    files = sorted(arguments.groove.rglob("*.mid"))
    chosen = chance.permutation(len(files))[: arguments.loops]
    arguments.out.mkdir(parents=True, exist_ok=True)
    for number in track(chosen.tolist(), "Playing"):
        songs = [piece.song for piece in pieces(files[number], "") if isinstance(piece, Piece)]
        strokes = [part.notes for song in songs for part in parts_of(song)[0] if part.is_drum]
        if not strokes:
            continue
        notes = strokes[0].select(strokes[0].onset_sec < arguments.seconds)
        player = KitPlayer(_kit(sounds, classes, chance), RATE)
        length = round((notes.last_sec + player.tail_sec) * RATE)
        wave = np.concatenate([block.mean(0) for block in player.blocks(notes, length)])
        wave *= PEAK / max(float(np.abs(wave).max()), 1e-6)
        write_wav(wave[None], RATE, arguments.out / f"{files[number].stem}.wav", force=True)


def _kit(sounds: Sounds, classes: tuple[str, ...], chance: np.random.Generator) -> Kit:
    """One drum of each class, with several of its strokes."""
    drums = {}
    for row, name in enumerate(classes):
        of_class = np.flatnonzero(sounds.drum == row)
        groups = sorted({sounds.group[at] for at in of_class.tolist()})
        group = groups[int(chance.integers(len(groups)))]
        strokes = [at for at in of_class.tolist() if sounds.group[at] == group]
        some = sorted(chance.permutation(strokes)[:ROUND_ROBINS].tolist())
        drums[name] = [[Audio(wave[None], SAMPLE_RATE) for wave in sounds.waves(np.array(some))]]
    return Kit("drawn", drums, 1.0)


if __name__ == "__main__":
    main()
