"""Write the README's six figures from the released models' metrics.json, so that no figure is typed by hand.

python benchmarks/headline.py            # rewrites README.md between its markers
python benchmarks/headline.py --check    # status 1 if README.md differs
"""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
START, END = "<!-- headline:start -->", "<!-- headline:end -->"


def metrics(name: str) -> dict[str, Any]:
    """The measurements of a released model, as `symvae evaluate` wrote them."""
    path = ROOT / "symvae" / "pretrained" / name / "metrics.json"
    return json.loads(path.read_text(encoding="utf-8"))


def figures() -> str:
    """The table: what is measured, the figure, what to hold it against, and the command that measures it."""
    two, sixteen = (metrics(name)["reconstruction"]["all"] for name in ("melody-2bar", "melody-16bar"))
    faders = metrics("melody-4bar-faders")["control"]["faders"]
    arousal = metrics("piano-4bar")["arousal"]
    shuffled = arousal["shuffled_labels"]
    paths = [metrics(name)["interpolation"]["paths"] for name in ("melody-2bar", "melody-16bar")]
    sound = metrics("synth-24k")["sound"]["rows"]
    other = sound["other_font"]
    rows = [
        (
            "tokens reconstructed, 2 bars, free running",
            _share(two["mean"]["token"]),
            "MusicVAE .951, on its own data",
            "symvae evaluate melody-2bar --data shards",
        ),
        (
            "tokens reconstructed, 16 bars, free running",
            _share(sixteen["mean"]["token"]),
            "MusicVAE .812, on its own data",
            "symvae evaluate melody-16bar --data shards",
        ),
        (
            "morph, 2 and 16 bars: deviation from the straight line, cost of the middle beside the ends",
            ", ".join(_share(each["search"]["curve_deviation"]) for each in paths)
            + "; "
            + ", ".join(f"{100 * each['search']['middle_over_ends']:+.1f} %" for each in paths),
            "slerp "
            + ", ".join(_share(each["slerp"]["curve_deviation"]) for each in paths)
            + "; "
            + ", ".join(f"{100 * each['slerp']['middle_over_ends']:+.1f} %" for each in paths),
            "symvae evaluate melody-2bar --data shards",
        ),
        (
            "fader: Pearson of asked and achieved; notes per bar, pitch range, contour",
            ", ".join(
                _share(faders[name]["pearson"]) for name in ("notes_per_bar", "pitch_range", "contour")
            ),
            "latent diffusion .986, .810, .856 (Pettenò et al. 2025, on their own data)",
            "symvae evaluate melody-4bar-faders --data shards --control",
        ),
        (
            "arousal: calm pieces made exciting, exciting ones made calm",
            f"{_share(arousal['fader']['low_to_high'])}, {_share(arousal['fader']['high_to_low'])}",
            f"from shuffled labels {_share(shuffled['low_to_high'])}, {_share(shuffled['high_to_low'])}",
            "symvae evaluate piano-4bar --data shards-grid --control --faded 16 --labels VGMIDI_FOLDER",
        ),
        (
            "sound: spectral distance from the sound font (MSS), notes recognized beside the font's own",
            f"{_share(sound['synth']['mss'])}, {_share(sound['synth']['note_f1_of_truth'])}",
            f"another sound font {other['mss']:.2f}, {other['note_f1_of_truth']:.2f}",
            "symvae evaluate synth-24k --audio --data shards --font A.sf2 --font B.sf2",
        ),
    ]
    head = "| held-out music | symvae | beside it | measured by |\n| --- | ---: | --- | --- |\n"
    return head + "\n".join(f"| {what} | **{ours}** | {beside} | `{by}` |" for what, ours, beside, by in rows)


def with_figures(readme: str) -> str:
    """``readme`` with the table between its markers replaced."""
    before, _, rest = readme.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{figures()}\n{END}{after}"


def _share(value: float) -> str:
    return f"{value:.3f}".replace("0.", ".", 1)


if __name__ == "__main__":
    old = README.read_text(encoding="utf-8")
    new = with_figures(old)
    if "--check" in sys.argv[1:]:
        sys.exit(old != new)
    README.write_text(new, encoding="utf-8")
