"""Interpolate between two melodies, as MIDI, picture and sound.

python examples/04_interpolate_two_melodies.py [FOLDER]
"""

import sys
from pathlib import Path

import symvae
from symvae.dsp.wav import write_wav
from symvae.plot.piano_roll import piano_roll

TUNES = Path(__file__).parent.parent / "data" / "tunes"
out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)

model = symvae.load("melody-2bar")
a, *_ = symvae.read(TUNES / "ode_to_joy.mid", grid=model.grid)
b, *_ = symvae.read(TUNES / "soldiers_joy.mid", grid=model.grid)

# Spherical interpolation in z; the ends are the reconstructions of a and b.
path = model.interpolate(a, b, steps=7)
for number, phrase in enumerate(path):
    print(f"{number}: {phrase.tempo_qpm:.0f} qpm, pitches {phrase.pitch.tolist()}")

symvae.write(path, out / "path.mid", force=True)
piano_roll(path, out / "path.png", [f"step {number}" for number in range(7)], force=True)
audio = model.render(path)
write_wav(audio.samples, audio.sample_rate, out / "path.wav", force=True)
print(f"path.mid, path.png and path.wav ({audio.duration_sec:.0f} s) in {out}")
