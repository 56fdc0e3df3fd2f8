"""Morph one melody into another, as MIDI, picture and sound.

python examples/04_interpolate_two_melodies.py [FOLDER]
"""

import sys
from pathlib import Path

import symvae
from symvae.dsp.wav import write_wav
from symvae.plot.morph import morph_picture

TUNES = Path(__file__).parent.parent / "data" / "tunes"
out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)

model = symvae.load("melody-2bar")
a, *_ = symvae.read(TUNES / "ode_to_joy.mid", grid=model.grid)
b, *_ = symvae.read(TUNES / "soldiers_joy.mid", grid=model.grid)

# A searched path: both ends are exact, and each step is a melody. model.interpolate(a, b) gives its phrases.
morph = model.morph(a, b, steps=7)
for phrase, distance, nats in zip(morph.phrases, morph.distance, morph.nats_per_token, strict=True):
    print(f"{distance:4.0%} of the way, {nats:.2f} nats a token, pitches {phrase.pitch.tolist()}")

# The path on the sphere of the prior, whose ends are reconstructions.
symvae.write(model.interpolate(a, b, steps=7, path="slerp"), out / "slerp.mid", force=True)

path = morph.phrases
symvae.write(path, out / "path.mid", force=True)
morph_picture(path, morph.distance, morph.nats_per_token, out / "path.png", force=True)
audio = model.render(path)
write_wav(audio.samples, audio.sample_rate, out / "path.wav", force=True)
print(f"path.mid, path.png and path.wav ({audio.duration_sec:.0f} s) in {out}")
