"""Write the README's tables of sound from the released synthesizer's metrics.json.

python benchmarks/sound_table.py            # rewrites README.md between its markers
python benchmarks/sound_table.py --check    # status 1 if README.md says anything else
"""

import json
import sys
from pathlib import Path
from typing import Any

from symvae.evaluation.reports.markdown import share, table
from symvae.evaluation.reports.sound_tables import PATHS, WAYS

ROOT = Path(__file__).resolve().parent.parent
METRICS = ROOT / "symvae" / "pretrained" / "synth-24k" / "metrics.json"
START, END = "<!-- sound:start -->", "<!-- sound:end -->"


def measured() -> dict[str, Any]:
    """What `symvae evaluate synth-24k --audio` wrote."""
    metrics: dict[str, Any] = json.loads(METRICS.read_text(encoding="utf-8"))
    return metrics


def results(metrics: dict[str, Any]) -> str:
    """The README's tables of sound."""
    sound, paths, space = metrics["sound"], metrics["timbre_paths"], metrics["timbre_space"]
    rows = [
        [
            label,
            f"{sound['rows'][way]['mss']:.3f}",
            f"{sound['rows'][way]['lsd_db']:.2f}",
            *(share(sound["rows"][way][name]) for name in ("note_f1", "note_f1_of_truth", "program")),
        ]
        for label, way in WAYS.items()
        if way in sound["rows"]
    ]
    figures = ("spearman", "note_f1_lowest", "largest_step", "decay_off_db")
    between = [
        [
            label,
            *(f"{paths[way][name]:.3f}" for name in figures),
        ]
        for label, way in PATHS.items()
    ]
    return "\n\n".join(
        (
            f"**Sound of `{metrics['synth']}`**: {sound['clips']} clips of phrases of the {metrics['split']}"
            f" split, {sound['timbres']} instruments of {' and '.join(metrics['fonts'])}, z from another clip"
            " of the instrument. MSS (multi-scale spectral distance) and LSD (log-spectral distance) from the"
            " font's own sound; notes and instruments as a probe hears them that was trained on that.",
            table(["", "MSS", "LSD, dB", "notes (F1)", "of the reference's", "instrument"], rows),
            "**Between two instruments**, ten pairs at eleven positions: does the probe hear the second more"
            " and more (Spearman), what the worst position does to the notes, the largest of ten steps as a"
            " share of the way, and how far a held note's level half-way strays from the mean of both ends'"
            " levels (dB, standard deviation over time): a cross-fade has a knee that neither end has.",
            table(["", "Spearman", "notes, worst", "largest step", "decay, off"], between),
            f"z carries {space['kl_nats']:.0f} nats; {space['informative']['0.95']} principal components hold"
            " 95 % of its variance.",
        )
    )


def with_results(readme: str, metrics: dict[str, Any]) -> str:
    """``readme`` with what stands between its markers made anew."""
    before, _, rest = readme.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{results(metrics)}\n{END}{after}"


def main() -> int:
    """Rewrite, or check."""
    path = ROOT / "README.md"
    readme = path.read_text(encoding="utf-8")
    made = with_results(readme, measured())
    if "--check" in sys.argv[1:]:
        return int(made != readme)
    path.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
