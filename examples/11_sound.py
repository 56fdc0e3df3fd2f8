"""Render a tune with a blended timbre, a changing one, and one taken from a recording.

python examples/11_sound.py [FOLDER]
"""

import sys
from pathlib import Path

import symvae
from symvae.dsp.wav import write_wav

TUNES = Path(__file__).parent.parent / "data" / "tunes"
out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)

synth = symvae.load_synth("synth-24k")
(tune,) = symvae.read(TUNES / "frere_jacques.mid")

# A blend, two fifths of the way from the flute to the strings: one sound, not two at once.
blend = synth.render(tune, timbre="flute:strings:0.4")
write_wav(blend.samples, blend.sample_rate, out / "blend.wav", force=True)

# From one instrument to another in the course of the tune.
sweep = synth.render(tune, timbre="piano", until="organ")
write_wav(sweep.samples, sweep.sample_rate, out / "sweep.wav", force=True)

# A timbre is sixteen numbers, which can be encoded from any recording: here from the blend.
z = synth.timbre_of(out / "blend.wav")
encoded = synth.render(tune, timbre=z)
write_wav(encoded.samples, encoded.sample_rate, out / "encoded.wav", force=True)

print("Timbre of blend.wav:", ", ".join(f"{value:+.2f}" for value in z.tolist()))
