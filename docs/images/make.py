"""Draw pictures of the documentation with the released models.

Some come from elsewhere: arousal.png is the sweep.png of examples/10_arousal_sweep.py, rate.png is written by
benchmarks/rate_plot.py, and studio-genie.png and studio-drums.png are pages of `symvae studio` in a browser.

python docs/images/make.py
"""

from pathlib import Path

import symvae
from symvae.music.io.files import load_any
from symvae.plot.morph import morph_picture
from symvae.plot.piano_roll import piano_roll
from symvae.plot.spectrogram import spectrogram_picture

HERE = Path(__file__).resolve().parent
TUNES = HERE.parent.parent / "data" / "tunes"

model = symvae.load("melody-2bar")
names = ("ode_to_joy", "soldiers_joy", "frere_jacques", "auld_lang_syne")
ode, joy, jacques, syne = (symvae.read(TUNES / f"{name}.mid", grid=model.grid)[0] for name in names)

(whole_ode,), (whole_joy,) = (symvae.read(TUNES / f"{name}.mid") for name in names[:2])
path = symvae.load("melody-16bar").morph(whole_ode, whole_joy, steps=7)
titles = ["Ode to Joy", *(f"step {number}" for number in range(2, 7)), "Soldier's Joy"]
morph_picture(path.phrases, path.distance, path.nats_per_token, HERE / "path.png", titles=titles, force=True)

square = model.interpolate_corners(ode, joy, jacques, syne, steps=5)
piano_roll([phrase for row in square for phrase in row], HERE / "square.png", columns=5, force=True)

long = symvae.load("melody-16bar")
(jacques,) = symvae.read(TUNES / "frere_jacques.mid")
continuations = long.continue_(jacques.window(0, 8), bars=8, count=4, seed=0)
piano_roll(
    [each.phrase for each in continuations],
    HERE / "continue.png",
    [f"Frère Jacques, continuation {number}" for number in range(1, 5)],
    force=True,
)

synth = symvae.load_synth()
minuet = load_any(TUNES / "petzold_minuet.mid")
sound = synth.perform(minuet, "harpsichord")
spectrogram_picture(
    sound.mixture.blocks(), synth.sample_rate, HERE / "minuet.png", title="Minuet, harpsichord", force=True
)
