"""Set the faders of a tune to values or by changes in the attributes' own units, and measure the result.

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

# Faders of the model, their range, and their values for this tune.
for fader in model.faders.values():
    now = before[fader.name][0]
    print(f"{fader.name}: {fader.low:.3g} to {fader.high:.3g} {fader.unit}, now {now:.3g}")

# A number is a value, a signed string a change. Coupled faders follow, unless they are held.
requests = {
    "busier": {"notes_per_bar": 7.0},
    "higher": {"register": "+5"},
    "wider": {"pitch_range": 14.0, "mean_interval": "+0.5"},
}
for name, values in requests.items():
    faded = model.fade(ode, values, hold=["contour"], best_of=8)  # the best bars of eight decodes
    after = model.measure([faded])
    for fader, value in values.items():
        print(f"{name}: {fader} {value} requested, {before[fader][0]:.3g} became {after[fader][0]:.3g}")
    symvae.write(faded, out / f"{name}.mid", force=True)

# Different values for each phrase of a tune: the number of notes increases.
phrases = symvae.read(TUNES / "ode_to_joy.mid", grid=model.grid)
values = [{"notes_per_bar": 3.0 + 1.5 * number} for number in range(len(phrases))]
symvae.write(model.fade_each(phrases, values, best_of=8), out / "growing.mid", force=True)

# A whole song: other tracks, and bars outside the windows of the model, stay as they are.
result = symvae.fade_song(TUNES / "auld_lang_syne.mid", {"note_density": "+0.5"}, bars="1-8")
result.write(out / "song.mid", force=True)
for row in result.report["phrases"]:
    old, new = row["before"]["note_density"], row["achieved"]["note_density"]
    print(f"bars {row['bars']}: note_density {old:.3g} became {new:.3g}")
print(f"Files in {out}")
