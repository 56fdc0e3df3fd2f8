"""Move a tune's faders: to a value in the attribute's own unit, or by a change, and measure what came of it.

python examples/09_fade.py [FOLDER]
"""

import sys
from pathlib import Path

import symvae

TUNES = Path(__file__).parent.parent / "data" / "tunes"
out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)

model = symvae.load("melody-4bar-faders")
ode, *_ = symvae.read(TUNES / "ode_to_joy.mid", grid=model.grid)
before = model.measure([ode])

# What there is to move, how far, and where this tune stands.
for fader in model.faders.values():
    now = before[fader.name][0]
    print(f"{fader.name}: {fader.low:.3g} to {fader.high:.3g} {fader.unit}, here {now:.3g}")

# A number is a value, a text with a sign a change. What can hardly be had apart goes along, unless held.
wishes = {
    "busier": {"notes_per_bar": 7.0},
    "higher": {"register": "+5"},
    "wider": {"pitch_range": 14.0, "mean_interval": "+0.5"},
}
for name, values in wishes.items():
    faded = model.fade(ode, values, hold=["contour"], best_of=8)  # of eight decodes the nearest
    after = model.measure([faded])
    for fader, wish in values.items():
        print(f"{name}: {fader} {wish} asked, {before[fader][0]:.3g} became {after[fader][0]:.3g}")
    symvae.write(faded, out / f"{name}.mid", force=True)

# All phrases of a tune, each with values of its own: more and more notes.
phrases = symvae.read(TUNES / "ode_to_joy.mid", grid=model.grid)
values = [{"notes_per_bar": 3.0 + 1.5 * number} for number in range(len(phrases))]
symvae.write(model.fade_each(phrases, values, best_of=8), out / "growing.mid", force=True)

# A whole song with all its tracks: what no window of the model covers, and other tracks, stay as they are.
result = symvae.fade_song(TUNES / "auld_lang_syne.mid", {"note_density": "+0.5"}, bars="1-8")
symvae.write(result.song, out / "song.mid", force=True)
for row in result.report["phrases"]:
    before, after = row["before"]["note_density"], row["achieved"]["note_density"]
    print(f"bars {row['bars']}: note_density {before:.3g} became {after:.3g}")
print(f"Files in {out}")
