"""MIDI files to phrases on a grid, and back without loss.

python examples/01_midi_in_out.py [FOLDER]
"""

import sys
from pathlib import Path

import symvae

TUNES = Path(__file__).parent.parent / "data" / "tunes"
out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)

# Without a grid, each pitched track is one phrase.
(whole,) = symvae.read(TUNES / "ode_to_joy.mid")
print(whole)

# With a grid, windows of its length: here four bars of 4/4; model.grid is the window of a model.
first, *rest = symvae.read(TUNES / "ode_to_joy.mid", grid=symvae.Grid(bars=4))
print(f"{1 + len(rest)} windows; the first has pitches {first.pitch.tolist()}")
print(f"and onsets at the sixteenths {first.onset_step.tolist()}")

# A phrase is immutable; each change returns a new one.
higher = first.transpose(7).with_tempo(90)
symvae.write([first, higher], out / "twice.mid", force=True)

# Reading a written file gives equal phrases.
again = symvae.read(out / "twice.mid", grid=first.grid)
assert again == [first, higher]

# Convert to and from pretty_midi.
midi = symvae.to_pretty_midi(first)
assert symvae.read(midi, grid=first.grid) == [first]
print(f"{len(midi.instruments[0].notes)} notes in pretty_midi; file in {out}")
