"""Hear a tune in timbres that you choose, blend, sweep and take from a recording.

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

# Two fifths of the way from the flute to the strings: one sound, not two at once.
blend = synth.render(tune, timbre="flute:strings:0.4")
write_wav(blend.samples, blend.sample_rate, out / "blend.wav", force=True)

# From one instrument to another while the tune goes on.
sweep = synth.render(tune, timbre="piano", until="organ")
write_wav(sweep.samples, sweep.sample_rate, out / "sweep.wav", force=True)

# A timbre is sixteen numbers. Take them from any recording: here from what was just written.
z = synth.timbre_of(out / "blend.wav")
taken = synth.render(tune, timbre=z)
write_wav(taken.samples, taken.sample_rate, out / "taken.wav", force=True)

print("timbre of blend.wav:", ", ".join(f"{value:+.2f}" for value in z.tolist()))
